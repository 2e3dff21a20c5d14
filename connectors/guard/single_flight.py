"""Calls under way to one agency, and the requests that wait for them.

Two requests that ask about one person at once wait for one question, each by its own
budget. A call belongs to the guard and not to the request that started it, so a
request that gives up does not take the answer from the others; once the last of them
has gone without an answer, the call is cancelled. One whose waiters ran out of time
goes on, because they may ask again.

While some calls are under way to an agency that allows it, further questions wait for
one of them to end, for a moment at most, and go together (``Sharing``). A call of
several questions that brings nothing is made again for each of them by itself, so that
none suffers from what is asked beside it.

A call is a task. Waiting for it is none, and takes no turn of the event loop: what a
call brings is delivered as it finishes.
"""

import asyncio
from collections.abc import Callable, Container, Coroutine, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from connectors.answer import Answer
from connectors.attempts import under_way
from connectors.elements import Told
from connectors.guard.lanes import Answers, Asking, Call, Lanes, Question
from policy.identity import Identity

Ask: TypeAlias = Callable[
    [list[Identity], Told | None, bool], Coroutine[Any, Any, Answers | None]
]
"""Call the agency about these people, which says whether for several questions; it
returns nothing if each of those has to be asked by itself."""
Deliver: TypeAlias = Callable[
    [asyncio.Future[list[Answer]], Mapping[Identity, Answer]], None
]
"""Set the future to what is made of the answers that came in time."""

AT_ONCE = 3
"""Questions wait while so many calls are under way: fewer would have one wait for most
of another's call, and more would be shared by fewer."""
PATIENCE_SECONDS = 0.02
"""Nobody waits for longer, however slow the agency, if another call may be made."""
MOST = 16
"""People in one call for several questions: more save nothing, and fall together."""
MOST_WAITING = 1000
"""People of whom questions wait; one more is asked about as if nobody waited."""


class Sharing(NamedTuple):
    """In which way the questions to an agency share calls."""

    batch_limit: int
    """The most people in a call."""
    concurrency: int
    """The most calls under way."""
    is_allowed: Callable[[], bool]
    """Says whether they share them now."""


