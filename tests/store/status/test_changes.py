"""Changes of state come back in the agency's order, and to whom they are about."""

from dataclasses import replace

from policy.certificate import CertificateState
from store.status.changes import StoredStates
from store.store import Store
from tests.store.status.sent import ALICE, BOB, BOBS, CHANGE, LIFTING, NOON, added


async def test_changes_of_people_come_back_in_the_order_sent(store: Store) -> None:
    await added(store, CHANGE, BOBS, LIFTING)

    found = await StoredStates(store.engine).of([ALICE])

    assert [person for person, _ in found] == [ALICE, ALICE]
    assert [(kept.certificate, kept.change.state) for _, kept in found] == [
        ("sealed-1", CertificateState.SUSPENDED),
        ("sealed-1", CertificateState.VALID),
    ]
    first = found[0][1].change
    assert (first.effective_on, first.reason) == (CHANGE.effective_on, CHANGE.reason)
    assert first.received_at == NOON


async def test_a_number_that_came_late_stands_where_it_belongs(store: Store) -> None:
    await added(store, LIFTING, CHANGE)

    found = await StoredStates(store.engine).of([ALICE])

    assert [kept.change.state for _, kept in found] == [
        CertificateState.SUSPENDED,
        CertificateState.VALID,
    ]


async def test_a_connector_goes_on_after_the_one_it_replaced(store: Store) -> None:
    first = replace(CHANGE, sequence=900)
    await added(store, first, replace(LIFTING, connector="transport-new"))

    found = await StoredStates(store.engine).of([ALICE])

    assert [kept.change.state for _, kept in found] == [
        CertificateState.SUSPENDED,
        CertificateState.VALID,
    ]


async def test_nothing_is_found_of_whom_nothing_was_sent(store: Store) -> None:
    await added(store, CHANGE)

    assert await StoredStates(store.engine).of([BOB]) == []


async def test_who_has_changes_is_read_on_from_where_it_stopped(store: Store) -> None:
    await added(store, CHANGE)
    last, people = await StoredStates(store.engine).people_after(0)
    await added(store, BOBS)

    assert people == [ALICE]
    assert (await StoredStates(store.engine).people_after(last))[1] == [BOB]
