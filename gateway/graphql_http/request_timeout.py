"""Let requests wait as long as somebody waits for them, and not for ever.

All that wait are looked through every so often, together: a timer, a timeout and a task
for each would be set and taken back for most within milliseconds.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType

from starlette.types import Receive

from gateway.graphql_http.refusals import ClientGoneError

LOOK_SECONDS = 0.02
"""How often; most answers are there before that, and nobody is worth looking after."""


class Supervision:
    """Ends what takes too long, and what nobody will read."""

    def __init__(self) -> None:
        self._waiting: set[Limit] = set()
        self._looks = False
        self.leave = self._waiting.discard

    def enter(self, limit: "Limit") -> None:
        """Look after what ``limit`` is of, until it leaves."""
        self._waiting.add(limit)
        if not self._looks:
            self._looks = True
            asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for limit in tuple(self._waiting):
            limit.look(now)
        self._looks = bool(self._waiting)
        if self._looks:
            loop.call_later(LOOK_SECONDS, self._look)


class Limit:
    """Cancels what is awaited inside once its time is over, or its client has left.

    Cancelling reaches down to the calls to agencies, unless another request waits for
    the same call (``connectors.guard.guard``). What is raised then is the refusal, or
    ``ClientGoneError``. Without ``receive`` the client is not looked after.
    """

    __slots__ = (
        *("_disconnect", "_end", "_is_seen", "_reason", "_receive", "_refusal"),
        *("_seconds", "_supervision", "_task"),
    )

    def __init__(
        self,
        supervision: Supervision,
        seconds: float,
        refusal: Callable[[float], Exception],
        receive: Receive | None = None,
    ) -> None:
        self._supervision = supervision
        self._seconds = seconds
        self._refusal = refusal
        self._receive = receive
        self._disconnect: asyncio.Task[None] | None = None
        self._reason: Exception | None = None
        self._is_seen = False

    def __enter__(self) -> None:
        """Begin."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None  # noqa: S101 - the server runs requests as tasks
        self._task = task
        self._end = loop.time() + self._seconds
        self._supervision.enter(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End; a cancellation that is not ours is passed on."""
        self._supervision.leave(self)
        if self._disconnect is not None:
            self._disconnect.cancel()
            # What ends it knows this limit: in a circle they would wait for the
            # collector, with all that the request made.
            self._disconnect = None
        if self._reason is not None and kind is asyncio.CancelledError:
            self._task.uncancel()
            raise self._reason from None

    def look(self, now: float) -> None:
        """Look after what is not quick: it was here before."""
        if now >= self._end:
            self._cancel(self._refusal(self._seconds))
        elif self._is_seen and self._receive is not None and self._disconnect is None:
            self._disconnect = asyncio.get_running_loop().create_task(
                self._left(self._receive)
            )
        self._is_seen = True

    async def _left(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._cancel(ClientGoneError())

    def _cancel(self, reason: Exception) -> None:
        if self._reason is None:
            self._reason = reason
            self._task.cancel()
