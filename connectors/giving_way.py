"""Let whoever else uses the event loop go first, in the midst of long work.

Who asks about people needs a dozen short steps of the loop, one after the other. Work
that yields once between two slices adds a slice to each of these steps. Here it goes on
when nobody else has anything left to do, or after a while, since it has to end, too.
"""

import asyncio
from time import perf_counter

SLICE_SECONDS = 0.001
"""How long work goes on before others have their turn."""
IDLE_SECONDS = 0.0002
"""A turn of the loop that is shorter than this was nobody's."""
LONGEST_SECONDS = 0.004
"""How long others have their turn: of a loop that is never idle work has a fifth."""


async def give_way(
    longest_seconds: float = LONGEST_SECONDS, idle_seconds: float = IDLE_SECONDS
) -> None:
    """Wait until nobody else has anything to do, but no longer than a while."""
    began = before = perf_counter()
    while True:
        await asyncio.sleep(0)
        now = perf_counter()
        if now - before < idle_seconds or now - began >= longest_seconds:
            return
        before = now


class Slices:
    """Cuts long work into slices."""

    def __init__(self, slice_seconds: float = SLICE_SECONDS) -> None:
        self._seconds = slice_seconds
        self._began = perf_counter()

    async def pause(self) -> None:
        """Give way if this slice has had its time; for between two steps of work."""
        if perf_counter() - self._began >= self._seconds:
            await give_way()
            self._began = perf_counter()
