"""Agencies are told of look-ups of their data: each of its own, once, and for good."""

import asyncio
import json
from typing import Any

from sqlalchemy import insert, text

from bureau.look_ups.audit import AuditEvent, AuditRecord
from bureau.transparency.log import KeptCheckpoint
from bureau.transparency.look_ups import kind_of
from connectors.answer import SourceOutcome
from signing.transparency.entries import commitment, entry
from signing.transparency.merkle import leaf_hash
from store.audit.rows import row_of
from store.audit.tables import audit_records
from store.store import Store, open_store
from store.transparency.checking import Trusted, check_log
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.look_ups import StoredLookUps
from tests.store.transparency.written import NOON, add_audit, append_all, entries_of

ANSWERED, SKIPPED = SourceOutcome.ANSWERED, SourceOutcome.SKIPPED


async def look_up(store: Store, caller: str, **sources: SourceOutcome) -> None:
    record = AuditRecord(
        at=NOON,
        event=AuditEvent.LOOKED_UP,
        caller=caller,
        person="pseudonym",
        case_number="case-1",
        sources=sources,
    )
    await store.writer.write(lambda c: c.execute(insert(audit_records), row_of(record)))


async def sign(store: Store) -> None:
    head = await append_all(store)
    note = KeptCheckpoint(size=head.size, note="n", at=NOON, is_witnessed=True)
    await StoredCheckpoints(store).keep(note)


async def told(store: Store, agency: str) -> list[Any]:
    found = await StoredLookUps(store).of(agency, 0)
    return [one.list and json.loads(one.list) for one in found]


async def test_each_agency_is_told_of_its_own_and_of_nothing_else(store: Store) -> None:
    look_ups = StoredLookUps(store)
    await look_ups.tell(NOON)
    await look_up(store, "hr", a=ANSWERED, b=SourceOutcome.NONE)
    await look_up(store, "court", a=SKIPPED, b=ANSWERED)
    assert await look_ups.tell(NOON) == 2
    before = await told(store, "a")
    await sign(store)

    assert before == []
    at = NOON.isoformat()
    assert await told(store, "a") == [[[1, at, "LOOKED_UP", "hr", None, "ANSWERED"]]]
    (of_b,) = await told(store, "b")
    assert [line[3] for line in of_b] == ["hr", "court"]
    assert await told(store, "c") == []
    (one,) = await look_ups.of("a", 0)
    raw = one.row + (one.list or b"")
    assert not any(word in raw for word in (b"pseudonym", b"case-1", b'"b"', b"court"))
    kept = (await entries_of(store))[one.index]
    made = entry(kind_of("a"), [commitment(one.salt, one.row)])
    assert leaf_hash(made) == kept.leaf


async def test_what_was_there_before_is_told_to_nobody(store: Store) -> None:
    await look_up(store, "hr", a=ANSWERED)
    assert await StoredLookUps(store).tell(NOON) == 0
    await look_up(store, "court", a=ANSWERED)
    await StoredLookUps(store).tell(NOON)
    await sign(store)

    (found,) = await told(store, "a")
    assert [line[3] for line in found] == ["court"]


async def test_two_gateways_tell_each_look_up_once(
    store: Store, database_url: str
) -> None:
    await StoredLookUps(store).tell(NOON)
    async with open_store(database_url) as other:
        for number in range(4):
            await look_up(store, f"hr-{number}", a=ANSWERED)
            await asyncio.gather(
                *(StoredLookUps(one).tell(NOON) for one in (store, other))
            )
    await sign(store)

    found = [line for one in await told(store, "a") for line in one]
    assert [line[0] for line in found] == [1, 2, 3, 4]


async def test_fifty_lists_are_handed_out_at_once_and_the_next_after_them(
    store: Store,
) -> None:
    look_ups = StoredLookUps(store)
    await look_ups.tell(NOON)
    for _ in range(51):
        await look_up(store, "hr", a=ANSWERED)
        await look_ups.tell(NOON)
    await sign(store)

    first = await look_ups.of("a", 0)
    last = await look_ups.of("a", first[-1].number)
    assert (len(first), len(last)) == (50, 1)


async def test_a_record_that_is_removed_or_changed_makes_another_list(
    store: Store, database_url: str
) -> None:
    look_ups = StoredLookUps(store)
    await look_ups.tell(NOON)
    for number in range(3):
        await look_up(store, f"hr-{number}", a=ANSWERED)
        await look_ups.tell(NOON)
    await append_all(store)
    assert (await check_log(database_url, print, Trusted())).findings == 0
    await sign(store)
    is_sqlite = store.engine.dialect.name == "sqlite"
    async with store.engine.begin() as connection:
        for name in await _triggers(connection, is_sqlite=is_sqlite):
            on = "" if is_sqlite else " ON audit_records"
            await connection.execute(text(f"DROP TRIGGER {name}{on}"))
        await connection.execute(text("DELETE FROM audit_records WHERE id = 1"))
        changed = "UPDATE audit_records SET caller = 'x' WHERE id = 3"
        await connection.execute(text(changed))

    assert [one is None for one in await told(store, "a")] == [True, False, True]


async def _triggers(connection: Any, *, is_sqlite: bool) -> list[str]:
    """Return what else keeps the audit log from being changed."""
    found = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' "
        "AND tbl_name = 'audit_records'"
        if is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
        "AND tgrelid = 'audit_records'::regclass"
    )
    return list((await connection.execute(text(found))).scalars())


async def test_nothing_is_made_of_what_no_agency_answered(store: Store) -> None:
    look_ups = StoredLookUps(store)
    await look_ups.tell(NOON)
    await add_audit(store, 5)

    assert [await look_ups.tell(NOON) for _ in range(2)] == [5, 0]
