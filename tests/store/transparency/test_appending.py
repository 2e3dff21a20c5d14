"""The log grows by what is queued: all of it, once, whoever appends."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from bureau.transparency.rows import gone_bytes
from bureau.transparency.sources import SOURCES
from signing.transparency.entries import commitment
from store.ledger.tables import claim_moves
from store.quality.tables import seen_versions
from store.store import Store, open_store
from store.transparency.appending import ROUND, StoredLog
from store.transparency.committed import rows_of
from store.transparency.tables import log_queue
from tests.store.transparency.written import (
    NOON,
    add_audit,
    add_moves,
    add_versions,
    append_all,
    entries_of,
    queue_of,
    require_whole,
)


async def test_a_row_is_queued_by_whoever_writes_it(store: Store) -> None:
    await add_audit(store, 2)
    await add_moves(store, 1)

    assert await queue_of(store) == [
        ("audit_records", 1),
        ("audit_records", 2),
        ("claim_moves", 1),
    ]


async def test_what_comes_together_of_the_audit_log_is_one_entry(store: Store) -> None:
    await add_moves(store, 1)
    await add_audit(store, 3)
    await add_moves(store, 1)
    head = await append_all(store)

    entries = await entries_of(store)
    assert [(one.source, one.kind, list(one.ids)) for one in entries] == [
        ("claim_moves", "move", [1]),
        ("audit_records", "audit", [1, 2, 3]),
        ("claim_moves", "move", [2]),
    ]
    assert head.size == 3
    assert await queue_of(store) == []
    assert await require_whole(store) == 3


async def test_what_is_seen_together_is_one_entry_with_what_is_gone(
    store: Store,
) -> None:
    """Each version has a new number, and the one before it is forgotten."""
    await add_versions(store, 3)
    await add_versions(store, 1, NOON + timedelta(days=1))
    await append_all(store)
    await add_versions(store, 2, NOON + timedelta(days=2))
    await append_all(store)

    first, second = await entries_of(store)
    assert (first.source, first.kind) == ("seen_versions", "version")
    assert (first.ids, second.ids) == ([1, 2, 3, 4], [5, 6])
    gone = gone_bytes(SOURCES["seen_versions"], 1)
    assert first.commitments[0] == commitment(first.salts[0], gone)
    assert await require_whole(store) == 2


async def test_an_entry_commits_to_the_bytes_of_its_rows(store: Store) -> None:
    await add_audit(store, 3)
    await append_all(store)

    (entry,) = await entries_of(store)
    async with store.engine.connect() as connection:
        source = SOURCES["audit_records"]
        rows = await connection.run_sync(rows_of, source, list(entry.ids))
    made = [
        commitment(salt, rows[id_][1])
        for id_, salt in zip(entry.ids, entry.salts, strict=True)
    ]
    assert list(entry.commitments) == made
    assert len(set(entry.salts)) == 3


async def test_a_round_takes_no_more_than_its_rows(store: Store) -> None:
    await add_audit(store, ROUND + 1)
    log = StoredLog(store)

    first, second, third = [await log.append() for _ in range(3)]

    assert [first.rows, second.rows, third.rows] == [ROUND, 1, 0]
    assert [first.head.size, second.head.size] == [1, 2]
    assert await require_whole(store) == 2


async def test_a_log_of_several_tiles_is_that_of_its_entries(store: Store) -> None:
    await add_moves(store, 300)
    await append_all(store)
    await add_moves(store, 300)
    await append_all(store)

    assert await require_whole(store) == 600


async def test_a_row_that_is_queued_again_is_not_logged_again(store: Store) -> None:
    await add_moves(store, 2)
    await add_audit(store, 3)
    await append_all(store)
    again = [("claim_moves", 1), ("audit_records", 2), ("audit_records", 2)]
    rows = [{"source": source, "row_id": row} for source, row in again]
    await store.writer.write(lambda c: c.execute(insert(log_queue), rows))

    head = await append_all(store)

    assert head.size == 3
    assert await queue_of(store) == []
    assert await require_whole(store) == 3


async def test_a_row_that_was_queued_twice_at_once_is_logged_once(store: Store) -> None:
    await add_moves(store, 1)
    row = {"source": "claim_moves", "row_id": 1}
    await store.writer.write(lambda c: c.execute(insert(log_queue), [row]))

    assert (await append_all(store)).size == 1


async def test_a_row_that_is_gone_by_then_is_logged_as_gone(store: Store) -> None:
    version = {
        "mark": "m",
        "signed_at": NOON,
        "said": "x",
        "digest": "d",
        "key_id": "k",
        "seen_at": NOON,
    }
    await store.writer.write(lambda c: c.execute(insert(seen_versions), [version]))
    await store.writer.write(lambda c: c.execute(delete(seen_versions)))
    await append_all(store)

    (entry,) = await entries_of(store)
    gone = gone_bytes(SOURCES["seen_versions"], entry.ids[0])
    assert gone.endswith(b'"source":"seen_versions"}')
    assert entry.commitments[0] == commitment(entry.salts[0], gone)


async def test_of_two_that_take_the_same_rows_one_appends(
    store: Store, database_url: str
) -> None:
    await add_moves(store, 600)
    async with open_store(database_url) as other:
        logs = [StoredLog(one) for one in (store, other) for _ in range(3)]
        mine = 0
        while await StoredLog(store).queued(1):
            ends = await asyncio.gather(*(log.append() for log in logs))
            mine += sum(one.rows for one in ends if one.is_mine)

    assert mine == 600
    assert await require_whole(store) == 600


async def test_what_waits_is_counted_up_to_a_bound(store: Store) -> None:
    await add_moves(store, 5)
    log = StoredLog(store)

    assert [await log.queued(most) for most in (3, 100)] == [3, 5]


@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM log_entries",
        "DELETE FROM log_tiles",
        "DELETE FROM log_head",
        "DELETE FROM logged_facts",
        "UPDATE log_entries SET leaf = salts",
        "UPDATE log_entries SET last_row = 7",
        "UPDATE log_tiles SET hashes = substr(hashes, 2)",
        "UPDATE log_tiles SET place = place + 1",
        "UPDATE log_head SET size = 0, rounds = rounds + 1",
        "UPDATE log_head SET size = size + 1",
        "UPDATE logged_facts SET kind = 'x'",
        (
            "INSERT INTO log_head (id, size, root, rounds) SELECT 1, 0, root, 9 "
            "FROM log_head"
        ),
    ],
)
async def test_nothing_of_the_log_is_changed_by_oversight(
    store: Store, attack: str
) -> None:
    await add_moves(store, 2)
    fact = "INSERT INTO logged_facts (kind, body, digest, at) VALUES ('policy', "
    fact += "'{}', 'd', '2026-11-30 04:00:00')"
    async with store.engine.begin() as connection:
        await connection.execute(text(fact))
    await append_all(store)

    async with store.engine.connect() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(text(attack))
    assert await require_whole(store) == 3


async def test_both_databases_make_the_same_bytes_of_a_row(store: Store) -> None:
    await add_moves(store, 1)
    await add_audit(store, 1)
    async with store.engine.connect() as connection:
        found = [
            (await connection.run_sync(rows_of, SOURCES[name], [1]))[1][1]
            for name in ("claim_moves", "audit_records")
        ]

    assert found == [
        '{"row":{"claim":"claim-0","from_district":"310115","id":1,"moved_at":'
        '"2026-11-30T04:00:00.123456Z","moved_by":"hr","officer":null,"reason":'
        '"搬迁 moved","to_district":"310104"},"source":"claim_moves"}'.encode(),
        (
            b'{"row":{"at":"2026-11-30T04:00:00.123456Z","business_number":null,"caller":'
            b'"caller-0","case_number":null,"certificates":null,"districts":null,'
            b'"document":null,"event":"LOOKED_UP","id":1,"kept_from":null,"matter_code":'
            b'null,"matter_name":null,"officer":null,"operation":null,"organisation":null,'
            b'"person":null,"purpose":null,"removed":null,"request_id":null,"sources":{}},'
            b'"source":"audit_records"}'
        ),
    ]


async def test_the_queue_is_in_the_order_of_the_table(store: Store) -> None:
    await add_moves(store, 3)
    await append_all(store)
    async with store.engine.connect() as connection:
        ids = (await connection.execute(select(claim_moves.c.id))).scalars().all()

    assert [one.ids[0] for one in await entries_of(store)] == sorted(ids)
