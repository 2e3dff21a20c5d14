"""Records are kept in parts, and who is urgent writes in between."""

import asyncio

from sqlalchemy import Connection, func, select

from store.collection.records import LEAST, StoredRecords
from store.collection.tables import collected_records
from store.store import Store
from tests.store.audit.records import NOON
from tests.store.collection.test_reading import stated


def count(connection: Connection) -> int:
    found = connection.scalar(select(func.count()).select_from(collected_records))
    return found or 0


async def test_who_is_urgent_waits_for_a_part_and_not_for_all(store: Store) -> None:
    every = 3 * LEAST
    keeping = asyncio.ensure_future(
        StoredRecords(store).keep(
            "transport", [stated(n) for n in range(1, every + 1)], NOON
        )
    )
    # The first part has the turn.
    await asyncio.sleep(0)
    before = await store.writer.write(count, is_urgent=True)
    kept = await keeping

    assert before == LEAST
    assert [one.sequence for one in kept] == list(range(1, every + 1))
    assert await store.writer.read(count) == every
