"""What each step of the database makes, as digests: a released step never changes.

``python -m tests.store.released`` notes those of steps that are new, or of all of them.
"""

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from store.database import NEWEST, engine_at
from store.migrate import take_steps
from store.sqlite import make_file
from tests.postgresql import running_postgresql
from tests.store.steps import before

FILE = Path(__file__).parent / "earlier" / "steps.json"
SQLITE = ("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL",)
POSTGRESQL = (
    """SELECT table_name, column_name, data_type, character_maximum_length,
       is_nullable, column_default
       FROM information_schema.columns WHERE table_schema = 'public'""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
       FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    """SELECT pg_get_functiondef(oid) FROM pg_proc
       WHERE pronamespace = 'public'::regnamespace""",
)
NUMBERED = "SELECT * FROM change_sequence"
"""The one row that steps put in by themselves."""


def known() -> Mapping[str, Mapping[str, str]]:
    """Return the digests that are noted, by database and step."""
    noted: Mapping[str, Mapping[str, str]] = json.loads(FILE.read_text("utf-8"))
    return noted


def steps() -> list[str]:
    """Return all steps, in their order."""
    found = [NEWEST]
    while (earlier := before(found[-1])) != "None":
        found.append(earlier)
    return found[::-1]


async def made(url: str) -> dict[str, str]:
    """Take an empty database step by step; return a digest of what each changed."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        make_file(Path(address.database or ""))
    async with engine_at(address) as engine, engine.begin() as connection:
        return await connection.run_sync(_made)


def _made(connection: Connection) -> dict[str, str]:
    found = {}
    there: set[str] = set()
    for step in steps():
        take_steps(connection, step)
        now = {*_tables(connection)}
        changed = "\n".join([*sorted(there - now), "", *sorted(now - there)])
        found[step] = hashlib.sha256(changed.encode()).hexdigest()
        there = now
    return found


def _tables(connection: Connection) -> Iterator[str]:
    """Give whatever the tables are, with their triggers, in no order."""
    is_sqlite = connection.dialect.name == "sqlite"
    statements = SQLITE if is_sqlite else POSTGRESQL
    rows = [row for one in statements for row in connection.execute(text(one))]
    if any("change_sequence" in str(row) for row in rows):
        rows += connection.execute(text(NUMBERED))
    for row in rows:
        yield " ".join(str(tuple(row)).split())


async def _main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_postgresql() as server:
        urls = {
            "sqlite": f"sqlite:///{folder}/gateway.db",
            "postgresql": server.url(await server.make_database()),
        }
        noted = {name: await made(url) for name, url in urls.items()}
    FILE.write_text(json.dumps(noted, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(_main())
