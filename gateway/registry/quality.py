"""Count the quality of agencies' data, beside the answers, and propose sanctions.

Answers are noted as they come and counted every few seconds; nobody waits for it. What
cannot be kept is dropped after a while: a counter that is a little short is better than
a gateway that is full. A machine proposes, and people freeze.
"""

import asyncio
import contextlib
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import structlog
from cachetools import LRUCache

from connectors.answer import Answer, AttestedCertificate
from connectors.errors import StoreUnavailableError
from connectors.guard.guard import Observer
from connectors.live import Live
from connectors.quality import (
    WINDOWS,
    Dimension,
    Measure,
    Sighting,
    counted,
    rate,
    sighting,
)
from connectors.registration.sanctions import ProposalCause, SanctionProposal
from gateway.settings.registration import Registration
from policy.calendar import SHANGHAI
from policy.documents import Document
from policy.identity import Identity
from store.background import Supervisor
from store.quality.counts import StoredQuality, first_day_of

FLUSH_SECONDS = 2.0
RATES_SECONDS = 60.0
MAX_WAITING = 5_000
"""The most answers that wait to be counted."""
NOTED = 10_000
"""Of how many answers it is known that they were seen today; each is some 300 bytes."""
NOTHING_SEEN = Sighting((), frozenset())
"""Records that are sent are compared with the past where they are kept."""
COMPARED_A_TURN = 500
"""With how many answers the past is asked, every few seconds. What comes beyond is
counted and compared another time: a row for each certificate of a bulk check would
cost more than the check."""
AT_ONCE = 200
"""How many are looked at before others get their turn."""
CAUSES = {
    Measure.SIGNATURE_REFUSALS: ProposalCause.SIGNATURE_FAILURES,
    Measure.ALTERED: ProposalCause.ALTERED_RECORDS,
    Measure.BACK_DATED: ProposalCause.BACK_DATED_RECORDS,
}


class QualityObserver(Protocol):
    """An observer of data quality; metrics implement it."""

    def quality_counted(self, agency: str, sums: Mapping[Measure, int]) -> None:
        """So much was counted of an agency here."""

    def quality_uncompared(self, agency: str) -> None:
        """An answer was counted, and for want of time not compared with the past."""

    def quality_rated(
        self, agency: str, dimension: Dimension, days: int, share: float
    ) -> None:
        """The share in order over so many days, of all gateways."""


def thresholds_of(options: Registration) -> Mapping[Measure, int]:
    """Return how many a day have a freeze proposed."""
    return {
        Measure.SIGNATURE_REFUSALS: options.propose_after_signature_failures,
        Measure.ALTERED: options.propose_after_altered_records,
        Measure.BACK_DATED: options.propose_after_back_dated_records,
    }


@dataclass(slots=True)
class _Waiting:
    agency: str
    answers: Mapping[Identity, Answer]


