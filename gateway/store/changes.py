"""Be told of changes by PostgreSQL, at once; catch up after a lost connection.

SQLite tells nobody: there the sequence is looked at from time to time, which is done
for PostgreSQL too, so that a connection which died without a word loses nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.store.database import DATABASE_ERRORS, POSTGRESQL
from gateway.store.registrations import CHANNEL

RETRY_SECONDS = 0.2


@asynccontextmanager
async def told_of_changes(
    engine: AsyncEngine, changed: asyncio.Event
) -> AsyncIterator[None]:
    """Set ``changed`` whenever another gateway changed something."""
    if engine.dialect.name != POSTGRESQL:
        yield
        return
    listening = asyncio.create_task(_listen(engine, changed))
    try:
        yield
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


async def _listen(engine: AsyncEngine, changed: asyncio.Event) -> None:
    while True:
        try:
            await _listen_once(engine, changed)
        except DATABASE_ERRORS:
            # What happens meanwhile is caught up with, below.
            await asyncio.sleep(RETRY_SECONDS)


async def _listen_once(engine: AsyncEngine, changed: asyncio.Event) -> None:
    """Listen until the connection is lost."""
    lost = asyncio.Event()

    def told(*_: Any) -> None:  # noqa: ANN401 - asyncpg's
        changed.set()

    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None  # noqa: S101 - it was just opened
        driver.add_termination_listener(lambda _: lost.set())
        await driver.add_listener(CHANNEL, told)
        # Something may have happened before it listened.
        changed.set()
        try:
            await lost.wait()
        finally:
            # It must not get back among those that others take.
            await connection.invalidate()
