"""Spare an agency that does not answer, and all who would wait for it.

A circuit breaker, in the words of its field. *Closed*, questions go through. *Open*,
they are answered at once that nothing is known, by which nobody is told no. When its
pause is over it is *half-open*: one question goes through as a trial, by which it
closes, or opens again for twice as long.

It opens where five calls in a row brought nothing, or most of the last twenty, or
where all of those brought nothing to build on: nothing, nothing that verified, or
late. A slow answer is worth more than none, so any that is in time keeps it closed.
"""

import random
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from connectors.answer import NotAsked, SourceOutcome
from connectors.errors import Later
from connectors.guard.health import SILENT

CALLS = 20
"""By so many of the last calls it is judged."""
IN_A_ROW = 5
"""So many silent calls, one after the other, are enough."""
MOST = 15
"""So many silent calls among the last are, too."""
SLOW_SHARE = 0.8
"""A call that takes so much of its time limit is slow."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""For how many seconds it stays open, and at most: twice as long each time."""
LATEST = timedelta(days=7)
"""What an agency says of when it may be asked again is believed up to then."""
SOONEST = 0.8
"""A pause is so much of it or more: not all gateways try again at one moment."""


class Operation(StrEnum):
    """What an agency is asked for."""

    LOOK_UP = "LOOK_UP"
    STATUS_LIST = "STATUS_LIST"


class CircuitState(StrEnum):
    """Whether questions go through."""

    CLOSED = "CLOSED"
    HALF_OPEN = "HALF_OPEN"
    OPEN = "OPEN"


class _Call(NamedTuple):
    is_silent: bool
    is_bad: bool


class Circuit:
    """Judges the calls of one operation at one agency."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        told: Callable[[CircuitState], None] = lambda _: None,
        *,
        opens: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._told = told
        """Is told of the state, and of each change."""
        self._opens = opens
        self._monotonic = monotonic
        self._calls: deque[_Call] = deque(maxlen=CALLS)
        self._in_a_row = 0
        self._pause = FIRST_PAUSE
        self._retry_at = 0.0
        self.turn = 0
        """Rises with each change: what was let through before is judged no more."""
        self.state = CircuitState.CLOSED
        self.opened: NotAsked | None = None
        """Since when it is not closed; ``None`` if it is."""
        told(self.state)

    def moment(self, later: Later) -> datetime | None:
        """Return the moment that is ``later`` than now; ``None`` if it is not.

        What an agency says of next week or after is no use to anybody who waits.
        """
        now = self._clock()
        at = now + later if isinstance(later, timedelta) else later
        return at if now < at <= now + LATEST else None

    def enter(self) -> "Attempt | None":
        """Let a call through; ``None`` if none may be."""
        if self.state is not CircuitState.CLOSED:
            is_early = self._monotonic() < self._retry_at
            if self.state is CircuitState.HALF_OPEN or is_early:
                return None
            self._become(CircuitState.HALF_OPEN)
        return Attempt(self, self.turn)

    def judge(self, outcomes: set[SourceOutcome], share: float) -> None:
        """Judge by a call's outcomes, and by the share of its time that it took."""
        is_silent = outcomes <= SILENT
        is_bad = is_silent or outcomes == {SourceOutcome.UNVERIFIED}
        if self.state is CircuitState.HALF_OPEN:
            # Slow or not, it answers.
            self._open() if is_bad else self._close()
            return
        call = _Call(is_silent, is_bad or share >= SLOW_SHARE)
        self._calls.append(call)
        self._in_a_row = self._in_a_row + 1 if is_silent else 0
        # A good call never opens it, and most are good.
        if (
            self._opens
            and call.is_bad
            and (
                self._in_a_row >= IN_A_ROW
                or sum(call.is_silent for call in self._calls) >= MOST
                or sum(call.is_bad for call in self._calls) == CALLS
            )
        ):
            self._open()

    def leave(self) -> None:
        """Judge nothing by the trial: the next call is one."""
        if self.state is CircuitState.HALF_OPEN:
            self._become(CircuitState.OPEN)

    def _open(self) -> None:
        now = self._clock()
        since = now if self.opened is None else self.opened.since
        pause = self._pause * random.uniform(SOONEST, 1)  # noqa: S311 - no secret
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._retry_at = self._monotonic() + pause
        self.opened = NotAsked(since, now + timedelta(seconds=pause))
        self._become(CircuitState.OPEN)

    def _close(self) -> None:
        self._pause, self.opened = FIRST_PAUSE, None
        self._become(CircuitState.CLOSED)

    def _become(self, state: CircuitState) -> None:
        self.turn += 1
        self._calls.clear()
        self._in_a_row = 0
        self.state = state
        self._told(state)


class Attempt:
    """A call that was let through; without a judgement it says nothing."""

    def __init__(self, circuit: Circuit, turn: int) -> None:
        self._circuit = circuit
        self._turn = turn

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End; whoever waits for the trial waits for another one, if it was that."""
        if self._turn == self._circuit.turn:
            self._circuit.leave()

    def judge(self, outcomes: set[SourceOutcome], share: float) -> None:
        """Say how it went, unless the circuit has changed since."""
        if self._turn == self._circuit.turn:
            self._circuit.judge(outcomes, share)