class SingleFlight:
    """All calls of one agency that are under way, and the questions that wait."""

    def __init__(
        self, ask: Ask, limit_seconds: float, sharing: Sharing | None = None
    ) -> None:
        """``limit_seconds`` is how long a call may take."""
        self._ask = ask
        self._limit_seconds = limit_seconds
        self._sharing = sharing
        self._by_holder: dict[Identity, Question] = {}
        """Those that may be joined."""
        self._under_way: set[Call] = set()
        """Every call, those nobody may join any more included."""
        self._lanes = Lanes()
        self._patience: asyncio.TimerHandle | None = None
        self._is_late = False
        """Whether somebody has waited for long enough."""

    def about(self, holder: Identity) -> Question | None:
        """Return the question about ``holder`` that may be joined, if there is one."""
        question = self._by_holder.get(holder)
        if question is None or question.call is None:
            return question
        # One whose time is over is about to end, with what nobody asked for anew.
        is_over = asyncio.get_running_loop().time() >= question.call.ends_at
        return None if is_over else question

    def start(self, batch: list[Identity], told: Told | None = None) -> Question:
        """Ask, or let the question wait until it is waited for.

        One that tells the agency of itself is nobody's to join, and waits for none.
        """
        question = Question(batch)
        if told is None:
            for holder in batch:
                self._by_holder[holder] = question
        if told is not None or not self._has_to_wait():
            self._begin([question], told)
        return question

    def wait(
        self,
        questions: Iterable[Question],
        wanted: Container[Identity],
        budget_seconds: float,
        deliver: Deliver,
        caller: str = "",
    ) -> asyncio.Future[list[Answer]]:
        """Return a future of what ``questions`` bring within ``budget_seconds``.

        It is about ``wanted``. A question that is not asked yet waits in the lane of
        ``caller``. Whoever cancels the future gives up. It raises what a call ended by,
        if that was a bug of ours, and is cancelled if a call was.
        """
        missing = set(questions)
        wait = _Wait(missing, wanted, budget_seconds, deliver, self._leave)
        for question in missing:
            if question.call is None:
                self._lanes.put(question, caller)
        if self._lanes.people:
            self._let_go()
        return wait.future

    def forget(self) -> None:
        """Let nobody join a call that is under way."""
        self._by_holder.clear()

    async def settle(self) -> None:
        """Wait until nothing is under way, and nothing waits."""
        while self._under_way:
            await asyncio.wait([call.task for call in self._under_way])

    async def close(self) -> None:
        """Cancel what is under way, and what waits."""
        for question in self._lanes.clear():
            self._forget_question(question)
            for wait in tuple(question.waits):
                wait.cancel()
        tasks = [call.task for call in self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _has_to_wait(self) -> bool:
        sharing = self._sharing
        return (
            sharing is not None
            and len(self._under_way) >= min(AT_ONCE, sharing.concurrency)
            and sharing.is_allowed()
            and self._lanes.people < MOST_WAITING
        )

    def _let_go(self) -> None:
        """Ask what need not wait any longer."""
        lanes = self._lanes
        while lanes.people and (most := self._room()) is not None:
            self._begin(lanes.take(most))
        if lanes.people and self._patience is None:
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(PATIENCE_SECONDS, self._lose_patience)
        elif not lanes.people and self._patience is not None:
            self._patience.cancel()
            self._patience, self._is_late = None, False

    def _lose_patience(self) -> None:
        self._is_late = True
        self._let_go()

    def _room(self) -> int | None:
        """Return the size of the next call; 0 for one question, ``None`` for no call.

        Where calls are not shared any more, all who wait go, each by itself.
        """
        sharing = self._sharing
        if sharing is None or not sharing.is_allowed():
            return 0
        under_way = len(self._under_way)
        most = min(MOST, sharing.batch_limit)
        if under_way < sharing.concurrency and (
            under_way < AT_ONCE or self._is_late or self._lanes.people >= most
        ):
            return most
        return None

    def _begin(
        self, questions: list[Question], told: Told | None = None, attempts: int = 0
    ) -> None:
        batch = [holder for question in questions for holder in question.holders]
        asking = self._ask(batch, told, len(questions) > 1)
        ends_at = asyncio.get_running_loop().time() + self._limit_seconds
        call = Call(questions, ends_at, attempts)
        outside = under_way.set(call)
        call.task = asyncio.create_task(asking)
        under_way.reset(outside)
        for question in questions:
            question.call = call
        self._under_way.add(call)
        call.task.add_done_callback(partial(self._finish, call))

    def _finish(self, call: Call, task: Asking) -> None:
        self._under_way.discard(call)
        # Its context knows the call: in a circle, the answers would wait for the
        # collector.
        del call.task
        if len(call.questions) > 1 and _brought_nothing(task):
            for question in call.questions:
                question.holders = self._still_wanted(question)
                if question.holders:
                    self._begin([question], attempts=call.attempts)
            call.questions.clear()
            self._let_go()
            return
        for question in call.questions:
            self._forget_question(question)
        self._let_go()
        # Each knows the other: in a circle, the answers would wait for the collector.
        questions = call.questions[:]
        call.questions.clear()
        for question in questions:
            waits = tuple(question.waits)
            question.waits.clear()
            for wait in waits:
                wait.take(question, task)

    def _leave(self, question: Question, has_given_up: bool) -> None:
        """Let one go who waited for ``question``, and ask nothing for nobody."""
        call = question.call
        if call is None:
            self._narrow(question)
        elif has_given_up and not question.waits:
            question.is_given_up = True
            if all(other.is_given_up for other in call.questions):
                call.task.cancel()
                # At once: it takes a moment to end, and nobody may join it.
                for other in call.questions:
                    self._forget_question(other)

    def _narrow(self, question: Question) -> None:
        """Let a question that waits be about those alone who are still asked about."""
        self._lanes.narrow(question, self._still_wanted(question))
        self._let_go()

    def _still_wanted(self, question: Question) -> list[Identity]:
        """Return about whom somebody waits to know; let nobody join for the others."""
        wanted = []
        for holder in question.holders:
            if any(holder in wait.wanted for wait in question.waits):
                wanted.append(holder)
            elif self._by_holder.get(holder) is question:
                del self._by_holder[holder]
        return wanted

    def _forget_question(self, question: Question) -> None:
        for holder in question.holders:
            # After a call was cancelled another may be under way.
            if self._by_holder.get(holder) is question:
                del self._by_holder[holder]


def _brought_nothing(task: Asking) -> bool:
    """Say whether a call ended by a bug, or so that it has to be made again."""
    if task.cancelled():
        return False
    return task.exception() is not None or task.result() is None


class _Wait:
    """One request that waits for questions to be answered."""

    def __init__(
        self,
        missing: set[Question],
        wanted: Container[Identity],
        budget_seconds: float,
        deliver: Deliver,
        leave: Callable[[Question, bool], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        self.future: asyncio.Future[list[Answer]] = loop.create_future()
        self.wanted = wanted
        self._missing = missing
        self._finished: list[tuple[Question, Asking]] = []
        self._deliver = deliver
        self._leave_question = leave
        for question in missing:
            question.waits.add(self)
            question.is_given_up = False
        self._end: asyncio.TimerHandle | None = loop.call_later(
            max(budget_seconds, 0), self._run_out
        )
        self.future.add_done_callback(self._leave)

    def take(self, question: Question, asking: Asking) -> None:
        """See ``Waiter.take``."""
        self._missing.discard(question)
        self._finished.append((question, asking))
        if not self._missing:
            self._finish()

    def cancel(self) -> None:
        """See ``Waiter.cancel``."""
        self.future.cancel()

    def _finish(self) -> None:
        if self.future.done():
            return
        answers: Answers = {}
        for question, asking in self._finished:
            if asking.cancelled():
                self.future.cancel()
                return
            error = asking.exception()
            if error is not None:
                self.future.set_exception(error)
                return
            # Others' answers came by the same call.
            brought = asking.result() or {}
            answers |= {holder: brought[holder] for holder in question.holders}
        self._deliver(self.future, answers)

    def _run_out(self) -> None:
        self._finish()
        # At once: whoever waits is asked about in the next moment, maybe.
        self._leave()

    def _leave(self, _: object = None) -> None:
        if self._end is not None:
            self._end.cancel()
            # It knows who waits: in a circle, the answers would wait for the collector.
            self._end = None
        while self._missing:
            question = self._missing.pop()
            question.waits.discard(self)
            self._leave_question(question, self.future.cancelled())
