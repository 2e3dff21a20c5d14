"""Listen for changes on PostgreSQL; catch up after a lost connection.

SQLite notifies nobody: there the sequence is looked at from time to time, which is done
for PostgreSQL too, so that a connection which died without a word loses nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from store.background import Supervisor
from store.database import POSTGRESQL
from store.postgresql import POOLED
from store.registration.registrations import CHANNEL


class Notifier:
    """The notifier of everybody in this process who follows what changes."""

    def __init__(self) -> None:
        self._events: list[asyncio.Event] = []

    def follow(self) -> asyncio.Event:
        """Return an event that is set whenever something changed, for one to clear."""
        event = asyncio.Event()
        self._events.append(event)
        return event

    def notify(self) -> None:
        """Set the event of everybody who follows."""
        for event in self._events:
            event.set()


@asynccontextmanager
async def listening_for_changes(
    engine: AsyncEngine, notify: Callable[[], None], supervisor: Supervisor
) -> AsyncIterator[None]:
    """Call ``notify`` whenever another gateway changed something.

    Through a pooler that lends connections by the transaction nobody can listen.
    """
    options = engine.get_execution_options()
    if engine.dialect.name != POSTGRESQL or options[POOLED]:
        yield
        return
    async with supervisor.running(partial(_listen, engine, notify), "changes"):
        yield


async def _listen(engine: AsyncEngine, notify: Callable[[], None]) -> None:
    """Listen until the connection is lost; what happens then is caught up with."""
    lost = asyncio.Event()

    def notified(*_: Any) -> None:  # noqa: ANN401 - asyncpg's
        notify()

    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None  # noqa: S101 - it was just opened
        driver.add_termination_listener(lambda _: lost.set())
        await driver.add_listener(CHANNEL, notified)
        # Something may have happened before it listened.
        notify()
        try:
            await lost.wait()
        finally:
            # It must not get back among those that others take.
            await connection.invalidate()
