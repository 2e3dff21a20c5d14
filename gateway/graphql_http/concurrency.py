"""Limit how many questions each caller has in work, whoever else is waited for.

A question that waits for agencies lends its turn to another one: an agency that is
silent would take all of them, and those that are well be asked by nobody. How many wait
so is bounded by what they took before that, a turn of the event loop each, and by the
time for which agencies are waited for.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Self

from gateway.graphql_http.refusals import Code, RefusedRequestError

WAITING = 4
"""How many times as many as there are turns may wait for one."""


@dataclass(slots=True)
class _Taken:
    """What one caller has in work."""

    count: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class Turns:
    """The turns of all callers; keeps no caller who has none."""

    def __init__(self, most: int, wait_seconds: float) -> None:
        self._most = most
        self._wait_seconds = wait_seconds
        self._taken: dict[str, _Taken] = {}

    async def take(self, caller: str) -> "Turn":
        """Take one of ``caller``'s turns, as soon as there is one.

        Raises:
            RefusedRequestError: there is none for long, or many wait for one.
        """
        taken = self._taken.get(caller)
        if taken is None:
            taken = self._taken[caller] = _Taken()
        if taken.count < self._most:
            taken.count += 1
            return Turn(self, caller)
        began = monotonic()
        await self._wait(caller, taken)
        return Turn(self, caller, monotonic() - began)

    async def _wait(self, caller: str, taken: _Taken) -> None:
        if len(taken.waiting) >= WAITING * self._most:
            raise self._refusal()
        loop = asyncio.get_running_loop()
        given: asyncio.Future[None] = loop.create_future()
        taken.waiting.append(given)
        end = loop.call_later(self._wait_seconds, self._refuse, given)
        try:
            await given
        except asyncio.CancelledError:
            if given.done() and not given.cancelled():
                self.give(caller)
            raise
        finally:
            end.cancel()

    def give(self, caller: str) -> None:
        """Give a turn back, to who waits for one."""
        taken = self._taken[caller]
        taken.count -= 1
        while taken.waiting and taken.count < self._most:
            given = taken.waiting.popleft()
            if not given.done():
                given.set_result(None)
                taken.count += 1
        if not taken.count and not taken.waiting:
            del self._taken[caller]

    def take_back(self, caller: str) -> None:
        """Take a turn that was lent, whether there is one or not."""
        self._taken.setdefault(caller, _Taken()).count += 1

    def _refuse(self, given: asyncio.Future[None]) -> None:
        if not given.done():
            given.set_exception(self._refusal())

    def _refusal(self) -> RefusedRequestError:
        return RefusedRequestError(
            Code.TOO_MANY_REQUESTS,
            f"{self._most} questions are under way, the most a caller may have",
            {"Retry-After": "1"},
        )


class Turn:
    """One turn, to be given back; see ``resolvers.context.Turn``."""

    __slots__ = ("_caller", "_is_over", "_lent", "_turns", "waited_seconds")

    def __init__(self, turns: Turns, caller: str, waited_seconds: float = 0.0) -> None:
        self.waited_seconds = waited_seconds
        """How long it was waited for."""
        self._turns = turns
        self._caller = caller
        self._lent = 0
        self._is_over = False

    def lend(self) -> None:
        """Let another question have it, until it is taken back as often."""
        if not self._lent and not self._is_over:
            self._turns.give(self._caller)
        self._lent += 1

    def take_back(self) -> None:
        """Have it again."""
        self._lent -= 1
        if not self._lent and not self._is_over:
            self._turns.take_back(self._caller)

    def __enter__(self) -> Self:
        """Hold it."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Give it back, unless somebody has it."""
        self._is_over = True
        if not self._lent:
            self._turns.give(self._caller)
