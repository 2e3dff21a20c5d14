"""Everything that stands between a question and an agency, once for all connectors.

A question passes, in this order: the answer cache, single flight (two requests
asking about one person at once cause one call), batching by the manifest's limit,
the concurrency limit, the time limit. A flight belongs to the guard and not to the
request that started it: whoever joins later waits by its own budget, and a caller
that gives up does not take the answer from the others. Once the last of them has gone
without an answer, the flight is called off; one whose waiters ran out of time goes
on, because they were told to ask again. Failures end here: they leave as values, so
that one agency never cancels another's question.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cachetools import TTLCache

from connectors.answer import Answer, RecordFault, RefusedRecord, SourceOutcome
from connectors.errors import (
    ConnectorError,
    RefusedError,
    UnreachableError,
    UnreadableError,
)
from connectors.health import CONCLUSIVE, Health
from connectors.manifest import Manifest
from policy.identity import Identity
from policy.text import Text

Ask = Callable[[Sequence[Identity]], Awaitable[Sequence[Answer]]]
"""Ask the agency about one batch: the connector, verification and decoding."""


ANSWERS_BYTES = 64 * 1024 * 1024
"""The most memory the answer cache of one agency may take."""
ANSWER_FACTOR = 8
"""What an answer weighs for each byte that was signed: parsed, and as it came."""


class Observer(Protocol):
    """What the guard reports; metrics and logs implement it."""

    def called(self, agency: str, holders: int, seconds: float) -> None:
        """One upstream call about so many holders ended after ``seconds``."""

    def answered(self, answer: Answer, *, cached: bool) -> None:
        """One person's answer is handed out."""


@dataclass(slots=True, eq=False)
class _Flight:
    """One call under way, and how many requests wait for it."""

    holders: list[Identity]
    task: asyncio.Task[dict[Identity, Answer]]
    waiters: int = 0


