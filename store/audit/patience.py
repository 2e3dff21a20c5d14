"""Let nobody wait too long for the audit log: all that wait, by one timer.

They wait equally long, so whoever began first is refused first. A timeout for each
would be set and taken back within milliseconds.
"""

import asyncio
from collections import deque

from connectors.errors import StoreUnavailableError

TOO_LATE = "the audit log took too long"


class Patience:
    """Ends waits with ``StoreUnavailableError`` after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waits: deque[tuple[float, asyncio.Future[None]]] = deque()
        """Until when, by the event loop's clock; in that order."""
        self._looks = False

    def limit(self, kept: asyncio.Future[None]) -> None:
        """Let ``kept`` be waited for so long from now on, and no longer."""
        waits = self._waits
        while waits and waits[0][1].done():
            waits.popleft()
        loop = asyncio.get_running_loop()
        waits.append((loop.time() + self._seconds, kept))
        if not self._looks:
            self._looks = True
            loop.call_later(self._seconds, self._look)

    def _look(self) -> None:
        waits, loop = self._waits, asyncio.get_running_loop()
        now = loop.time()
        while waits and (waits[0][0] <= now or waits[0][1].done()):
            _, kept = waits.popleft()
            if not kept.done():
                kept.set_exception(StoreUnavailableError(TOO_LATE))
        self._looks = bool(waits)
        if waits:
            loop.call_at(waits[0][0], self._look)
