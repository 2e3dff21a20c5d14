"""Wait for an answer as long as somebody waits for it, and not for ever."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from gateway.graphql_http.refusals import ClientGoneError, Code, RefusedRequestError

T = TypeVar("T")

QUICK_SECONDS = 0.02
"""Within so much most answers are there, and nobody is worth looking after."""


async def within_time(work: Awaitable[T], receive: Receive, seconds: float) -> T:
    """Return what ``work`` comes to; cancel it once nobody will read that.

    Cancelling reaches down to the calls to agencies, unless another request waits
    for the same call (``connectors.guard.guard``).

    Raises:
        RefusedRequestError: it took too long.
        ClientGoneError: the client left.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - the server runs requests as tasks
    watch = _Watch(task, receive, seconds)
    loop = asyncio.get_running_loop()
    start = loop.call_later(min(QUICK_SECONDS, seconds), watch.start)
    try:
        return await work
    except asyncio.CancelledError:
        if watch.reason is None:
            # Our own cancellation, at the server's end.
            raise
        task.uncancel()
        raise watch.reason from None
    finally:
        start.cancel()
        watch.stop()


class _Watch:
    """Cancels a task when its client has left, or when it took too long."""

    def __init__(
        self, task: asyncio.Task[object], receive: Receive, seconds: float
    ) -> None:
        self.reason: Exception | None = None
        self._task = task
        self._receive = receive
        self._seconds = seconds
        self._disconnect: asyncio.Task[None] | None = None
        self._end: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Look after a task that is not quick."""
        loop = asyncio.get_running_loop()
        self._disconnect = loop.create_task(self._left())
        remaining = self._seconds - min(QUICK_SECONDS, self._seconds)
        self._end = loop.call_later(remaining, self._cancel, self._too_long())

    def stop(self) -> None:
        """Look no more."""
        if self._disconnect is not None:
            self._disconnect.cancel()
        if self._end is not None:
            self._end.cancel()

    async def _left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._cancel(ClientGoneError())

    def _cancel(self, reason: Exception) -> None:
        if self.reason is None:
            self.reason = reason
            self._task.cancel()

    def _too_long(self) -> RefusedRequestError:
        return RefusedRequestError(
            Code.TIMED_OUT, f"the question took longer than {self._seconds:g} seconds"
        )
