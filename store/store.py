"""The database, opened: to read from, and to write to by one writer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from store.database import open_database
from store.writer import Writer, open_writer


@dataclass(frozen=True, slots=True)
class Store:
    """An open database."""

    engine: AsyncEngine
    writer: Writer
    """Everything that is waited for is written by this one, in turn."""


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open the database at ``url``.

    Raises:
        UnusableDatabaseError: as ``open_database``.
    """
    async with open_database(url) as engine, open_writer(engine) as writer:
        yield Store(engine, writer)
