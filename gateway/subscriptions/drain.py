"""Close the connections for events before the server ends.

The server closes a websocket without a word when it gets SIGTERM, and a client could
not distinguish that from a broken network. So the signal is taken here first: sockets
are closed with 1001, streams come to their end, and then the server gets SIGINT, which
means the same to it. A second SIGTERM does not wait.

The server then waits for every connection that is open, and an idle one of HTTP/2 is
open for ever; so those without a request are closed, and what is still there when all
requests must be over is killed.
"""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from gateway.sockets.watch import Watch
from gateway.subscriptions.connections import Connections

DRAIN_SECONDS = 2.0
MARGIN_SECONDS = 5.0
"""Beyond the longest request: for what the server has to put away."""


@contextmanager
def drain_on_sigterm(
    connections: Connections, watch: Watch, request_seconds: float
) -> Iterator[None]:
    """Take SIGTERM in this process, whose event loop is running."""
    loop = asyncio.get_running_loop()
    draining: set[asyncio.Task[None]] = set()

    def drain() -> None:
        if draining:
            _end_server()
            return
        _kill_after(DRAIN_SECONDS + request_seconds + MARGIN_SECONDS)
        draining.add(loop.create_task(_drain(connections, watch)))

    loop.add_signal_handler(signal.SIGTERM, drain)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


async def _drain(connections: Connections, watch: Watch) -> None:
    await connections.drain(DRAIN_SECONDS)
    watch.is_leaving = True
    _end_server()


def _end_server() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def _kill_after(seconds: float) -> None:
    """Kill this process if it is still there then, whatever holds its loop."""

    def kill() -> None:
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGKILL)

    Thread(target=kill, daemon=True, name="end").start()
