"""Connections for events that are open: how many, whose, and how they are ended.

When callers change, all connections are to judge theirs again at once: each waits for
the renewal that is the next one when it last looked, and so misses none.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.settings.subscriptions import Subscriptions

RETRY = {"Retry-After": "5"}

GoAway = Callable[[], None]
"""Asks a connection to end, because the gateway does."""


class Connections:
    """Counts connections, and ends all of them when the gateway ends."""

    def __init__(self, options: Subscriptions) -> None:
        self._options = options
        self._open: set[GoAway] = set()
        self._of: Counter[str] = Counter()
        self._known = 0
        self._is_draining = False
        self._empty = asyncio.Event()
        self.next_renewal = asyncio.Event()
        """Set, once and for good, when callers have changed."""

    def renew(self) -> None:
        """Have every connection's caller judged again."""
        self.next_renewal.set()
        self.next_renewal = asyncio.Event()

    @contextmanager
    def opened(self, go_away: GoAway, *, is_known: bool) -> Iterator[None]:
        """Hold a connection, of a caller who may not have said yet who they are.

        Raises:
            RefusedRequestError: too many have not, or the gateway ends.
        """
        most = self._options.unknown_connections
        unknown = len(self._open) - self._known
        if self._is_draining or (unknown >= most and not is_known):
            raise RefusedRequestError(
                Code.UNAVAILABLE,
                "the gateway ends, or too many have not said who they are",
                RETRY,
            )
        self._open.add(go_away)
        try:
            yield
        finally:
            self._open.discard(go_away)
            if not self._open:
                self._empty.set()

    @contextmanager
    def owned(self, caller: str) -> Iterator[None]:
        """Hold one of ``caller``'s connections, which is one of the process'.

        Raises:
            RefusedRequestError: all are taken.
        """
        most, most_here = self._options.connections_a_caller, self._options.connections
        if self._of[caller] >= most:
            raise RefusedRequestError(
                Code.TOO_MANY_REQUESTS,
                f"{most} connections are open, the most a caller may have",
                RETRY,
            )
        if self._known >= most_here:
            raise RefusedRequestError(
                Code.UNAVAILABLE, f"{most_here} connections are open here", RETRY
            )
        self._of[caller] += 1
        self._known += 1
        try:
            yield
        finally:
            self._known -= 1
            self._of[caller] -= 1
            if not self._of[caller]:
                del self._of[caller]

    async def drain(self, seconds: float) -> None:
        """Let nobody in any more, and wait until those who are in have gone."""
        self._is_draining = True
        for go_away in tuple(self._open):
            go_away()
        if self._open:
            self._empty.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._empty.wait()
            except TimeoutError:
                # Who does not close in time is cut off with everything else.
                return


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for ``event``, but not longer; say whether it is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
