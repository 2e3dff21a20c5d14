"""Guard an agency, in one way for all connectors.

A question passes, in this order: the answer cache, single flight (two requests asking
about one person at once cause one call), batching by the manifest's limit, the calls
that questions share, the circuit breaker, the time limit, the concurrency limit.
Failures end here: they leave as values, so that one agency never cancels another's
question.

What was answered before may stand in for an agency that is silent (``stale``).

An agency that is told of questions is told of every one: none is answered from the
cache, or by the call of another.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from connectors.answer import Answer, RecordFault, RefusedRecord, SourceOutcome
from connectors.attempts import count, counted
from connectors.elements import Told
from connectors.errors import (
    ConnectorError,
    RefusedError,
    UnreachableError,
    UnreadableError,
)
from connectors.guard.answer_cache import AnswerCache
from connectors.guard.circuit import Attempt, Circuit, CircuitState, Operation
from connectors.guard.health import CONCLUSIVE, SILENT, Health
from connectors.guard.hedged import Hedge
from connectors.guard.lanes import Question
from connectors.guard.single_flight import Sharing, SingleFlight
from connectors.manifest import Manifest
from connectors.manifest_endpoint import Protocol as Asking
from policy.identity import Identity
from policy.text import Text

Ask = Callable[[Sequence[Identity], Told | None], Awaitable[Sequence[Answer]]]
"""Ask the agency about one batch: the connector, verification and decoding."""
WhenSilent = Callable[[Mapping[Identity, Answer]], Awaitable[Mapping[Identity, Answer]]]
"""Answer about people about whom the agency was silent; about some, or nobody."""
AtHand = Callable[[Sequence[Identity]], Sequence[Answer] | None]
"""Answer about people without a call; ``None`` if that takes one."""
StandIn = Callable[[Answer, Answer], Answer]
"""Return what is answered, given what was before and the silence now."""

LATE_SECONDS = 0.25
"""By what ends so much after its time limit no agency is judged."""
ROOM_SHARE = 0.2
"""Nor by what waited for room for a larger share of it: the rest is too short."""

MOST_AT_HAND = 20
"""People about whom is answered at once; a batch of more has calls, and turns."""
ALONE_SECONDS = 60.0
"""For so long each question has a call of its own after one that several shared brought
nothing: what was wrong may have been one of them, or that they were many."""
NOTHING = frozenset(
    {
        SourceOutcome.TIMED_OUT,
        SourceOutcome.UNREACHABLE,
        SourceOutcome.REFUSED,
        SourceOutcome.UNVERIFIED,
    }
)
"""The outcomes of a call that brought nothing to build on, if all are among them."""


class Observer(Protocol):
    """A receiver of the guard's reports; metrics and logs implement it."""

    def called(self, agency: str, holders: int, seconds: float) -> None:
        """One upstream call about so many holders ended after ``seconds``."""

    def received(self, agency: str, answers: Mapping[Identity, Answer]) -> None:
        """One upstream call brought these answers, each of them new."""

    def answered(self, answer: Answer, *, cached: bool) -> None:
        """One person's answer is returned."""

    def circuit_changed(
        self, agency: str, operation: Operation, state: CircuitState
    ) -> None:
        """An agency is asked from now on, or not, or as a trial; told at first, too."""

    def hedged(self, agency: str, hedge: Hedge) -> None:
        """A call was made twice, to two addresses of one agency."""

    def shared(self, agency: str, *, has_failed: bool) -> None:
        """A call of several questions ended; if it failed, they share none for now."""


