"""A database that was used is to the next test as if it were new."""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from store.database import engine_at, step_of
from tests.postgresql import PostgreSQL

SEQUENCE = "UPDATE change_sequence SET value = value + 1 RETURNING value"
PROOF = """
INSERT INTO false_records (certificate, reason, evidence, proved_at, proved_by)
VALUES ('sealed-1', 'r', 'e', '2026-11-21 08:00:00', 'b') RETURNING id
"""
"""A row of a table of which nothing may be removed."""


async def test_what_one_wrote_the_next_does_not_find(postgresql: PostgreSQL) -> None:
    found = []
    for _ in range(2):
        name = await postgresql.make_newest()
        async with (
            engine_at(make_url(postgresql.url(name))) as engine,
            engine.begin() as connection,
        ):
            sequence, proof = [
                (await connection.execute(text(one))).scalar()
                for one in (SEQUENCE, PROOF)
            ]
        found.append((name, sequence, proof))
        await postgresql.give_back(name)

    assert found == [found[0], found[0]]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE another ()",
        "DROP TABLE evidence",
        "ALTER TABLE false_records DISABLE TRIGGER ALL",
        "ALTER TABLE false_records ADD COLUMN another int",
    ],
)
async def test_what_one_changed_otherwise_is_made_anew(
    postgresql: PostgreSQL, statement: str
) -> None:
    changed = await postgresql.make_newest()
    await postgresql.run(statement, changed)
    await postgresql.give_back(changed)

    newest = await postgresql.make_newest()
    empty = await postgresql.make_database()

    assert (newest == changed, empty) == (False, changed)
    assert await step_of(postgresql.url(empty)) is None
    for name in (newest, empty):
        await postgresql.give_back(name)
