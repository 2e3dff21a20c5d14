"""Let one in after the other, whoever is urgent first, and nobody wait for ever."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.errors import StoreUnavailableError

TURN_SECONDS = 10.0
"""How long anybody waits for a turn."""
TOO_LONG = "others took too long to write"


class Turns:
    """A lock that is given to those who are urgent before all others."""

    def __init__(self, seconds: float = TURN_SECONDS) -> None:
        self._seconds = seconds
        self._is_taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._urgent) + len(self._others)

    @asynccontextmanager
    async def turn(self, *, is_urgent: bool = False) -> AsyncIterator[None]:
        """Wait for a turn, and have it until the end.

        Raises:
            StoreUnavailableError: it did not come in time.
        """
        if self._is_taken:
            await self._wait(self._urgent if is_urgent else self._others)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, queue: deque[asyncio.Future[None]]) -> None:
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        is_given = False
        try:
            async with asyncio.timeout(self._seconds):
                await turn
            is_given = True
        except TimeoutError:
            raise StoreUnavailableError(TOO_LONG) from None
        finally:
            if turn in queue:
                queue.remove(turn)
            elif not is_given and not turn.cancelled():
                # It came in the moment of leaving.
                self._pass_on()

    def _pass_on(self) -> None:
        while queue := self._urgent or self._others:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._is_taken = False
