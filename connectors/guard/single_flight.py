"""Calls under way to one agency, and the requests that wait for them.

Two requests that ask about one person at once wait for one call, each by its own
budget. A call belongs to the guard and not to the request that started it, so a
request that gives up does not take the answer from the others; once the last of them
has gone without an answer, the call is cancelled. One whose waiters ran out of time
goes on, because they may ask again.

A call is a task. Waiting for it is none, and takes no turn of the event loop: what a
call brings is delivered as it finishes.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from connectors.answer import Answer
from connectors.elements import Told
from policy.identity import Identity

Answers: TypeAlias = dict[Identity, Answer]
Ask: TypeAlias = Callable[[list[Identity], Told | None], Coroutine[Any, Any, Answers]]
Deliver: TypeAlias = Callable[
    [asyncio.Future[list[Answer]], Mapping[Identity, Answer]], None
]
"""Set the future to what is made of the answers that came in time."""


@dataclass(slots=True, eq=False)
class Call:
    """One call under way."""

    holders: list[Identity]
    task: asyncio.Task[Answers]
    waits: "set[_Wait]" = field(default_factory=set)


class SingleFlight:
    """All calls of one agency that are under way."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._by_holder: dict[Identity, Call] = {}
        """Those that may be joined."""
        self._under_way: set[Call] = set()
        """Every call, those nobody may join any more included."""

    def about(self, holder: Identity) -> Call | None:
        """Return the call about ``holder`` that may be joined, if there is one."""
        return self._by_holder.get(holder)

    def start(self, batch: list[Identity], told: Told | None = None) -> Call:
        """Start a call; one that tells of its question is nobody's to join."""
        call = Call(batch, asyncio.create_task(self._ask(batch, told)))
        self._under_way.add(call)
        if told is None:
            for holder in batch:
                self._by_holder[holder] = call
        call.task.add_done_callback(partial(self._finish, call))
        return call

    def wait(
        self, calls: Iterable[Call], budget_seconds: float, deliver: Deliver
    ) -> asyncio.Future[list[Answer]]:
        """Return a future of what ``calls`` bring within ``budget_seconds``.

        Whoever cancels it gives up. It raises what a call ended by, if that was a
        bug of ours, and is cancelled if a call was.
        """
        return _Wait(set(calls), budget_seconds, deliver, self._cancel).future

    def forget(self) -> None:
        """Let nobody join a call that is under way."""
        self._by_holder.clear()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait([call.task for call in self._under_way])

    async def close(self) -> None:
        """Cancel what is under way."""
        tasks = [call.task for call in self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finish(self, call: Call, _: object) -> None:
        self._under_way.discard(call)
        self._forget_call(call)
        for wait in tuple(call.waits):
            wait.take(call)

    def _cancel(self, call: Call) -> None:
        call.task.cancel()
        # At once: it takes a moment to end, and nobody may join it.
        self._forget_call(call)

    def _forget_call(self, call: Call) -> None:
        for holder in call.holders:
            # After a call was cancelled another may be under way.
            if self._by_holder.get(holder) is call:
                del self._by_holder[holder]


class _Wait:
    """One request that waits for calls."""

    def __init__(
        self,
        missing: set[Call],
        budget_seconds: float,
        deliver: Deliver,
        cancel: Callable[[Call], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        self.future: asyncio.Future[list[Answer]] = loop.create_future()
        self._missing = missing
        self._finished: list[asyncio.Task[Answers]] = []
        self._deliver = deliver
        self._cancel = cancel
        for call in missing:
            call.waits.add(self)
        self._end = loop.call_later(max(budget_seconds, 0), self._finish)
        self.future.add_done_callback(self._leave)

    def take(self, call: Call) -> None:
        """Take what ``call`` brought."""
        self._missing.discard(call)
        self._finished.append(call.task)
        if not self._missing:
            self._finish()

    def _finish(self) -> None:
        if self.future.done():
            return
        answers: Answers = {}
        for task in self._finished:
            if task.cancelled():
                self.future.cancel()
                return
            error = task.exception()
            if error is not None:
                self.future.set_exception(error)
                return
            answers.update(task.result())
        self._deliver(self.future, answers)

    def _leave(self, _: object) -> None:
        self._end.cancel()
        for call in self._missing:
            call.waits.discard(self)
            if self.future.cancelled() and not call.waits:
                self._cancel(call)
