"""Hold "this is all" against what was seen: a list may be older than a certificate.

An agency signs that a person has no certificate, or so many. Where a certificate is
known of an agency for the same rows that was signed after everything in such an answer,
and nobody shows it, the answer is an older one: that there is nothing else it says no
more.

A certificate that is older than an absence is no such thing: what was signed yesterday
may have been sent today. Nor is one that was collected: an agency that answers is
believed before what it sent (``docs/decisions/collected-answers.md``).
"""

from collections.abc import Callable, Collection
from datetime import datetime

from bureau.versions.marks import mark_among
from bureau.versions.memory import SeenVersion, VersionMemory, is_vouched_for
from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate, RecordFault, RefusedRecord
from policy.identity import Identity
from signing.trust import TrustBundle

MARKED = 10_000
"""Of how many people and sets of rows the marks are at hand."""


class Lists:
    """Knows of each person and set of rows the certificate that was signed last."""

    def __init__(
        self, memory: VersionMemory, person: Callable[[Identity], str]
    ) -> None:
        self._memory = memory
        self._person = person
        self._marked: dict[tuple[Identity, frozenset[str]], str] = {}

    def mark_of(self, holder: Identity, rows: frozenset[str]) -> str:
        """Return the mark under which the last certificate of ``rows`` is known."""
        key = holder, rows
        mark = self._marked.get(key)
        if mark is None:
            mark = mark_among(self._person(holder), "last of", *sorted(rows))
            if len(self._marked) >= MARKED:
                del self._marked[next(iter(self._marked))]
            self._marked[key] = mark
        return mark

    def last(self, holder: Identity, agency: Agency) -> SeenVersion | None:
        """Return the certificate of the agency's rows that was signed last."""
        return self._memory.get(self.mark_of(holder, agency.rows))

    def has(self, certificate: AttestedCertificate, last: SeenVersion | None) -> bool:
        """Say whether ``last`` is no earlier than a certificate that is answered."""
        if certificate.collected is not None:
            return True
        return last is not None and last.signed_at >= certificate.proof.signed_at

    def note(
        self,
        holder: Identity,
        agency: Agency,
        certificate: AttestedCertificate,
        name: str,
        now: datetime,
    ) -> None:
        """Know ``certificate``, if it is answered and none is known that is later."""
        last = self.last(holder, agency)
        proof = certificate.proof
        if certificate.collected is not None:
            return
        if last is not None and (last.signed_at, name) >= (proof.signed_at, last.said):
            return
        seen = SeenVersion(proof.signed_at, name, name, proof.key.kid, now)
        self._memory.note(self.mark_of(holder, agency.rows), seen)

    def missed(
        self,
        holder: Identity,
        agency: Agency,
        answer: Answer,
        shown: Collection[str],
        bundle: TrustBundle,
    ) -> SeenVersion | None:
        """Return a certificate that ``answer`` is too old to have; ``None`` if none."""
        signed = [proof.signed_at for proof in answer.proofs]
        if not answer.is_complete or not signed:
            return None
        last = self.last(holder, agency)
        if last is None or last.said in shown or not is_vouched_for(last, bundle):
            return None
        return last if max(signed) < last.signed_at else None


def fault_of_an_older_list(answer: Answer) -> RefusedRecord:
    """Return that an answer is older than a certificate that it lacks."""
    proof = max(answer.proofs, key=lambda one: one.signed_at)
    return RefusedRecord(
        RecordFault.ROLLBACK,
        f"signed {proof.signed_at.isoformat()}; a certificate that was signed later is "
        "not in it",
        proof.key.kid,
        proof.digest,
    )
