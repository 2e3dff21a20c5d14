"""What a database holds, read by other statements than a backup's."""

from typing import Any

from sqlalchemy import MetaData, select
from sqlalchemy.engine import make_url

from store.database import engine_at

Held = dict[str, list[tuple[Any, ...]]]


async def held(url: str) -> Held:
    """Return every row of every table, in an order of its own."""
    found = MetaData()
    async with engine_at(make_url(url)) as engine, engine.connect() as connection:
        await connection.run_sync(found.reflect)
        return {
            name: sorted(map(tuple, await connection.execute(select(table))), key=repr)
            for name, table in found.tables.items()
        }
