"""Decisions are read back as they were recorded, by who may see them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bureau.ledger.entries import DecisionOutcome
from bureau.ledger.reading import DecisionSelection
from policy.payment_states import PaymentState, PaymentStep
from store.ledger.ledger import StoredLedger
from store.ledger.reading import StoredDecisions
from store.store import Store
from tests.store.ledger.test_ledger import ALICE, AUTHORITY, decision, free
from tests.store.ledger.test_payments import DAY, FREELY, stated

ALL = DecisionSelection(authorities=None, districts=None)
BOB = "c" * 64


@pytest.fixture(name="reader")
async def _reader(store: Store) -> StoredDecisions:
    """A reader of three decisions: paid, approved elsewhere, refused to another."""
    ledger = StoredLedger(store)
    await ledger.record(decision(1), [ALICE], free)
    approved = decision(
        2, outcome=DecisionOutcome.APPROVED, district="310104", authority="fire"
    )
    await ledger.record(approved, [ALICE], free)
    refused = decision(
        3,
        outcome=DecisionOutcome.REFUSED,
        amount_yuan=None,
        person=BOB,
        decided_on=DAY - timedelta(days=2),
    )
    await ledger.record(refused, [BOB], free)
    return StoredDecisions(store)


async def claims(reader: StoredDecisions, **changes: object) -> list[str]:
    selection = replace(ALL, **changes)  # type: ignore[arg-type]  # by name
    page = await reader.page(selection, first=10, before=None)
    found = [one.claim for one in page]
    assert await reader.count(selection) == len(found)
    return found


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        pytest.param({}, ["c-3", "c-2", "c-1"], id="all, newest first"),
        pytest.param({"claim": "c-2"}, ["c-2"], id="claim"),
        pytest.param({"claim": "c-9"}, [], id="no claim"),
        pytest.param({"people": [BOB]}, ["c-3"], id="person"),
        pytest.param({"people": ["d" * 64]}, [], id="nobody"),
        pytest.param({"certificate": "sealed-1"}, ["c-1"], id="certificate"),
        pytest.param({"district": "310104"}, ["c-2"], id="district"),
        pytest.param({"decided_from": DAY}, ["c-2", "c-1"], id="from"),
        pytest.param({"decided_to": DAY - timedelta(days=2)}, ["c-3"], id="to"),
        pytest.param({"decided_to": DAY - timedelta(days=3)}, [], id="to before"),
        pytest.param({"outcomes": [DecisionOutcome.PAID]}, ["c-1"], id="outcome"),
        pytest.param({"states": [PaymentState.APPROVED]}, ["c-2"], id="state"),
        pytest.param({"states": [PaymentState.RETURNED]}, [], id="no such state"),
        pytest.param({"authorities": {AUTHORITY}}, ["c-3", "c-1"], id="authority"),
        pytest.param({"authorities": frozenset()}, [], id="no authority"),
        pytest.param({"districts": {"310104"}}, ["c-2"], id="a district's own"),
        pytest.param({"districts": frozenset()}, [], id="no district"),
    ],
)
async def test_each_condition_selects(
    reader: StoredDecisions, stated: Mapping[str, object], found: list[str]
) -> None:
    assert await claims(reader, **stated) == found


async def test_pages_follow_each_other(reader: StoredDecisions) -> None:
    first = await reader.page(ALL, first=2, before=None)
    last = await reader.page(ALL, first=2, before=first[-1].id)

    assert [one.claim for one in (*first, *last)] == ["c-3", "c-2", "c-1"]


async def test_a_page_has_its_payments(reader: StoredDecisions) -> None:
    paid, none = await reader.payments(["c-1", "c-3"])

    assert paid is not None
    assert (paid.state, [one.step for one in paid.history]) == ("PAID", ["PAY"])
    assert none is None


async def test_a_table_says_what_held_when_it_began(
    store: Store, reader: StoredDecisions
) -> None:
    extent = await reader.extent()
    ledger = StoredLedger(store)
    await ledger.record(decision(4, person=BOB, item="9.1"), [BOB], free)
    returned = stated(PaymentStep.RETURN, 1)
    await ledger.take_payment_step(returned, FREELY)

    as_of = await reader.booked(ALL, extent, first=10, after=0)
    now = await reader.booked(ALL, await reader.extent(), first=10, after=0)

    assert [(one.decision.claim, one.state, one.paid_yuan) for one in as_of] == [
        ("c-1", "PAID", 2000),
        ("c-2", "APPROVED", 0),
        ("c-3", None, 0),
    ]
    assert [(one.state, one.paid_yuan) for one in now] == [
        *(("RETURNED", 0), ("APPROVED", 0), (None, 0), ("PAID", 2000)),
    ]


async def test_a_state_is_that_of_when_the_table_began(
    store: Store, reader: StoredDecisions
) -> None:
    extent = await reader.extent()
    returned = stated(PaymentStep.RETURN, 1)
    await StoredLedger(store).take_payment_step(returned, FREELY)
    paid = replace(ALL, states=[PaymentState.PAID])

    as_of = await reader.booked(paid, extent, first=10, after=0)
    now = await reader.booked(paid, await reader.extent(), first=10, after=0)

    assert [one.decision.claim for one in as_of] == ["c-1"]
    assert now == []


async def test_an_empty_ledger_has_nothing(store: Store) -> None:
    reader = StoredDecisions(store)

    assert await reader.page(ALL, first=1, before=None) == []
    assert (await reader.extent()).decision == 0
