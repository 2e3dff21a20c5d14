"""Ask a second address of an agency where the first is slower than it usually is.

A *hedged* request (Dean and Barroso, "The Tail at Scale"): most calls end as before,
and of those that take longer than 95 in 100 do, the sooner of two answers counts. At
most one call in twenty is made twice, so an agency in trouble is not asked twice as
much.

An address that cannot be reached is tried the second after, and the one that answered
goes first from then on. Only questions are asked twice, which change nothing.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

from connectors.attempts import count
from connectors.connector import Connector, Reply
from connectors.elements import Told
from connectors.errors import UnreachableError
from policy.identity import Identity, IdType

SHARE = 0.05
"""Of so many calls one may be made twice."""
MOST = 10.0
"""So many at most, one after the other, however many were not.

Where just so large a share is slow, chance brings more of them together at times. With
five at most one call in a hundred was still waited for, and was the p99; with ten one
in two hundred.
"""
KNOWN, LEAST_KNOWN = 200, 20
"""By so many of the last calls it is known what is usual; by fewer nothing is."""
USUAL, MOSTLY, FAR = 0.95, 0.9, 2
"""A call is late that takes longer than 95 in 100 did, or twice as long as 90 in 100.

Where just five in a hundred are slow, the former may be one of them.
"""
JITTER = 0.1
"""What is late is late by up to so much more, so that not all hedge at one moment."""


Asking = asyncio.Task[Reply]


class Hedge(NamedTuple):
    """That a call was made twice, and which answer counted."""

    was_late: bool
    """Whether the first was late; else it could not be reached."""
    has_won: bool
    """Whether the second answered first."""


class HedgedConnector:
    """Asks one agency by two connectors."""

    def __init__(
        self,
        first: Connector,
        second: Connector,
        told: Callable[[Hedge], None] = lambda _: None,
    ) -> None:
        self._order = first, second
        self._told = told
        """Is told of each call that was made twice."""
        self._budget = 1.0
        self._seconds: deque[float] = deque(maxlen=KNOWN)
        self._late: float | None = None
        """After how many seconds a call is late; ``None``: nobody knows yet."""

    def can_ask(self, id_type: IdType) -> bool:
        """See ``Connector.can_ask``."""
        return self._order[0].can_ask(id_type)

    async def probe(self) -> None:
        """See ``Connector.probe``; either address is enough."""
        try:
            await self._order[0].probe()
        except UnreachableError:
            await self._order[1].probe()

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        """Ask one, and the other if that is late; see ``Connector.fetch``.

        An agency that is told of each question is not asked twice for being late. It
        may be told twice where the first brought no whole answer.
        """
        self._budget = min(self._budget + SHARE, MOST)
        first, second = self._order
        began = time.monotonic()
        asking = _begin(first.fetch(holders, told))
        try:
            await asyncio.wait([asking], timeout=self._patience(told))
            if asking.done() and not _is_unreached(asking):
                self._note(time.monotonic() - began)
                return asking.result()
            if self._budget < 1:
                return await asking
            self._budget -= 1
            count()
            was_late = not asking.done()
            reply = await self._ask_second(asking, _begin(second.fetch(holders, told)))
            if was_late:
                # It would have taken longer still, had nobody else been asked.
                self._note(time.monotonic() - began)
            return reply
        finally:
            asking.cancel()

    async def _ask_second(self, asking: Asking, another: Asking) -> Reply:
        """Return what comes first of the two; raise as the first if neither comes."""
        was_late = not asking.done()
        try:
            waiting = {one for one in (asking, another) if not one.done()}
            while waiting:
                done, waiting = await asyncio.wait(
                    waiting, return_when=asyncio.FIRST_COMPLETED
                )
                # The first goes before where both came at one moment.
                for one in (asking, another):
                    if one in done and not _is_unreached(one):
                        has_won = one is another
                        self._told(Hedge(was_late, has_won))
                        if has_won and not was_late:
                            self._order = self._order[::-1]
                        return one.result()
            self._told(Hedge(was_late, has_won=False))
            return asking.result()
        finally:
            another.cancel()

    def _patience(self, told: Told | None) -> float | None:
        """Return for how long the first is waited for alone; ``None``: to its end."""
        if self._late is None or told is not None or self._budget < 1:
            return None
        return self._late * random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret

    def _note(self, seconds: float) -> None:
        self._seconds.append(seconds)
        known = len(self._seconds)
        if known >= LEAST_KNOWN:
            took = sorted(self._seconds)
            mostly = FAR * took[int(known * MOSTLY)]
            self._late = min(took[int(known * USUAL)], mostly)


def _begin(fetching: Coroutine[Any, Any, Reply]) -> Asking:
    asking = asyncio.create_task(fetching)
    # Nobody asks how the one ended that was not waited for.
    asking.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return asking


def _is_unreached(asking: Asking) -> bool:
    """Say whether a call that ended did not reach the agency."""
    return isinstance(asking.exception(), UnreachableError)
