"""Calls under way to one agency, and the requests that wait for them.

Two requests that ask about one person at once wait for one call, each by its own
budget. A flight belongs to the guard and not to the request that started it, so a
request that gives up does not take the answer from the others; once the last of them
has gone without an answer, the flight is called off. One whose waiters ran out of time
goes on, because they were told to ask again.

A flight is a task. Waiting for it is none, and takes no turn of the event loop: what a
flight brings is handed on as it lands.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from connectors.answer import Answer
from policy.identity import Identity

Landed: TypeAlias = dict[Identity, Answer]
Fly: TypeAlias = Callable[[list[Identity]], Coroutine[Any, Any, Landed]]
HandOn: TypeAlias = Callable[
    [asyncio.Future[list[Answer]], Mapping[Identity, Answer]], None
]
"""Set the future to what is made of the answers that came in time."""


@dataclass(slots=True, eq=False)
class Flight:
    """One call under way."""

    holders: list[Identity]
    task: asyncio.Task[Landed]
    waits: "set[_Wait]" = field(default_factory=set)


class Flights:
    """All calls of one agency that are under way."""

    def __init__(self, fly: Fly) -> None:
        self._fly = fly
        self._by_holder: dict[Identity, Flight] = {}
        """Those that may be joined."""
        self._under_way: set[Flight] = set()
        """Every flight, those nobody may join any more included."""

    def about(self, holder: Identity) -> Flight | None:
        """Return the flight about ``holder`` that may be joined, if there is one."""
        return self._by_holder.get(holder)

    def take_off(self, batch: list[Identity]) -> Flight:
        """Start a call."""
        flight = Flight(batch, asyncio.create_task(self._fly(batch)))
        self._under_way.add(flight)
        for holder in batch:
            self._by_holder[holder] = flight
        flight.task.add_done_callback(lambda _: self._land(flight))
        return flight

    def wait(
        self, flights: Iterable[Flight], budget_seconds: float, hand_on: HandOn
    ) -> asyncio.Future[list[Answer]]:
        """Return a future of what ``flights`` bring within ``budget_seconds``.

        Whoever cancels it gives up. It raises what a flight ended by, if that was a
        bug of ours, and is cancelled if a flight was.
        """
        return _Wait(set(flights), budget_seconds, hand_on, self._call_off).future

    def close_to_others(self) -> None:
        """Let nobody join a flight that is under way."""
        self._by_holder.clear()

    async def close(self) -> None:
        """Cancel what is under way."""
        tasks = [flight.task for flight in self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _land(self, flight: Flight) -> None:
        self._under_way.discard(flight)
        self._close_to_others(flight)
        for wait in tuple(flight.waits):
            wait.land(flight)

    def _call_off(self, flight: Flight) -> None:
        flight.task.cancel()
        # At once: it takes a moment to end, and nobody may join it.
        self._close_to_others(flight)

    def _close_to_others(self, flight: Flight) -> None:
        for holder in flight.holders:
            # After a flight was called off another may be under way.
            if self._by_holder.get(holder) is flight:
                del self._by_holder[holder]


class _Wait:
    """One request that waits for flights."""

    def __init__(
        self,
        missing: set[Flight],
        budget_seconds: float,
        hand_on: HandOn,
        call_off: Callable[[Flight], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        self.future: asyncio.Future[list[Answer]] = loop.create_future()
        self._missing = missing
        self._landed: list[asyncio.Task[Landed]] = []
        self._hand_on = hand_on
        self._call_off = call_off
        for flight in missing:
            flight.waits.add(self)
        self._end = loop.call_later(max(budget_seconds, 0), self._finish)
        self.future.add_done_callback(self._leave)

    def land(self, flight: Flight) -> None:
        """Take what ``flight`` brought."""
        self._missing.discard(flight)
        self._landed.append(flight.task)
        if not self._missing:
            self._finish()

    def _finish(self) -> None:
        if self.future.done():
            return
        answers: Landed = {}
        for task in self._landed:
            if task.cancelled():
                self.future.cancel()
                return
            error = task.exception()
            if error is not None:
                self.future.set_exception(error)
                return
            answers.update(task.result())
        self._hand_on(self.future, answers)

    def _leave(self, _: object) -> None:
        self._end.cancel()
        for flight in self._missing:
            flight.waits.discard(self)
            if self.future.cancelled() and not flight.waits:
                self._call_off(flight)
