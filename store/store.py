"""The database, opened: to read from, and to write to by one writer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from store.commits import Commits
from store.database import SQLITE, open_database
from store.writer import Writer, open_writer


@dataclass(frozen=True, slots=True)
class Store:
    """An open database."""

    engine: AsyncEngine
    writer: Writer
    """Everything that is waited for is written by this one, in turn."""
    commits: Commits = field(default_factory=Commits)

    @property
    def file(self) -> Path | None:
        """Where the database is, if it is a file."""
        url = self.engine.url
        return Path(url.database or "") if self.engine.dialect.name == SQLITE else None

    async def require_writable(self) -> None:
        """Make sure that what is written now would be kept.

        Raises:
            StoreUnavailableError: it would not be.
        """
        await self.writer.write(lambda connection: connection.scalar(select(1)))


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open the database at ``url``.

    Raises:
        UnusableDatabaseError: as ``open_database``.
    """
    async with open_database(url) as engine, open_writer(engine) as writer:
        store = Store(engine, writer)
        commits = Commits(store.file)
        try:
            yield replace(store, commits=commits)
        finally:
            commits.close()
