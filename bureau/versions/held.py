"""Hold what agencies answer against each other, and against what was seen before.

An answer may be older than what is known: from a cache, a replica that lags behind, a
server that was set back, an agency that is silent and had sent its records before.
Where a certificate that is answered was signed before the version that is known, and
says something else, it is not believed: it decides nothing, and what is known is not
shown in its place, since nobody vouches for it now.
``docs/decisions/versions.md`` has the reasons.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import NamedTuple

from bureau.versions.lists import Lists, fault_of_an_older_list
from bureau.versions.marks import (
    DIGEST_CHARACTERS,
    Mark,
    marks_of,
    name_of,
    person_mark,
    seen_as,
)
from bureau.versions.memory import (
    Seen,
    SeenVersion,
    VersionMemory,
    VersionStore,
    is_vouched_for,
    said_of,
)
from bureau.versions.sources import disbelieved, one_version_each
from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate, RecordFault, RefusedRecord
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.identity import Identity
from signing.envelope import SignatureProof
from signing.trust import TrustBundle

MARKED = 10_000
"""Of how many certificates the marks are at hand; each is some 400 bytes."""


class _Marked(NamedTuple):
    """A version of a certificate, as it is looked for."""

    marks: tuple[str, ...]
    names: tuple[str, ...]
    """What it is called among its holder's certificates, by its marks."""
    digest: str


