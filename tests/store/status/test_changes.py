"""Changes of state are kept in the order of their commits, with what follows."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from policy.certificate import CertificateState
from store.registration.tables import change_sequence
from store.status.changes import NewChange, StoredStates
from store.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ALICE, BOB = "a" * 64, "b" * 64
CHANGE = NewChange(
    connector="transport",
    sequence=1,
    digest="1" * 64,
    certificate="sealed-1",
    person=ALICE,
    state=CertificateState.SUSPENDED,
    effective_on=date(2026, 11, 20),
    reason="违章作业",
    envelope="e.y.J",
    key_id="transport-1",
    signed_at=NOON,
    received_at=NOON,
)
LIFTING = replace(CHANGE, sequence=2, digest="2" * 64, state=CertificateState.VALID)
BOBS = replace(CHANGE, sequence=3, digest="3" * 64, certificate="b", person=BOB)


async def added(store: Store, *changes: NewChange) -> StoredStates:
    states = StoredStates(store.engine)

    def work(connection: Connection) -> None:
        for change in changes:
            states.add(connection, change)

    await store.writer.write(work)
    return states


async def test_changes_of_people_come_back_in_the_order_sent(store: Store) -> None:
    states = await added(store, CHANGE, BOBS, LIFTING)

    found = await states.of([ALICE])

    assert [person for person, _ in found] == [ALICE, ALICE]
    assert [(kept.certificate, kept.change.state) for _, kept in found] == [
        ("sealed-1", CertificateState.SUSPENDED),
        ("sealed-1", CertificateState.VALID),
    ]
    first = found[0][1].change
    assert (first.effective_on, first.reason) == (CHANGE.effective_on, CHANGE.reason)
    assert first.received_at == NOON


async def test_a_number_that_came_late_stands_where_it_belongs(store: Store) -> None:
    states = await added(store, LIFTING, CHANGE)

    found = await states.of([ALICE])

    assert [kept.change.state for _, kept in found] == [
        CertificateState.SUSPENDED,
        CertificateState.VALID,
    ]


async def test_a_connector_goes_on_after_the_one_it_replaced(store: Store) -> None:
    first = replace(CHANGE, sequence=900)
    states = await added(store, first, replace(LIFTING, connector="transport-new"))

    found = await states.of([ALICE])

    assert [kept.change.state for _, kept in found] == [
        CertificateState.SUSPENDED,
        CertificateState.VALID,
    ]


async def test_nothing_is_found_of_whom_nothing_was_sent(store: Store) -> None:
    states = await added(store, CHANGE)

    assert await states.of([BOB]) == []


async def test_who_has_changes_is_read_on_from_where_it_stopped(store: Store) -> None:
    states = await added(store, CHANGE)
    last, people = await states.people_after(0)
    await added(store, BOBS)

    assert people == [ALICE]
    assert (await states.people_after(last))[1] == [BOB]


async def test_a_change_is_known_by_its_bytes_and_its_connector(store: Store) -> None:
    states = await added(store, CHANGE)

    def known(connection: Connection) -> list[bool]:
        return [
            states.is_known(connection, connector, digest)
            for connector, digest in (
                ("transport", "1" * 64),
                ("transport", "2" * 64),
                ("fire-rescue", "1" * 64),
            )
        ]

    assert await store.writer.read(known) == [True, False, False]


async def test_the_same_bytes_are_never_written_twice(store: Store) -> None:
    await added(store, CHANGE)

    with pytest.raises(IntegrityError):
        await added(store, replace(CHANGE, sequence=9))


async def test_a_change_and_what_follows_are_committed_together(store: Store) -> None:
    followed: list[NewChange] = []

    def follow(connection: Connection, change: NewChange) -> None:
        assert connection.in_transaction()
        followed.append(change)
        raise LookupError

    states = StoredStates(store.engine, follow)
    with pytest.raises(LookupError):
        await store.writer.write(lambda connection: states.add(connection, CHANGE))

    assert followed == [CHANGE]
    assert await states.of([ALICE]) == []


async def test_whoever_follows_what_changes_is_told(store: Store) -> None:
    states = StoredStates(store.engine)

    def value(connection: Connection) -> int:
        found: int = connection.execute(select(change_sequence.c.value)).scalar_one()
        return found

    before = await store.writer.read(value)
    await store.writer.write(states.tell)

    assert await store.writer.read(value) == before + 1
