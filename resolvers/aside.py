"""Work of a request that takes long by itself, done beside the event loop.

Others' requests go on meanwhile. One piece is done at a time, since threads that
compute keep the loop waiting, each for its share; requests take turns, a piece each,
however many a request has. What is left when it is given up is not begun.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

Done = TypeVar("Done")
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
"""Whose turn it is, by event loop."""


class Aside:
    """The pieces of one request."""

    __slots__ = ("_one",)

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._one = asyncio.Lock()

    async def run(self, work: Callable[[], Done]) -> Done:
        """Return what ``work`` comes to, which may touch nothing that others change."""
        turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        async with self._one, turn:
            return await asyncio.to_thread(work)
