"""Clients that follow changes of state, by server-sent events, and count them.

They are as cheap as a client can be, since there are a thousand of them on the core of
whoever asks: each counts the events in what it is sent, and knows when the last came.
"""

import asyncio
import json
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.processes import BenchmarkError
from benchmarks.questions import CHANGES, TOKEN
from benchmarks.stage import HOST, Server

EVENT = b"\nevent: next"
ID = b'"certificateId":"'
BEGUN = b"\n:\n"
"""The comment by which a stream begins."""
BEGIN_SECONDS = 60.0
_QUESTION = json.dumps({"query": CHANGES}).encode()
_REQUEST = (
    "POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    "Accept: text/event-stream\r\nAuthorization: Bearer {token}\r\n"
    "Content-Length: {length}\r\n\r\n"
)


class Follower(asyncio.Protocol):
    """One client."""

    def __init__(self, host: str, arrivals: list[float] | None = None) -> None:
        self._head = _REQUEST.format(host=host, token=TOKEN, length=len(_QUESTION))
        self._rest = b""
        self._is_begun = False
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.events = 0
        self.last_at = 0.0
        """When the last of them came."""
        self.is_cut_off = False
        self.arrivals = arrivals
        """When each came, where that is asked for."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask to follow."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a socket is one
        transport.write(self._head.encode() + _QUESTION)

    def data_received(self, data: bytes) -> None:
        """Count the events of a piece; one may be cut anywhere."""
        text = self._rest + data
        if not self._is_begun:
            self._rest = text
            if BEGUN not in text:
                return
            self._is_begun = True
            self.begun.set_result(None)
        found = text.count(EVENT)
        # What may be the beginning of the next one, which is not counted yet.
        self._rest = text[-len(EVENT) + 1 :]
        if found:
            self.events += found
            self.last_at = time.perf_counter()
            if self.arrivals is not None:
                self.arrivals.extend([self.last_at] * found)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Tell that nothing more comes."""
        self.is_cut_off = True
        if not self.begun.done():
            self.begun.set_exception(BenchmarkError("a follower was not let in"))


class Followers:
    """All clients of one server."""

    def __init__(self) -> None:
        self._all: list[Follower] = []

    async def follow(self, server: Server, count: int, *, timed: bool) -> None:
        """Connect ``count`` clients, a few at a time, and wait until all follow."""
        loop, host = asyncio.get_running_loop(), f"{HOST}:{server.port}"
        for _ in range(count):
            _, follower = await loop.create_connection(
                lambda: Follower(host, [] if timed else None), HOST, server.port
            )
            await follower.begun
            self._all.append(follower)

    def arrivals(self) -> list[list[float]]:
        """Return when each was told of each event, where that was asked for."""
        return [one.arrivals for one in self._all if one.arrivals is not None]

    def told(self) -> list[int]:
        """Return how many events each was told."""
        return [one.events for one in self._all]

    def last_at(self) -> float:
        """Return when the last of all was told."""
        return max(one.last_at for one in self._all)

    def cut_off(self) -> int:
        """Return how many are not told anything any more."""
        return sum(one.is_cut_off for one in self._all)


@contextmanager
def following(
    server: Server, count: int, *, timed: bool = False
) -> Iterator[Followers]:
    """Yield clients that follow, in a thread of their own, until the end.

    Raises:
        BenchmarkError: one of them was not let in, or not in time.
    """
    # A thousand sockets are as many files, and more than is usual.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    followers = Followers()
    try:
        begun = asyncio.run_coroutine_threadsafe(
            followers.follow(server, count, timed=timed), loop
        )
        begun.result(BEGIN_SECONDS)
        yield followers
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
