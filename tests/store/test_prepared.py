"""Statements that are made once find and keep what others would, on either database."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, delete, select

from bureau.versions.memory import SeenVersion
from store.prepared import among
from store.quality.tables import seen_versions
from store.quality.versions import keep
from store.store import Store
from store.transparency.tables import log_queue

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = "m" * 64
"""As long as the column is."""
MARKS = [LONG, "plain", "it's", '"quoted"', "证书", "a,b", "%", "\\", ""]


@pytest.fixture(name="kept")
async def _kept(store: Store) -> Store:
    seen = SeenVersion(NOON, "said", "digest", "key-1", NOON)
    await store.writer.write(lambda c: keep(c, dict.fromkeys(MARKS, seen)))
    return store


def marks_among(connection: Connection, asked: list[str]) -> list[str]:
    is_asked = among(seen_versions.c.mark, connection.dialect)
    found = connection.execute(
        select(seen_versions.c.mark).where(is_asked), {"among": asked}
    )
    return sorted(found.scalars())


@pytest.mark.parametrize("mark", MARKS)
async def test_a_value_is_found_however_it_is_spelt(kept: Store, mark: str) -> None:
    assert await kept.writer.read(lambda c: marks_among(c, [mark, "other"])) == [mark]


async def test_what_is_not_there_is_not_found(kept: Store) -> None:
    others = ["Plain", "plain ", "it''s", "[", f"{LONG}m"]

    assert await kept.writer.read(lambda c: marks_among(c, others)) == []
    assert await kept.writer.read(lambda c: marks_among(c, [])) == []


async def test_as_many_as_a_statement_could_not_spell_out_are_found(
    kept: Store,
) -> None:
    many = [*MARKS, *(f"m-{n}" for n in range(40_000))]

    assert await kept.writer.read(lambda c: marks_among(c, many)) == sorted(MARKS)


async def test_numbers_are_removed_and_no_others(kept: Store) -> None:
    def work(connection: Connection) -> list[int]:
        rest = select(log_queue.c.id).order_by(log_queue.c.id)
        first, *others = connection.scalars(rest).all()
        gone = delete(log_queue).where(among(log_queue.c.id, connection.dialect))
        connection.execute(gone, {"among": [first, others[-1] + 1]})
        assert connection.scalars(rest).all() == others
        return others

    assert len(await kept.writer.write(work)) == len(MARKS) - 1
