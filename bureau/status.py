"""Changes of state that agencies sent, put on certificates where they are handed out.

Not before: what is kept, shared or under way knows nothing of them, so no kept answer
can outlive a revocation. For whoever has none it costs to ask whether they may have
some; only for the others is the store read, at once for all of a request who are ready.
If it cannot be read, the state of their certificates is unknown, which is not good.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bureau.certificate_ids import (
    CertificateIds,
    UnknownIdError,
    fingerprint,
    fingerprints,
    partial_fingerprints,
)
from connectors.answer import Answer, AttestedCertificate
from connectors.errors import StoreUnavailableError
from policy.certificate import StateChange
from policy.identity import Identity


@dataclass(frozen=True, slots=True)
class KeptChange:
    """A change that was sent, and of which certificate, by its sealed id."""

    certificate: str
    change: StateChange


Found = Mapping[Identity, Sequence[KeptChange]]
Marked = Sequence[tuple[str, StateChange | None]]
"""Changes in the order sent, each with the fingerprint of its certificate; ``None`` is
one that may be of several."""


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
        changes = None if found is None else self._marked(found[holder])
        if changes is not None:
            changes = _fitted(changes, answers)
        return [_with(answer, changes) for answer in answers]

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

    def _marked(self, found: Sequence[KeptChange]) -> Marked | None:
        """Return of which certificate each change is; ``None`` if one is of none known.

        An agency's connector may have been replaced, so whose it was does not count:
        who may speak of a certificate was asked when the change came.
        """
        try:
            return [
                (self._ids.open(kept.certificate).fingerprint, kept.change)
                for kept in found
            ]
        except UnknownIdError:
            # Sealed under another key: it may be of any of them.
            return None


def _fitted(changes: Marked, answers: Sequence[Answer]) -> Marked:
    """Return ``changes`` with what leaves something out at the certificate it fits.

    A change without a code or a day is of the one certificate that agrees with the
    rest, in any of its versions. Where several do, it may be of any: the states of all
    of them are unknown.
    """
    held = [one for answer in answers for one in answer.certificates]
    whole = {mark for one in held for mark in _marks(one)}
    if all(mark in whole for mark, _ in changes):
        return changes
    fitting: dict[str, set[str]] = {}
    for one in held:
        for version in (one, *one.supersedes):
            for mark in partial_fingerprints(version.record):
                fitting.setdefault(mark, set()).add(fingerprint(one.record))
    fitted: list[tuple[str, StateChange | None]] = []
    for mark, change in changes:
        fits = fitting.get(mark, set()) if mark not in whole else {mark}
        doubt = len(fits) > 1
        fitted += [(one, None if doubt else change) for one in sorted(fits)]
    return fitted


def _marks(certificate: AttestedCertificate) -> set[str]:
    """Return the fingerprints of a certificate, in all of its versions."""
    return {
        mark
        for version in (certificate, *certificate.supersedes)
        for mark in fingerprints(version.record)
    }


def _with(answer: Answer, changes: Marked | None) -> Answer:
    if not answer.certificates:
        return answer
    certificates = tuple(_changed(one, changes) for one in answer.certificates)
    return replace(answer, certificates=certificates)


def _changed(
    certificate: AttestedCertificate, changes: Marked | None
) -> AttestedCertificate:
    record = certificate.record
    if changes is None:
        return replace(certificate, record=replace(record, changes=None))
    # A revocation stays, whatever is put right of the certificate after it.
    marks = _marks(certificate)
    of_it = [change for mark, change in changes if mark in marks]
    known = tuple(change for change in of_it if change is not None)
    is_known = len(known) == len(of_it)
    return replace(
        certificate, record=replace(record, changes=known if is_known else None)
    )
