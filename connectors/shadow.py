"""Let an approved connector answer beside the live one: compared, and never shown.

Before an agency's new endpoint, mapping or key takes over, it is asked what the live
one is asked. A caller's answer is on its way when the shadow is asked, and nothing the
shadow does or fails to do changes it: questions beyond a few at once are dropped, not
queued. What is kept are counts by kind and field; no value and no person is.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Protocol, TypeAlias

from connectors.answer import Answer, SourceOutcome
from connectors.elements import NOT_STATED, Elements
from connectors.guard.health import CONCLUSIVE
from policy import normal_form
from policy.certificate import CertificateRecord
from policy.identity import Identity

AT_ONCE = 4
"""Questions to the shadow under way; one more is dropped."""
BUDGET_SECONDS = 30.0
"""How long a comparison may wait; the manifest's own limit is shorter as a rule."""


class DifferenceKind(StrEnum):
    """In what two answers about one person differ."""

    OUTCOME = "OUTCOME"
    MISSING = "MISSING"
    """The live one has a certificate that the shadow has not."""
    EXTRA = "EXTRA"
    """The shadow has a certificate that the live one has not."""
    VALUE = "VALUE"
    """Both have the certificate, with different contents in one field."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, without the values."""

    kind: DifferenceKind
    field: str = ""
    """The field of the record, for VALUE alone."""


def compare(live: Answer, shadow: Answer) -> tuple[Difference, ...]:
    """Say in what two conclusive answers about one person differ, in a fixed order.

    Certificates are compared by number and item, so one that is worded otherwise is
    missing and extra; how it is spelt is no difference (``policy.normal_form``).
    Signatures are not compared: each verified by itself.
    """
    found: Counter[Difference] = Counter()
    if live.outcome is not shadow.outcome:
        found[Difference(DifferenceKind.OUTCOME)] += 1
    ours, theirs = _by_name(live), _by_name(shadow)
    for name in ours.keys() | theirs.keys():
        left, right = _unlike(ours.get(name, []), theirs.get(name, []))
        found[Difference(DifferenceKind.MISSING)] += max(len(left) - len(right), 0)
        found[Difference(DifferenceKind.EXTRA)] += max(len(right) - len(left), 0)
        for one, other in zip(left, right, strict=False):
            found.update(_values(one, other))
    return tuple(sorted(found.elements(), key=lambda one: (one.kind, one.field)))


def _by_name(answer: Answer) -> dict[tuple[str, str], list[CertificateRecord]]:
    """Return the certificates of one person by what they are called."""
    named = defaultdict(list)
    for certificate in answer.certificates:
        record = _plain(certificate.record)
        named[record.number, record.item_code or record.item].append(record)
    for records in named.values():
        records.sort(key=lambda record: (record.level or "", str(record.issued_on)))
    return named


def _plain(record: CertificateRecord) -> CertificateRecord:
    """Return ``record`` with its words in their normal form."""
    name = record.holder_name
    return replace(
        record,
        spelt=None,
        holder_name=None if name is None else normal_form.name(name),
        title=normal_form.words(record.title),
        category=_words(record.category),
        item=normal_form.words(record.item),
        authority=_words(record.authority),
        evaluation_body=_words(record.evaluation_body),
        collection_body=_words(record.collection_body),
    )


def _words(stated: str | None) -> str | None:
    return None if stated is None else normal_form.words(stated)


def _unlike(
    left: list[CertificateRecord], right: list[CertificateRecord]
) -> tuple[list[CertificateRecord], list[CertificateRecord]]:
    """Leave out what both have: two of one name must not be taken for each other."""
    here, there = list(left), list(right)
    for record in left:
        if record in there:
            here.remove(record)
            there.remove(record)
    return here, there


def _values(one: CertificateRecord, other: CertificateRecord) -> list[Difference]:
    return [
        Difference(DifferenceKind.VALUE, part.name)
        for part in fields(CertificateRecord)
        if getattr(one, part.name) != getattr(other, part.name)
    ]


@dataclass(slots=True)
class Tally:
    """The results of a shadow so far, in people asked about."""

    agreed: int = 0
    differed: int = 0
    failed: Counter[SourceOutcome] = field(default_factory=Counter)
    """The shadow gave no conclusive answer where the live one did, by its outcome."""
    dropped: int = 0
    """Not asked, because enough was under way."""
    broken: int = 0
    """Comparisons that ended by a bug of ours."""
    differences: Counter[Difference] = field(default_factory=Counter)


Report: TypeAlias = Callable[[str, int, Sequence[Difference]], None]
"""Takes what became of so many people: agreed, differed, failed, dropped or broken."""


def _report_nothing(_result: str, _people: int, _found: Sequence[Difference]) -> None:
    """Report nothing."""


class Answering(Protocol):
    """An agency that answers beside the live one: an ``Agency``, opened unobserved."""

    def ask(
        self,
        holders: Sequence[Identity],
        budget_seconds: float,
        elements: Elements = NOT_STATED,
    ) -> Awaitable[list[Answer]]:
        """See ``Agency.ask``."""

    async def close(self) -> None:
        """See ``Agency.close``."""


class Shadow:
    """Asks what the live agency was asked, off the way of its answers."""

    def __init__(
        self,
        agency: Answering,
        at_once: int = AT_ONCE,
        report: Report = _report_nothing,
    ) -> None:
        self.tally = Tally()
        self._agency = agency
        self._at_once = at_once
        self._report = report
        self._under_way: set[asyncio.Task[None]] = set()

    def offer(
        self,
        holders: Sequence[Identity],
        answers: Sequence[Answer],
        elements: Elements = NOT_STATED,
    ) -> None:
        """Take what the live agency answered, to be compared later, or drop it.

        Returns at once. Where the live one could not answer there is nothing to
        compare, and the shadow is not asked.
        """
        known = {
            holder: answer
            for holder, answer in zip(holders, answers, strict=True)
            if answer.outcome in CONCLUSIVE
        }
        if not known:
            return
        if len(self._under_way) >= self._at_once:
            self.tally.dropped += len(known)
            self._report("dropped", len(known), ())
            return
        task = asyncio.create_task(self._compare(known, elements))
        self._under_way.add(task)
        task.add_done_callback(self._end)

    async def close(self) -> None:
        """Cancel what is under way, and close the agency that answers beside."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._agency.close()

    async def _compare(self, known: dict[Identity, Answer], elements: Elements) -> None:
        shadows = await self._agency.ask(list(known), BUDGET_SECONDS, elements)
        for live, shadow in zip(known.values(), shadows, strict=True):
            if shadow.outcome not in CONCLUSIVE:
                self.tally.failed[shadow.outcome] += 1
                self._report("failed", 1, ())
                continue
            differences = compare(live, shadow)
            self.tally.differences.update(differences)
            if differences:
                self.tally.differed += 1
            else:
                self.tally.agreed += 1
            self._report("differed" if differences else "agreed", 1, differences)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Counted, and reported as any bug: nobody waits for this task.
            self.tally.broken += 1
            self._report("broken", 1, ())
            context = {"message": "a shadow's comparison broke", "exception": error}
            task.get_loop().call_exception_handler(context)