class Guard:
    """Guards one agency; lives as long as its manifest is in force."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        manifest: Manifest,
        ask: Ask,
        still_holds: Callable[[Answer], bool],
        observer: Observer,
        health: Health,
        *,
        circuit: Circuit,
        at_hand: AtHand | None = None,
        when_silent: WhenSilent | None = None,
        stand_in: StandIn | None = None,
    ) -> None:
        self._agency = manifest.id
        self._endpoint = manifest.endpoint
        self._is_unsigned = manifest.is_unsigned
        self._ask = ask
        self._still_holds = still_holds
        self._observer = observer
        self._health = health
        self._circuit = circuit
        self._at_hand = at_hand
        self._when_silent = when_silent
        self._stand_in = stand_in
        # What was collected was counted when it came.
        self._counts = manifest.endpoint.protocol is not Asking.COLLECTED
        self._cache = AnswerCache(manifest.cache)
        self._shares = manifest.shares_calls
        sharing = Sharing(
            self._endpoint.batch_limit, self._endpoint.concurrency, self._may_share
        )
        self._calls = SingleFlight(
            self._call,
            self._endpoint.timeout_seconds,
            sharing if self._shares else None,
        )
        self._alone_until = 0.0
        self._slots = asyncio.Semaphore(manifest.endpoint.concurrency)

    def ask(
        self,
        holders: Sequence[Identity],
        budget_seconds: float,
        told: Told | None = None,
        caller: str = "",
    ) -> asyncio.Future[list[Answer]]:
        """Answer for each of ``holders``, in order, within ``budget_seconds``.

        The agency is ``told`` of the question, unless that is ``None``. Where questions
        wait, callers are served in turn. Whoever cancels the answer gives up. It raises
        nothing an agency can cause; a bug of ours is raised as it is.
        """
        cached: dict[Identity, Answer] = {}
        fresh: list[Identity] = []
        questions: list[Question] = []
        wanted = dict.fromkeys(holders)
        for holder in wanted:
            if (answer := self._cached(holder)) is not None:
                cached[holder] = answer
            elif (question := self._calls.about(holder)) is not None:
                questions.append(question)
            else:
                fresh.append(holder)
        may_be_at_hand = fresh and not questions and told is None
        at_hand = self._found_at_hand(fresh) if may_be_at_hand else None
        # What was sent is read when it is too late, too: who asks again has it.
        if fresh and at_hand is None and (budget_seconds > 0 or self._at_hand):
            batches = _batches(fresh, self._endpoint.batch_limit)
            questions += [self._calls.start(batch, told) for batch in batches]

        def deliver(
            answered: asyncio.Future[list[Answer]], came: Mapping[Identity, Answer]
        ) -> None:
            out: list[Answer] = []
            for holder in holders:
                known = cached.get(holder) or came.get(holder)
                out.append(known or self._in_time_for(holder, questions))
            answered.set_result(out)
            for holder, answer in zip(holders, out, strict=True):
                self._observer.answered(answer, cached=holder in cached)

        if questions:
            if self._shares:
                # Nobody waits longer for others than for a call of their own.
                most = self._endpoint.timeout_seconds + LATE_SECONDS
                budget_seconds = min(budget_seconds, most)
            return self._calls.wait(questions, wanted, budget_seconds, deliver, caller)
        at_once: asyncio.Future[list[Answer]]
        at_once = asyncio.get_running_loop().create_future()
        deliver(at_once, at_hand or {})
        return at_once

    def forget(self) -> None:
        """Keep no answer, and let nobody join a call that began before."""
        self._cache.clear()
        self._calls.forget()

    def forget_about(self, holder: Identity) -> None:
        """Keep no answer about ``holder``."""
        self._cache.drop(holder)

    async def settle(self) -> None:
        """Wait for what is under way, each for no longer than its time limit."""
        await self._calls.settle()

    async def close(self) -> None:
        """Cancel what is under way."""
        await self._calls.close()

    def _cached(self, holder: Identity) -> Answer | None:
        answer = self._cache.get(holder)
        # A key may have left its window since the answer was kept.
        if answer is None or not self._still_holds(answer):
            return None
        return answer

    def _found_at_hand(
        self, holders: Sequence[Identity]
    ) -> dict[Identity, Answer] | None:
        """Return what is answered about ``holders`` without a call, or ``None``.

        A few at a time: nobody else has a turn meanwhile.
        """
        if self._at_hand is None or len(holders) > MOST_AT_HAND:
            return None
        started = time.perf_counter()
        answers = self._at_hand(holders)
        if answers is None:
            return None
        self._observer.called(self._agency, len(holders), time.perf_counter() - started)
        self._health.note(answers)
        return dict(zip(holders, answers, strict=True))

    def _may_share(self) -> bool:
        """Say whether questions wait for each other: not while there is trouble."""
        return (
            self._circuit.state is CircuitState.CLOSED
            and time.monotonic() >= self._alone_until
        )

    async def _call(
        self, batch: list[Identity], told: Told | None, is_shared: bool
    ) -> dict[Identity, Answer] | None:
        """Return what is answered about ``batch``.

        ``None`` if several questions share the call, and each has to be asked alone.
        """
        attempt = self._circuit.enter()
        if attempt is None:
            found = dict.fromkeys(batch, self._not_asked())
        else:
            with attempt:
                found = await self._called(batch, told, attempt)
            if is_shared and self._has_failed(found):
                return None
            if self._counts:
                self._observer.received(self._agency, found)
        if self._when_silent is not None:
            found |= await self._when_silent(_silent(found))
        if self._stand_in is not None:
            found |= {h: self._instead(h, a) for h, a in _silent(found).items()}
        for holder, answer in found.items() if told is None else ():
            if answer.outcome in SILENT:
                continue
            # What was collected may be newer at any moment, and is near.
            # So may what made unsigned rows whole.
            if (
                answer.outcome in CONCLUSIVE
                and not answer.is_collected
                and not self._is_unsigned
            ):
                self._cache.keep(holder, answer)
            else:
                # It said something else since: what it said before stands for nothing.
                self._cache.drop(holder)
        return found

    def _has_failed(self, found: Mapping[Identity, Answer]) -> bool:
        """Say whether what several shared has to be asked again, each by itself.

        After a time limit there is no time for that.
        """
        outcomes = {answer.outcome for answer in found.values()}
        has_failed = outcomes <= NOTHING
        if has_failed:
            self._alone_until = time.monotonic() + ALONE_SECONDS
        self._observer.shared(self._agency, has_failed=has_failed)
        return has_failed and outcomes != {SourceOutcome.TIMED_OUT}

    def _instead(self, holder: Identity, silent: Answer) -> Answer:
        """Return what stands in for ``silent``, or that."""
        kept = self._cache.get_stale(holder)
        if self._stand_in is None or kept is None or not self._still_holds(kept):
            return silent
        return self._stand_in(kept, silent)

    def _in_time_for(self, holder: Identity, questions: Sequence[Question]) -> Answer:
        """Return what there is for who asked, whose time is over."""
        asked = [one.attempts for one in questions if holder in one.holders]
        return self._instead(holder, self._timed_out(sum(asked)))

    async def _called(
        self, batch: list[Identity], told: Told | None, attempt: Attempt
    ) -> dict[Identity, Answer]:
        """Call the agency, and judge by that whether the next calls go through."""
        started = time.perf_counter()
        limit = self._endpoint.timeout_seconds
        waited = limit
        try:
            async with asyncio.timeout(limit), self._slots:
                waited = time.perf_counter() - started
                if self._counts:
                    count()
                answers = await self._ask(batch, told)
        except TimeoutError:
            answers = [self._timed_out(counted())] * len(batch)
        except ConnectorError as error:
            answers = [self._failed(error)] * len(batch)
        seconds = time.perf_counter() - started
        self._observer.called(self._agency, len(batch), seconds)
        self._health.note(answers)
        # A call that found no room, or found it late, says nothing of the agency. Nor
        # does one whose limit came late: it is us who had no time.
        if waited <= ROOM_SHARE * limit and seconds <= limit + LATE_SECONDS:
            attempt.judge({answer.outcome for answer in answers}, seconds / limit)
        return dict(zip(batch, answers, strict=True))

    def _not_asked(self) -> Answer:
        return Answer(
            agency=self._agency,
            outcome=SourceOutcome.CIRCUIT_OPEN,
            reason=Text(
                zh="该机构近来未作答，暂不查询，结果未知",
                en="the agency did not answer lately and is not asked for a while",
            ),
            not_asked=self._circuit.opened,
            available_at=None
            if self._circuit.opened is None
            else self._circuit.opened.next_try_at,
        )

    def _timed_out(self, attempts: int) -> Answer:
        return Answer(
            agency=self._agency,
            outcome=SourceOutcome.TIMED_OUT,
            attempts=attempts,
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
                    attempts=counted(),
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
        later = error.later
        return Answer(
            agency=self._agency,
            outcome=outcome,
            attempts=counted(),
            reason=reason,
            available_at=None if later is None else self._circuit.moment(later),
        )


def _silent(found: Mapping[Identity, Answer]) -> dict[Identity, Answer]:
    """Return the answers that are none."""
    return {h: answer for h, answer in found.items() if answer.outcome in SILENT}


def _batches(holders: list[Identity], limit: int) -> list[list[Identity]]:
    """Return ``holders`` in batches, in none of them one number under two id types.

    An agency that names people by number alone could not distinguish the two.
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


def age_seconds(retrieved_at: datetime, now: datetime) -> float:
    """Return how long ago bytes came; never negative."""
    return max((now - retrieved_at).total_seconds(), 0.0)