class QualityKeeper:
    """Counts answers by agency and day; also the observer that receives them."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        inner: Observer,
        store: StoredQuality,
        *,
        live: Live,
        mark: Callable[[str], str],
        document: Callable[[AttestedCertificate], Document],
        thresholds: Mapping[Measure, int],
        reports: QualityObserver,
        clock: Callable[[], datetime],
    ) -> None:
        self.called = inner.called
        self.answered = inner.answered
        self.circuit_changed = inner.circuit_changed
        self.hedged = inner.hedged
        self.shared = inner.shared
        self._store = store
        self._live = live
        """Has the agencies in force."""
        self._mark = mark
        self._document = document
        self._thresholds = thresholds
        self._reports = reports
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self._collected: defaultdict[str, Counter[Measure]] = defaultdict(Counter)
        """What was counted of records as they were sent, by agency."""
        self.sums = store.sums
        self._people = 0
        self._turn = asyncio.Lock()
        """Held while something is kept."""
        self._room = 0
        """With how many answers the past may still be asked in this turn."""
        self._noted: LRUCache[tuple[object, ...], date] = LRUCache(NOTED)
        """On which day answers were last seen, by the digests of their bytes."""
        self._logger = structlog.get_logger("gateway.quality")

    def received(self, agency: str, answers: Mapping[Identity, Answer]) -> None:
        """See ``guard.Observer``."""
        if self._people + len(answers) <= MAX_WAITING:
            self._waiting.append(_Waiting(agency, answers))
            self._people += len(answers)

    def collected(self, agency: str, sums: Counter[Measure]) -> None:
        """See ``bureau.quality.QualityStore``."""
        self._collected[agency] += sums

    async def settle(self) -> None:
        """See ``bureau.quality.QualityStore``."""
        # What another turn has taken is not kept before it ends.
        if self._waiting or self._turn.locked():
            await self.flush()

    async def keep(self) -> None:
        """Count what waits, again and again."""
        rated_at = float("-inf")
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self.flush()
                if loop.time() - rated_at >= RATES_SECONDS:
                    await self._rate()
                    rated_at = loop.time()
            except StoreUnavailableError as error:
                self._logger.error(  # noqa: TRY400 - the kind is enough
                    "quality not kept", reason=str(error)
                )

    async def flush(self) -> None:
        """Count what waits now.

        Raises:
            StoreUnavailableError: some of it is not kept.
        """
        async with self._turn:
            await self._flush()

    async def _flush(self) -> None:
        today = self._clock().astimezone(SHANGHAI).date()
        self._room = COMPARED_A_TURN
        while self._collected:
            agency, sums = self._collected.popitem()
            try:
                await self._add(agency, today, sums, NOTHING_SEEN)
            except StoreUnavailableError:
                self._collected[agency] += sums
                raise
        while self._waiting:
            by_agency = self._some(today)
            for agency, (sums, seen) in by_agency.items():
                try:
                    await self._add(agency, today, sums, seen)
                except StoreUnavailableError:
                    # What was taken for compared is not kept.
                    self._noted.clear()
                    raise

    async def _add(
        self, agency: str, today: date, sums: Counter[Measure], seen: Sighting
    ) -> None:
        total = await self._store.add(agency, today, sums, seen)
        self._reports.quality_counted(agency, total)
        if any(total[measure] for measure in self._thresholds):
            await self._propose(agency, today)

    def _some(self, today: date) -> dict[str, tuple[Counter[Measure], Sighting]]:
        """Take some of what waits, and count it."""
        sums: dict[str, Counter[Measure]] = defaultdict(Counter)
        compared: dict[str, dict[Identity, Answer]] = defaultdict(dict)
        people = 0
        while self._waiting and people < AT_ONCE:
            one = self._waiting.popleft()
            self._people -= len(one.answers)
            people += len(one.answers)
            # Adding with +, a counter looks through all it has, each time.
            sums[one.agency].update(counted(one.answers.values()))
            for holder, answer in one.answers.items():
                if self._is_to_be_compared(one.agency, answer, today):
                    compared[one.agency][holder] = answer
        return {
            agency: (+total, sighting(compared[agency], self._mark, self._document))
            for agency, total in sums.items()
        }

    def _is_to_be_compared(self, agency: str, answer: Answer, today: date) -> bool:
        """Say whether the past is asked about an answer; the same bytes ask once.

        Bytes about several people do not say whom the answer is about, so they are
        compared each time.
        """
        certificates = answer.certificates
        shown = (
            agency,
            answer.is_complete,
            *[one.envelope.digest for one in certificates],
        )
        is_known = (
            self._noted.get(shown) == today
            and bool(certificates)
            and not any(one.is_envelope_shared for one in certificates)
        )
        if is_known:
            return False
        if self._room == 0:
            self._reports.quality_uncompared(agency)
            return False
        self._room -= 1
        self._noted[shown] = today
        return True

    async def _propose(self, agency: str, today: date) -> None:
        known = self._live.snapshot.registry.agency(agency)
        if known is None:
            return
        sums = await self._store.sums(agency, today)
        for measure, threshold in self._thresholds.items():
            found = sums.get(measure, 0)
            if found < threshold:
                continue
            proposal = SanctionProposal(
                connector=agency,
                body=known.manifest.collection_body,
                cause=CAUSES[measure],
                found=found,
                threshold=threshold,
                proposed_at=self._clock(),
            )
            if await self._store.propose(proposal, today):
                self._logger.warning(
                    "a freeze is proposed",
                    agency=agency,
                    cause=proposal.cause,
                    found=found,
                )

    async def _rate(self) -> None:
        today = self._clock().astimezone(SHANGHAI).date()
        agencies = [agency.id for agency in self._live.snapshot.registry.agencies]
        for days in WINDOWS:
            found = await self._store.sums_of(agencies, first_day_of(days, today))
            for agency, sums in found.items():
                for dimension in Dimension:
                    share = rate(dimension, sums)
                    if share is not None:
                        self._reports.quality_rated(agency, dimension, days, share)


@asynccontextmanager
async def kept_quality(
    keeper: QualityKeeper, supervisor: Supervisor
) -> AsyncIterator[None]:
    """Keep counting; at the end, count what waits."""
    try:
        async with supervisor.running(keeper.keep, "quality"):
            yield
    finally:
        with contextlib.suppress(StoreUnavailableError):
            await keeper.flush()