class Guard:
    """Guards one agency; lives as long as its manifest is in force."""

    def __init__(
        self,
        manifest: Manifest,
        ask: Ask,
        still_holds: Callable[[Answer], bool],
        observer: Observer,
        health: Health,
    ) -> None:
        self._agency = manifest.id
        self._endpoint = manifest.endpoint
        self._ask = ask
        self._still_holds = still_holds
        self._observer = observer
        self._health = health
        share = ANSWERS_BYTES // manifest.cache.holders
        self._cache: TTLCache[Identity, Answer] = TTLCache(
            maxsize=ANSWERS_BYTES,
            ttl=manifest.cache.ttl_seconds,
            # Full at so many people, or at so many bytes if their answers are large.
            getsizeof=lambda answer: max(share, _weight(answer)),
        )
        self._flights: dict[Identity, _Flight] = {}
        self._under_way: set[_Flight] = set()
        """Every flight, those nobody may join any more included."""
        self._slots = asyncio.Semaphore(manifest.endpoint.concurrency)

    async def ask(
        self, holders: Sequence[Identity], budget_seconds: float
    ) -> list[Answer]:
        """Answer for each of ``holders``, in order, within ``budget_seconds``.

        Raises nothing an agency can cause; a bug of ours is raised as it is.
        """
        answers: dict[Identity, Answer] = {}
        fresh: list[Identity] = []
        flights: set[_Flight] = set()
        for holder in dict.fromkeys(holders):
            if (cached := self._cached(holder)) is not None:
                answers[holder] = cached
            elif (flight := self._flights.get(holder)) is not None:
                flights.add(flight)
            else:
                fresh.append(holder)
        if budget_seconds > 0:
            for batch in _batches(fresh, self._endpoint.batch_limit):
                flights.add(self._take_off(batch))
        reported = set(answers)
        if flights:
            for task in await self._landed(flights, budget_seconds):
                answers.update(task.result())
        out = [answers.get(holder) or self._timed_out() for holder in holders]
        for holder, answer in zip(holders, out, strict=True):
            self._observer.answered(answer, cached=holder in reported)
        return out

    async def close(self) -> None:
        """Cancel what is under way."""
        tasks = [flight.task for flight in self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _cached(self, holder: Identity) -> Answer | None:
        answer = self._cache.get(holder)
        # A key may have left its window since the answer was kept.
        if answer is None or not self._still_holds(answer):
            return None
        return answer

    def _take_off(self, batch: list[Identity]) -> _Flight:
        flight = _Flight(batch, asyncio.create_task(self._fly(batch)))
        self._under_way.add(flight)
        for holder in batch:
            self._flights[holder] = flight
        flight.task.add_done_callback(lambda _: self._land(flight))
        return flight

    async def _landed(
        self, flights: set[_Flight], budget_seconds: float
    ) -> set[asyncio.Task[dict[Identity, Answer]]]:
        """Wait for ``flights``; return those that ended in time."""
        for flight in flights:
            flight.waiters += 1
        try:
            done, _ = await asyncio.wait(
                [flight.task for flight in flights], timeout=max(budget_seconds, 0)
            )
        except asyncio.CancelledError:
            for flight in flights:
                if flight.waiters == 1:
                    flight.task.cancel()
                    # At once: it takes a moment to end, and nobody may join it.
                    self._close_to_others(flight)
            raise
        finally:
            for flight in flights:
                flight.waiters -= 1
        return done

    def _land(self, flight: _Flight) -> None:
        self._under_way.discard(flight)
        self._close_to_others(flight)

    def _close_to_others(self, flight: _Flight) -> None:
        for holder in flight.holders:
            # After a flight was called off another may be under way.
            if self._flights.get(holder) is flight:
                del self._flights[holder]

    async def _fly(self, batch: list[Identity]) -> dict[Identity, Answer]:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._endpoint.timeout_seconds), self._slots:
                answers = await self._ask(batch)
        except TimeoutError:
            answers = [self._timed_out()] * len(batch)
        except ConnectorError as error:
            answers = [self._failed(error)] * len(batch)
        self._observer.called(self._agency, len(batch), time.perf_counter() - started)
        self._health.note(answers)
        landed = dict(zip(batch, answers, strict=True))
        for holder, answer in landed.items():
            if answer.outcome in CONCLUSIVE:
                self._cache[holder] = answer
        return landed

    def _timed_out(self) -> Answer:
        return Answer(
            agency=self._agency,
            outcome=SourceOutcome.TIMED_OUT,
            reason=Text(
                zh="未在时限内答复，结果未知", en="no answer within the deadline"
            ),
        )

    def _failed(self, error: ConnectorError) -> Answer:
        """Say as an answer how the agency failed."""
        detail = str(error)
        match error:
            case RefusedError():
                outcome = SourceOutcome.REFUSED
                reason = Text(zh=f"拒绝答复：{detail}", en=f"refused: {detail}")
            case UnreadableError():
                return Answer(
                    agency=self._agency,
                    outcome=SourceOutcome.UNVERIFIED,
                    refusals=(
                        RefusedRecord(
                            RecordFault.UNREADABLE_ANSWER, detail, None, None
                        ),
                    ),
                    reason=Text(
                        zh=f"答复无法核验：{detail}", en=f"cannot be verified: {detail}"
                    ),
                )
            case UnreachableError():
                outcome = SourceOutcome.UNREACHABLE
                reason = Text(zh=f"无法连接：{detail}", en=f"unreachable: {detail}")
            case _:
                raise error
        return Answer(agency=self._agency, outcome=outcome, reason=reason)


def _batches(holders: list[Identity], limit: int) -> list[list[Identity]]:
    """Return ``holders`` in batches, in none of them one number under two id types.

    An agency that names people by number alone could not tell the two apart.
    """
    batches: list[dict[str, Identity]] = []
    for holder in holders:
        for batch in batches:
            if len(batch) < limit and holder.number not in batch:
                batch[holder.number] = holder
                break
        else:
            batches.append({holder.number: holder})
    return [list(batch.values()) for batch in batches]


def _weight(answer: Answer) -> int:
    """Return about how many bytes an answer takes: its proofs, parsed and as came."""
    return sum(ANSWER_FACTOR * len(proof.payload) for proof in answer.proofs)


def age_seconds(retrieved_at: datetime, now: datetime) -> float:
    """Return how long ago bytes came; never negative."""
    return max((now - retrieved_at).total_seconds(), 0.0)
