"""Open connections beside the writer's, which raise the store's one error."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.spans import Part, part
from store.driver_errors import as_store_errors
from store.spans import Operation, note
from store.sqlite import READS


class Reader:
    """Reads without queueing with who writes."""

    def __init__(self, engine: AsyncEngine, **options: object) -> None:
        """Take ``options`` of the engine's connections."""
        self._engine = engine.execution_options(**{READS: True}, **options)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection to read from.

        Raises:
            StoreUnavailableError: the database is away, or goes away meanwhile.
        """
        with part(Part.STORE) as span, as_store_errors():
            note(span, self._engine.dialect.name, Operation.READ)
            async with self._engine.connect() as connection:
                yield connection


@asynccontextmanager
async def begin(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Lend a connection for one transaction, committed unless something is raised.

    Raises:
        StoreUnavailableError: it is not committed, or not known to be.
    """
    with part(Part.STORE) as span, as_store_errors():
        note(span, engine.dialect.name, Operation.WRITE)
        async with engine.begin() as connection:
            yield connection
