"""Whoever asks about collected records at one time is served by one reading."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from connectors.errors import StoreUnavailableError
from store.collection import reading
from store.collection.reading import CollectedReader, open_collected
from store.collection.records import StoredRecords
from store.collection.stated import StatedRecord
from store.store import Store, open_store
from tests.store.audit.records import NOON

SOON = 0.3
"""Seconds that a reading may take here."""


def stated(
    sequence: int, person: str | None = None, document: str | None = None
) -> StatedRecord:
    """Return a record, of a person and a document of its own if none is named."""
    return StatedRecord(
        sequence=sequence,
        digest=f"{sequence:064}",
        certificate=f"certificate-{sequence}",
        people=(person or f"person-{sequence}",),
        document=document or f"document-{sequence}",
        envelope=f"envelope-{sequence}",
        key_id="transport-1",
        signed_at=NOON + timedelta(seconds=sequence),
        item=None,
        level=None,
        issued_on=None,
        first_issued_on=None,
    )


class Readings:
    """Counts readings."""

    def __init__(self) -> None:
        self.people: list[int] = []
        self.failures: list[str] = []

    def collected_read(self, people: int, seconds: float) -> None:
        assert seconds >= 0
        self.people.append(people)

    def collected_unread(self, reason: str) -> None:
        self.failures.append(reason)


def shown(found: reading.Found) -> dict[str, dict[str, list[tuple[str, int, bool]]]]:
    return {
        person: {
            connector: [(row.envelope, row.sequence, row.is_newest) for row in rows]
            for connector, rows in sent.items()
        }
        for person, sent in found.items()
    }


async def test_all_who_ask_at_once_are_served_by_one_reading(store: Store) -> None:
    kept = StoredRecords(store)
    await kept.keep("transport", [stated(1), stated(2)], NOON)
    await kept.keep("fire", [stated(3, "person-1")], NOON)
    seen = Readings()
    async with open_collected(store, seen) as collected:
        found = await asyncio.gather(
            collected.of(["person-1"]),
            collected.of(["person-1", "person-2"]),
            collected.of(["person-2", "nobody"]),
        )

    first = {
        "transport": [("envelope-1", 1, True)],
        "fire": [("envelope-3", 3, True)],
    }
    second = {"transport": [("envelope-2", 2, True)]}
    assert [shown(one) for one in found] == [
        {"person-1": first},
        {"person-1": first, "person-2": second},
        {"person-2": second},
    ]
    assert found[0]["person-1"]["transport"][0].collected_at == NOON
    assert (seen.people, seen.failures) == ([3], [])


async def test_versions_come_with_the_current_one_and_within_bounds(
    store: Store,
) -> None:
    versions = [stated(n, "a", "d") for n in range(1, 13)]
    await StoredRecords(store).keep("transport", [*versions, stated(13)], NOON)
    await StoredRecords(store).keep(
        "transport",
        [
            stated(14, "b", "altered"),
            stated(15, "c", "altered"),
        ],
        NOON,
    )
    async with open_collected(store) as collected:
        found = await collected.of(["a", "b", "c", "person-13"])

    assert [(row.sequence, row.is_newest) for row in found["a"]["transport"]] == [
        *((n, False) for n in range(3, 12)),
        (12, True),
    ]
    # What is another holder's now is nobody else's history.
    assert [row.sequence for row in found["c"]["transport"]] == [15]
    assert "b" not in found
    assert len(found["person-13"]["transport"]) == 1


async def test_who_has_very_many_rows_is_read_within_the_same_bounds(
    store: Store,
) -> None:
    many = reading.PLAIN_ROWS + 1
    rows = [stated(n, "a") for n in range(1, many + 1)]
    await StoredRecords(store).keep("transport", rows, NOON)
    async with open_collected(store) as collected:
        found = await collected.of(["a"])

    assert len(found["a"]["transport"]) == many


async def test_who_gives_up_takes_nothing_from_the_others(store: Store) -> None:
    await StoredRecords(store).keep("transport", [stated(1)], NOON)
    async with open_collected(store) as collected:
        leaving = asyncio.ensure_future(collected.of(["person-1"]))
        staying = asyncio.ensure_future(collected.of(["person-1"]))
        await asyncio.sleep(0)
        leaving.cancel()

        assert len((await staying)["person-1"]["transport"]) == 1
        assert leaving.cancelled()


@contextmanager
def held(store: Store) -> Iterator[None]:
    """Hold SQLite's file as one who lets nobody read it, either."""
    assert store.file is not None
    with closing(sqlite3.connect(store.file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield


async def refused(collected: CollectedReader) -> float:
    """Be refused; return after how many seconds."""
    started = time.monotonic()
    with pytest.raises(StoreUnavailableError):
        await collected.of(["person-1"])
    return time.monotonic() - started


async def test_a_database_that_says_nothing_is_given_up_in_time(
    database_url: str, store: Store
) -> None:
    async with open_store(database_url) as other:
        await StoredRecords(other).keep("transport", [stated(1)], NOON)
    seen = Readings()
    async with open_collected(store, seen, seconds=SOON) as collected:
        if store.file is None:
            async with store.engine.begin() as connection:
                lock = "LOCK TABLE collected_records IN ACCESS EXCLUSIVE MODE"
                await connection.execute(text(lock))
                took = await refused(collected)
        else:
            await store.engine.dispose()
            with held(store):
                took = await refused(collected)
        found = await collected.of(["person-1"])

    assert SOON <= took < SOON + reading.READ_SECONDS
    assert seen.failures == [reading.TOO_LATE]
    # And it answers as soon as it is there again.
    assert len(found["person-1"]["transport"]) == 1


async def test_beyond_so_many_who_wait_nobody_may(store: Store) -> None:
    seen = Readings()
    async with open_collected(store, seen, max_waiting=2) as collected:
        ends = await asyncio.gather(
            *(collected.of(["a"]) for _ in range(3)),
            return_exceptions=True,
        )

    assert [type(end) for end in ends] == [dict, dict, StoreUnavailableError]
    assert seen.failures == [reading.TOO_MANY]


async def test_a_connection_that_was_cut_is_opened_anew(
    store: Store, request: pytest.FixtureRequest
) -> None:
    if store.file is not None:
        return
    await StoredRecords(store).keep("transport", [stated(1)], NOON)
    async with open_collected(store) as collected:
        await collected.of(["person-1"])
        server = request.getfixturevalue("postgresql")
        await server.cut_off(str(store.engine.url.database))

        found = await collected.of(["person-1"])
        assert len(found["person-1"]["transport"]) == 1