class Versions:
    """Holds answers against what is known of versions."""

    def __init__(
        self,
        store: VersionStore,
        *,
        mark: Mark,
        catalogue: Catalogue,
        told: Callable[[str, str], None],
    ) -> None:
        self.memory = VersionMemory()
        self._store = store
        self._mark = mark
        self._catalogue = catalogue
        self._told = told
        """Is told of an agency that answered what it had replaced, with the code."""
        self._marked: dict[tuple[bytes, str, str, str | None], _Marked] = {}
        self._person = lru_cache(MARKED)(partial(person_mark, mark=mark))
        self._lists = Lists(self.memory, self._person)

    def as_seen(
        self, record: CertificateRecord, proof: SignatureProof, at: datetime
    ) -> Seen:
        """Return the version that ``record`` is, under the marks of its certificate."""
        return seen_as(record, proof, at, catalogue=self._catalogue, mark=self._mark)

    def hold(
        self,
        holder: Identity,
        agencies: Sequence[Agency],
        answers: Sequence[Answer],
        *,
        bundle: TrustBundle,
        now: datetime,
    ) -> list[Answer]:
        """Return ``answers`` of ``agencies`` about ``holder`` without older versions.

        What is new in them is known from now on. An agency whose answer was outdated
        is asked anew the next time.
        """
        # Under these the last certificate of each agency's rows is known.
        lasts = [self._lists.mark_of(holder, agency.rows) for agency in agencies]
        if self._are_the_newest(lasts, answers):
            return list(answers)
        answers = one_version_each(agencies, answers, self._catalogue)
        for answer in answers:
            for certificate in answer.undecided:
                self._newer(certificate, self._marked_as(certificate), bundle, now)
        held: list[Answer] = []
        shown: set[str] = set()
        for agency, last, answer in zip(agencies, lasts, answers, strict=True):
            came = [(one, self._marked_as(one).names[0]) for one in answer.undecided]
            newer: list[SeenVersion | None] = []
            for certificate in answer.certificates:
                marked = self._marked_as(certificate)
                known = self._newer(certificate, marked, bundle, now)
                if known is None:
                    shown.update(marked.names)
                newer.append(known)
                came.append((certificate, marked.names[0]))
            self._lists.note(last, came, now)
            if any(newer):
                agency.forget(holder)
                answer = self._without(answer, newer)  # noqa: PLW2901 - it is held
            held.append(answer)
        return self._whole(holder, agencies, lasts, held, shown=shown, bundle=bundle)

    def _without(self, answer: Answer, newer: Sequence[SeenVersion | None]) -> Answer:
        """Return ``answer`` without the certificates of which something is newer."""
        found = list(zip(answer.certificates, newer, strict=True))
        kept = [one for one, known in found if known is None]
        faults = [
            self._fault_of(one, known) for one, known in found if known is not None
        ]
        return disbelieved(answer, kept, faults)

    def _whole(  # noqa: PLR0913 - all that ``hold`` knows
        self,
        holder: Identity,
        agencies: Sequence[Agency],
        lasts: Sequence[str],
        answers: Sequence[Answer],
        *,
        shown: Collection[str],
        bundle: TrustBundle,
    ) -> list[Answer]:
        """Return ``answers``; one that lacks a later certificate is not whole."""
        whole = []
        for agency, last, answer in zip(agencies, lasts, answers, strict=True):
            missed = self._lists.missed(last, answer, shown, bundle)
            if missed is None:
                whole.append(answer)
                continue
            agency.forget(holder)
            self._tell(answer.agency, RecordFault.ROLLBACK, answer.retrieved_at, missed)
            fault = fault_of_an_older_list(answer)
            whole.append(disbelieved(answer, answer.certificates, [fault]))
        return whole

    def _are_the_newest(self, lasts: Sequence[str], answers: Sequence[Answer]) -> bool:
        """Say whether each certificate comes once, in the bytes that are known.

        And that no list lacks a certificate which is known. That is what most answers
        are: no more is to be done then.
        """
        get = self.memory.get
        seen: set[str] = set()
        shown: set[str] = set()
        last_ones = [*map(get, lasts)]
        for last, answer in zip(last_ones, answers, strict=True):
            if answer.undecided:
                return False
            for certificate in answer.certificates:
                marked = self._marked_as(certificate)
                for one in marked.marks:
                    known = get(one)
                    if known is None or known.digest != marked.digest or one in seen:
                        return False
                seen.update(marked.marks)
                shown.update(marked.names)
                # What is known since it was sent may not be known as answered.
                if certificate.collected is None and (
                    last is None or last.signed_at < certificate.proof.signed_at
                ):
                    return False
        for last, answer in zip(last_ones, answers, strict=True):
            if last is not None and last.said not in shown and answer.is_complete:
                return False
        return True

    async def read(
        self,
        holder: Identity,
        agencies: Sequence[Agency],
        answers: Sequence[Answer],
    ) -> None:
        """Know what every gateway saw of the certificates in ``answers`` by now.

        Raises:
            StoreUnavailableError: the database is away.
        """
        marks = {
            mark
            for answer in answers
            for certificate in answer.certificates
            for mark in self._marked_as(certificate).marks
        }
        marks.update(self._lists.mark_of(holder, agency.rows) for agency in agencies)
        self.memory.learn(await self._store.of(marks))

    def row_of(self, certificate: AttestedCertificate) -> int | None:
        """See ``bureau.transparency.inclusion.KeptVersions``."""
        marked = self._marked_as(certificate)
        found = (self.memory.row_of(mark, marked.digest) for mark in marked.marks)
        return min((row for row in found if row is not None), default=None)

    def _newer(
        self,
        certificate: AttestedCertificate,
        marked: _Marked,
        bundle: TrustBundle,
        now: datetime,
    ) -> SeenVersion | None:
        """Return what counts instead of ``certificate``; ``None`` if it does itself.

        It is known from now on then.
        """
        known_as = [(mark, self.memory.get(mark)) for mark in marked.marks]
        signed_at = certificate.proof.signed_at
        if all(
            known is not None
            and known.digest == marked.digest
            and known.signed_at == signed_at
            for _, known in known_as
        ):
            return None
        said = said_of(certificate.record)
        # What is sent in one second has an order, which the store knows.
        is_sent = certificate.collected is not None
        for mark, known in known_as:
            if (
                known is not None
                and known.signed_at >= signed_at
                and not (is_sent and known.signed_at == signed_at)
                and known.digest != marked.digest
                and known.said != said
                and is_vouched_for(known, bundle)
            ):
                if known.signed_at == signed_at:
                    # Nor does the other count from now on.
                    self.memory.note(mark, known._replace(said="", digest=""))
                return known
        for mark, known in known_as:
            if (
                known is None
                or known.signed_at < signed_at
                or not (known.said == said or known.digest == marked.digest)
            ):
                key_id = certificate.proof.key.kid
                seen = SeenVersion(signed_at, said, marked.digest, key_id, now)
                self.memory.note(mark, seen)
        return None

    def _fault_of(
        self, certificate: AttestedCertificate, known: SeenVersion
    ) -> RefusedRecord:
        """Say that ``certificate`` is not believed beside what is ``known``."""
        proof = certificate.proof
        if known.signed_at == proof.signed_at:
            code = RecordFault.CONTRADICTION
            reason = "another version of the certificate was signed in the same second"
        else:
            code = RecordFault.ROLLBACK
            reason = (
                f"signed {proof.signed_at.isoformat()}; a version that was signed "
                f"{known.signed_at.isoformat()} says otherwise"
            )
        self._tell(certificate.agency, code, certificate.retrieved_at, known)
        return RefusedRecord(code, reason, proof.key.kid, proof.digest)

    def _tell(
        self, agency: str, code: str, came_at: datetime | None, known: SeenVersion
    ) -> None:
        # What came before the other was known is no fault of who sent it.
        if came_at is not None and came_at > known.seen_at:
            self._told(agency, code)

    def _marked_as(self, certificate: AttestedCertificate) -> _Marked:
        record = certificate.record
        digest = certificate.envelope.digest
        key = digest, record.number, record.item, record.item_code
        marked = self._marked.get(key)
        if marked is None:
            person = self._person(record.holder)
            marks = marks_of(record, self._catalogue, person)
            marked = _Marked(
                marks,
                tuple(map(name_of, marks)),
                digest[: DIGEST_CHARACTERS // 2].hex(),
            )
            if len(self._marked) >= MARKED:
                del self._marked[next(iter(self._marked))]
            self._marked[key] = marked
        return marked
