"""A database as commit 7ac9473 left it, with rows that its own handlers wrote.

The keys are invented, and so is whom the rows are about.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, Date, DateTime, MetaData
from sqlalchemy.engine import make_url

from store.database import engine_at
from tests.store.steps import make_at

THEN = "0007"
FOLDER = Path(__file__).parent / "earlier"
ID_KEY, PSEUDONYM_KEY = b"i" * 64, b"p" * 32
MANIFEST = (FOLDER / "transport.toml").read_text("utf-8")
MANIFESTS = {
    name: MANIFEST.replace('id = "transport"', f'id = "{name}"')
    for name in ("transport", "sends")
}
"""One that is asked, and one that sends."""


async def make_earlier(url: str) -> None:
    """Make the database at ``url`` as it was then."""
    await _make(url, THEN, "rows.json")


async def make_marked(url: str) -> None:
    """Make it as step 0014 had it, where c-1 was paid, and paid back in part."""
    await _make(url, "0014", "rows_0014.json")


async def _make(url: str, step: str, name: str) -> None:
    await make_at(url, step)
    rows = json.loads((FOLDER / name).read_text("utf-8"))
    async with engine_at(make_url(url)) as engine, engine.begin() as connection:
        await connection.run_sync(_put, rows)


def _parsed(column: Any, value: Any) -> Any:
    """Return a value of the dump as its column takes it."""
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return bool(value) if isinstance(column.type, Boolean) else value


def _put(connection: Connection, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    found = MetaData()
    found.reflect(connection, only=list(tables))
    for name, rows in tables.items():
        table = found.tables[name]
        connection.execute(
            table.insert(),
            [
                # The database counts the rows.
                {
                    key: _parsed(table.c[key], value)
                    for key, value in row.items()
                    if key != "id"
                }
                for row in rows
            ],
        )
