"""Close the connections for events before the server ends.

The server closes a websocket without a word when it gets SIGTERM, and a client could
not distinguish that from a broken network. So the signal is taken here first: sockets
are closed with 1001, streams come to their end, and then the server gets SIGINT, which
means the same to it. A second SIGTERM does not wait.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.subscriptions.connections import Connections

DRAIN_SECONDS = 2.0


@contextmanager
def drain_on_sigterm(connections: Connections) -> Iterator[None]:
    """Take SIGTERM in this process, whose event loop is running."""
    loop = asyncio.get_running_loop()
    draining: set[asyncio.Task[None]] = set()

    def drain() -> None:
        if draining:
            _end_server()
            return
        draining.add(loop.create_task(_drain(connections)))

    loop.add_signal_handler(signal.SIGTERM, drain)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


async def _drain(connections: Connections) -> None:
    await connections.drain(DRAIN_SECONDS)
    _end_server()


def _end_server() -> None:
    os.kill(os.getpid(), signal.SIGINT)
