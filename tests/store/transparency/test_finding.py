"""A row that is in the log is found with what proves it, and nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bureau.transparency.log import AlteredRowError, KeptCheckpoint
from signing.transparency.entries import commitment, entry
from signing.transparency.merkle import leaf_hash, require_inclusion
from store.store import Store
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.facts import StoredFacts
from store.transparency.finding import StoredRows
from tests.store.transparency.written import (
    NOON,
    add_audit,
    add_moves,
    append_all,
    entries_of,
)


def checkpoint(size: int, *, witnessed: bool = True) -> KeptCheckpoint:
    return KeptCheckpoint(size=size, note="n", at=NOON, is_witnessed=witnessed)


async def test_a_row_is_found_with_its_proof(store: Store) -> None:
    await add_moves(store, 300)
    await add_audit(store, 5)
    head = await append_all(store)

    found = await StoredRows(store).find("audit_records", 3)

    assert found is not None
    assert (found.kind, found.position, found.size) == ("audit", 2, head.size)
    assert found.commitments[2] == commitment(found.salt, found.row)
    leaf = leaf_hash(entry(found.kind, found.commitments))
    require_inclusion(leaf, found.index, found.size, found.proof, head.root)
    assert found.root == head.root


async def test_a_row_is_found_in_the_tree_that_is_asked_for(store: Store) -> None:
    await add_moves(store, 300)
    await append_all(store)
    rows = StoredRows(store)

    found = await rows.find("claim_moves", 5, 7)

    assert found is not None
    assert (found.index, found.size, len(found.proof)) == (4, 7, 3)
    assert await rows.find("claim_moves", 8, 7) is None
    with pytest.raises(ValueError, match="the log has 300 leaves, not 301"):
        await rows.find("claim_moves", 5, 301)


async def test_a_row_is_pending_until_a_checkpoint_has_it(store: Store) -> None:
    rows, checkpoints = StoredRows(store), StoredCheckpoints(store)
    await add_moves(store, 2)
    before = await rows.find("claim_moves", 1)
    await append_all(store)
    await checkpoints.keep(checkpoint(1))

    first, second = [await rows.find("claim_moves", id_) for id_ in (1, 2)]

    assert before is None
    assert first is not None
    assert first.size == 1
    assert second is None
    assert await rows.are_integrated("claim_moves", [1])
    assert not await rows.are_integrated("claim_moves", [1, 2])
    assert not await rows.are_integrated("claim_moves", [3])


async def test_where_witnesses_are_waited_for_nothing_is_in_it_without_them(
    store: Store,
) -> None:
    rows, checkpoints = StoredRows(store, witnessed=True), StoredCheckpoints(store)
    await add_moves(store, 1)
    await append_all(store)
    await checkpoints.keep(checkpoint(1, witnessed=False))

    before = (
        await rows.find("claim_moves", 1),
        await rows.are_integrated("claim_moves", [1]),
    )
    await checkpoints.keep(checkpoint(1))
    after = await rows.find("claim_moves", 1)

    assert before == (None, False)
    assert after is not None
    assert await rows.are_integrated("claim_moves", [1])


async def test_a_row_that_was_changed_proves_nothing(store: Store) -> None:
    await add_moves(store, 1)
    await append_all(store)
    async with store.engine.begin() as connection:
        drop = "DROP TRIGGER claim_moves_are_never_changed"
        if store.engine.dialect.name != "sqlite":
            drop += " ON claim_moves"
        await connection.execute(text(drop))
        await connection.execute(text("UPDATE claim_moves SET reason = 'x'"))

    with pytest.raises(AlteredRowError, match="row 1 of claim_moves is not what was"):
        await StoredRows(store).find("claim_moves", 1)


async def test_a_fact_is_kept_once_and_logged_by_its_kind(store: Store) -> None:
    facts = StoredFacts(store)
    first = await facts.note("policy", {"catalogue": "ab", "clauses": "cd"}, NOON)
    later = NOON + timedelta(days=1)
    again = await facts.note("policy", {"clauses": "cd", "catalogue": "ab"}, later)
    other = await facts.note("receipt-key", {"key": "ab"}, NOON)
    await append_all(store)

    assert first == again != other
    assert [one.kind for one in await entries_of(store)] == ["policy", "receipt-key"]
    found = await StoredRows(store).find("logged_facts", first)
    assert found is not None
    assert found.row == (
        b'{"row":{"at":"2026-11-30T04:00:00.123456Z","body":{"catalogue":"ab",'
        b'"clauses":"cd"},"id":1,"kind":"policy"},"source":"logged_facts"}'
    )


async def test_the_latest_checkpoint_is_the_largest(store: Store) -> None:
    checkpoints = StoredCheckpoints(store)
    await checkpoints.keep(checkpoint(3))
    await checkpoints.keep(checkpoint(5, witnessed=False))

    latest = await checkpoints.latest()
    witnessed = await checkpoints.latest(witnessed=True)

    assert latest is not None
    assert witnessed is not None
    assert (latest.size, witnessed.size) == (5, 3)


async def test_a_checkpoint_that_is_witnessed_stays(store: Store) -> None:
    checkpoints = StoredCheckpoints(store)
    for note, witnessed in (("a", False), ("ab", True), ("a", False)):
        await checkpoints.keep(
            KeptCheckpoint(size=3, note=note, at=NOON, is_witnessed=witnessed)
        )

    latest = await checkpoints.latest()

    assert latest is not None
    assert (latest.note, latest.is_witnessed) == ("ab", True)


async def test_of_older_days_the_last_checkpoint_is_kept(store: Store) -> None:
    checkpoints = StoredCheckpoints(store)
    ages = (50, 49, 26, 25, 3, 2, 0.5, 0)
    for size, hours in enumerate(ages):
        at = NOON - timedelta(hours=hours)
        await checkpoints.keep(
            KeptCheckpoint(size=size, note="n", at=at, is_witnessed=True)
        )

    assert await checkpoints.forget(NOON) == 3
    assert await checkpoints.forget(NOON) == 0
