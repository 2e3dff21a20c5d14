"""Hold "this is all" against what was seen: a list may be older than a certificate.

An agency signs that a person has no certificate, or so many. Where a certificate is
known of an agency for the same rows that was signed after everything in such an answer,
and nobody shows it, the answer is an older one: that there is nothing else it says no
more.

A certificate that is older than an absence is no such thing: what was signed yesterday
may have been sent today. Nor is one that was collected: an agency that answers is
believed before what it sent (``docs/decisions/collected-answers.md``).
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from bureau.versions.marks import BETWEEN, mark_among
from bureau.versions.memory import SeenVersion, VersionMemory, is_vouched_for
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
            mark = mark_among(self._person(holder), _last_of(rows))
            if len(self._marked) >= MARKED:
                del self._marked[next(iter(self._marked))]
            self._marked[key] = mark
        return mark

    def note(
        self,
        mark: str,
        certificates: Iterable[tuple[AttestedCertificate, str]],
        now: datetime,
    ) -> None:
        """Know the last of ``certificates``, if none is known that is later.

        Each is answered for the rows that ``mark`` is of, and stands beside its name.
        """
        signed = [
            (one.proof.signed_at, name, one)
            for one, name in certificates
            if one.collected is None
        ]
        if not signed:
            return
        signed_at, name, one = max(signed, key=_signed_and_named)
        last = self._memory.get(mark)
        if last is not None and (last.signed_at, last.said) >= (signed_at, name):
            return
        seen = SeenVersion(signed_at, name, name, one.proof.key.kid, now)
        self._memory.note(mark, seen)

    def missed(
        self,
        mark: str,
        answer: Answer,
        shown: Collection[str],
        bundle: TrustBundle,
    ) -> SeenVersion | None:
        """Return a certificate that ``answer`` is too old to have; ``None`` if none.

        It is answered for the rows that ``mark`` is of.
        """
        if not answer.is_complete or not answer.proofs:
            return None
        last = self._memory.get(mark)
        if last is None or last.said in shown or not is_vouched_for(last, bundle):
            return None
        signed = max([proof.signed_at for proof in answer.proofs])
        return last if signed < last.signed_at else None


_signed_and_named = itemgetter(0, 1)


@lru_cache(maxsize=256)
def _last_of(rows: frozenset[str]) -> str:
    """Return what the last certificate of ``rows`` is called; sets of rows are few."""
    return BETWEEN.join(("last of", *sorted(rows)))


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
