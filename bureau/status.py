"""Changes of state that agencies sent, put on certificates where they are handed out.

Not before: what is kept, shared or under way knows nothing of them, so no kept answer
can outlive a revocation. For whoever has none it costs to ask whether they may have
some; only for the others is the store read, at once for all of a request who are ready.
If it cannot be read, the state of their certificates is unknown, which is not good.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bureau.certificate_ids import CertificateIds, UnknownIdError
from bureau.documents import document_of_certificate
from connectors.answer import Answer, ShownCertificate, UnsignedCertificate
from connectors.errors import StoreUnavailableError
from policy.certificate import StateChange
from policy.documents import Document, Sent, sent_of
from policy.identity import Identity


@dataclass(frozen=True, slots=True)
class KeptChange:
    """A change that was sent, and of which certificate, by its sealed id."""

    certificate: str
    change: StateChange
    document: Document | None = None
    """``None`` if nothing is known of it but the id."""


Found = Mapping[Identity, Sequence[KeptChange]]


class SentChanges(Protocol):
    """The changes that agencies sent; the store implements it."""

    def may_concern(self, holder: Identity) -> bool:
        """Say whether something may have been sent about ``holder``; without I/O.

        ``False`` is certain but for the moment that a change takes to come here.
        """

    async def read(self, holders: Sequence[Identity]) -> Found:
        """Return what was sent about each of ``holders``, in the order it was sent.

        Raises:
            StoreUnavailableError: it cannot be read.
        """

    def note(self, people: Iterable[str]) -> None:
        """Know from now on whom changes committed here are about, by pseudonym.

        It has to be called before they are acknowledged.
        """


@dataclass(slots=True)
class _Batch:
    """People whose changes are read in one statement."""

    holders: dict[Identity, None]
    found: asyncio.Future[Found | None]


class ChangesLoader:
    """Reads the changes of one request's people."""

    def __init__(self, sent: SentChanges, ids: CertificateIds) -> None:
        self._sent = sent
        self._ids = ids
        self._reading: _Batch | None = None

    async def put_on(self, holder: Identity, answers: list[Answer]) -> list[Answer]:
        """Return ``answers`` about ``holder`` with what was sent by now."""
        if not self._sent.may_concern(holder):
            return answers
        found = await self._found(holder)
        if found is not None and not found.get(holder):
            return answers
        sent = None if found is None else self._documents(found[holder])
        held = [one for answer in answers for one in answer.shown]
        if sent is None:
            changes: list[tuple[StateChange, ...] | None] = [None] * len(held)
        else:
            changes = sent_of(sent, [self._versions(one) for one in held])
        return _changed(answers, iter(changes))

    async def _found(self, holder: Identity) -> Found | None:
        """Return what was sent; ``None`` if it cannot be read."""
        reading = self._reading
        if reading is not None:
            reading.holders[holder] = None
            return await asyncio.shield(reading.found)
        loop = asyncio.get_running_loop()
        reading = self._reading = _Batch({holder: None}, loop.create_future())
        found: Found | None = None
        try:
            # Whoever else is answered in this turn of the loop.
            await asyncio.sleep(0)
            self._reading = None
            found = await self._sent.read(list(reading.holders))
        except StoreUnavailableError:
            pass
        finally:
            if self._reading is reading:
                self._reading = None
            reading.found.set_result(found)
        return found

    def _documents(self, found: Sequence[KeptChange]) -> list[Sent] | None:
        """Return of which document each change is; ``None`` if one is of none known.

        An agency's connector may have been replaced, so whose it was does not count:
        who may speak of a certificate was asked when the change came.
        """
        try:
            return [(self._document(kept), kept.change) for kept in found]
        except UnknownIdError:
            # Sealed under another key: it may be of any of them.
            return None

    def _document(self, kept: KeptChange) -> Document:
        place = self._ids.place_of(kept.certificate)
        return kept.document or Document(place=place)

    def _versions(self, certificate: ShownCertificate) -> list[Document]:
        """Return the document of a certificate, in all of its versions."""
        if isinstance(certificate, UnsignedCertificate):
            return [document_of_certificate(self._ids, certificate)]
        # A revocation stays, whatever is put right of the certificate after it.
        return [
            document_of_certificate(self._ids, version)
            for version in (certificate, *certificate.supersedes)
        ]


def _changed(
    answers: Sequence[Answer], changes: Iterator[tuple[StateChange, ...] | None]
) -> list[Answer]:
    """Return ``answers`` with the changes of each of their certificates, in order."""
    return [
        replace(
            answer,
            certificates=tuple(
                replace(one, record=replace(one.record, changes=next(changes)))
                for one in answer.certificates
            ),
            unsigned=tuple(
                replace(one, record=replace(one.record, changes=next(changes)))
                for one in answer.unsigned
            ),
        )
        if answer.certificates or answer.unsigned
        else answer
        for answer in answers
    ]
