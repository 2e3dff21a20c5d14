"""Watch the connections of clients, and end those that say nothing or are too many.

The server has a limit on the time of headers once they began, and none on silence: a
connection that sends nothing, half a preface of HTTP/2 or a whole one and no request is
open for ever, takes one of the places there are, and keeps the process from ending. So
once a second the kernel's connections are looked at beside the requests under way, by
which both know a client: its address and port.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

import structlog

from gateway.callers.client_certificates import Network
from gateway.settings.http import Http
from gateway.sockets.kernel import Connection, Kernel, Peer

LOOK_SECONDS = 1.0
LEAVING_SECONDS = 0.1
"""How often connections are looked at while the process ends."""
_logger = structlog.get_logger("gateway")


class Why(StrEnum):
    """A reason to end a connection."""

    SILENT = "silent"
    """Nothing came."""
    NO_REQUEST = "no_request"
    """Something came, and no request in the time of headers."""
    IDLE = "idle"
    """No request has come for long."""
    TOO_MANY = "too_many"
    """Its address has more than one may have."""
    LEAVING = "leaving"
    """The process ends, and no request is under way."""


@dataclass(slots=True)
class _Seen:
    """What is remembered of a connection."""

    since: float
    asked: float | None = None
    """When its last request ended."""


class Watch:
    """Which connections have a request under way, and which are to end."""

    def __init__(self, options: Http, proxies: Sequence[Network] = ()) -> None:
        self._options = options
        self._proxies = proxies
        self._busy: Counter[Peer] = Counter()
        self._ended: dict[Peer, float] = {}
        self._seen: dict[int, _Seen] = {}
        self.is_leaving = False

    def began(self, peer: Peer) -> None:
        """Note a request that is under way."""
        self._busy[peer] += 1

    def ended(self, peer: Peer, now: float) -> None:
        """Note that a request is no more."""
        self._busy[peer] -= 1
        if not self._busy[peer]:
            del self._busy[peer]
        self._ended[peer] = now

    def judge(
        self, connections: Sequence[Connection], now: float
    ) -> Iterator[tuple[Connection, Why]]:
        """Yield the connections that are to end."""
        seen = {
            one.inode: self._seen.get(one.inode) or _Seen(now) for one in connections
        }
        self._seen = seen
        of: dict[str, list[Connection]] = {}
        for one in connections:
            known = seen[one.inode]
            asked = self._ended.pop(one.peer, None)
            # It may have asked before it was seen here; who had this address and port
            # longer ago was another.
            if asked is not None and asked >= known.since - LOOK_SECONDS:
                known.asked = asked
            of.setdefault(one.peer[0], []).append(one)
            why = None if one.peer in self._busy else self._why(one, known, now)
            if why is not None:
                yield one, why
        # What is left is of connections that closed.
        self._ended.clear()
        for host, ones in of.items():
            yield from self._too_many(host, ones)

    def _why(self, one: Connection, known: _Seen, now: float) -> Why | None:
        options = self._options
        if self.is_leaving:
            return Why.LEAVING
        if known.asked is not None:
            is_over = now - known.asked > options.idle_seconds
            return Why.IDLE if is_over else None
        if not one.received and now - known.since > options.silent_seconds:
            return Why.SILENT
        # Whose headers are under way has as long as the server gives them.
        most = options.silent_seconds + options.header_seconds
        return Why.NO_REQUEST if now - known.since > most else None

    def _too_many(
        self, host: str, ones: list[Connection]
    ) -> Iterator[tuple[Connection, Why]]:
        over = len(ones) - self._options.connections_an_address
        if over <= 0 or any(ip_address(host) in proxy for proxy in self._proxies):
            return
        free = [one for one in ones if one.peer not in self._busy]
        free.sort(key=lambda one: self._seen[one.inode].since, reverse=True)
        for one in free[:over]:
            yield one, Why.TOO_MANY


@asynccontextmanager
async def watching(
    watch: Watch, count: Callable[[str], None], kernel: Kernel
) -> AsyncIterator[None]:
    """End what ``watch`` says, for as long as the process is there."""
    if not kernel.is_known:
        _logger.warning("silent connections are not ended: the system is no Linux")
        yield
        return
    task = asyncio.create_task(_look(watch, count, kernel), name="sockets")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _look(watch: Watch, count: Callable[[str], None], kernel: Kernel) -> None:
    while True:
        connections = kernel.connections()
        ended = Counter[str]()
        for connection, why in list(watch.judge(connections, time.monotonic())):
            kernel.shut(connection)
            ended[why] += 1
            count(why)
        if ended and not watch.is_leaving:
            _logger.warning("connections ended", **ended)
        await asyncio.sleep(LEAVING_SECONDS if watch.is_leaving else LOOK_SECONDS)
