"""Work of a request that takes long by itself, done beside the event loop.

Others' requests go on meanwhile. Of one request one piece is done at a time: it waits
for itself, and leaves threads to others. What is left when it is given up is not begun.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Done = TypeVar("Done")


class Aside:
    """The pieces of one request."""

    __slots__ = ("_one",)

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._one = asyncio.Lock()

    async def run(self, work: Callable[[], Done]) -> Done:
        """Return what ``work`` comes to, which may touch nothing that others change."""
        async with self._one:
            return await asyncio.to_thread(work)
