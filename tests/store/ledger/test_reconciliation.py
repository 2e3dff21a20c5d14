"""Claims are as the ledger had them at one moment, to who may see them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bureau.ledger.entries import DecisionOutcome
from bureau.ledger.reading import Extent
from bureau.ledger.reconciliation import ClaimState, Window
from policy.payment_states import PaymentStep
from store.ledger import reconciliation
from store.ledger.ledger import StoredLedger
from store.ledger.reconciliation import StoredEntries
from store.store import Store
from tests.store.ledger.test_ledger import ALICE, AUTHORITY, decision, free
from tests.store.ledger.test_payments import DAY, FREELY, stated

EARLIER = DAY - timedelta(days=2)
BOB = "c" * 64
WINDOW = Window(first=DAY, last=DAY, authorities=None, districts=None)
REFUSED = {"outcome": DecisionOutcome.REFUSED, "amount_yuan": None, "person": BOB}
Found = dict[str, tuple[str, object]]


@pytest.fixture(name="entries")
async def _entries(store: Store, monkeypatch: pytest.MonkeyPatch) -> StoredEntries:
    """What is paid, approved elsewhere, refused, and refused after it was cancelled."""
    # So that it is read in several stretches.
    monkeypatch.setattr(reconciliation, "STRETCH", 1)
    ledger = StoredLedger(store)
    await ledger.record(decision(1), [ALICE], free)
    approved = decision(
        2, outcome=DecisionOutcome.APPROVED, district="310104", authority="fire"
    )
    await ledger.record(approved, [ALICE], free)
    await ledger.record(decision(3, **REFUSED, decided_on=EARLIER), [BOB], free)
    await ledger.record(decision(4, person=BOB, decided_on=EARLIER), [BOB], free)
    await ledger.take_payment_step(stated(PaymentStep.RETURN, 1, claim="c-4"), FREELY)
    await ledger.take_payment_step(stated(PaymentStep.CANCEL, 2, claim="c-4"), FREELY)
    again = decision(5, **REFUSED, claim="c-4", certificate="sealed-4")
    await ledger.record(again, [BOB], free)
    return StoredEntries(store)


async def listed(
    entries: StoredEntries, extent: Extent | None = None, **changes: object
) -> Found:
    window = replace(WINDOW, **changes)  # type: ignore[arg-type]  # by name
    claims = ["c-1", "c-2", "c-3", "c-4", "c-9"]
    found = await entries.entries(claims, window, extent or await entries.extent())
    return {claim: (one.state, one.day) for claim, one in sorted(found.items())}


async def within(
    entries: StoredEntries, extent: Extent | None = None, **changes: object
) -> list[str]:
    window = replace(WINDOW, **changes)  # type: ignore[arg-type]  # by name
    at = extent or await entries.extent()
    return [one async for page in entries.within(window, at) for one in page]


async def test_a_claim_is_as_its_newest_decision_and_step_say(
    entries: StoredEntries,
) -> None:
    assert await listed(entries) == {
        "c-1": ("PAID", DAY),
        "c-2": ("APPROVED", DAY),
        "c-3": ("REFUSED", EARLIER),
        "c-4": ("REFUSED", DAY),
    }


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param({}, ["c-1", "c-2", "c-4"], id="the day"),
        pytest.param({"first": EARLIER}, ["c-1", "c-2", "c-3", "c-4"], id="days"),
        pytest.param({"last": EARLIER, "first": EARLIER}, ["c-3"], id="another day"),
        pytest.param({"stated": {"310104"}}, ["c-2"], id="a stated district"),
        pytest.param({"districts": {"310104"}}, ["c-2"], id="a district's own"),
        pytest.param({"districts": frozenset()}, [], id="no district"),
        pytest.param({"authorities": {AUTHORITY}}, ["c-1", "c-4"], id="authority"),
        pytest.param({"states": [ClaimState.PAID]}, ["c-1"], id="paid"),
        pytest.param({"states": [ClaimState.REFUSED]}, ["c-4"], id="refused"),
        pytest.param({"states": [ClaimState.CANCELLED]}, [], id="not any more"),
    ],
)
async def test_a_window_has_what_came_into_its_state_in_it(
    entries: StoredEntries, changes: Mapping[str, object], found: list[str]
) -> None:
    assert sorted(await within(entries, None, **changes)) == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"districts": {"310104"}}, ["c-2"]),
        ({"districts": frozenset()}, []),
        ({"authorities": {AUTHORITY}}, ["c-1", "c-3", "c-4"]),
        # What a list should have selects nothing of what it has.
        ({"stated": {"310104"}, "last": EARLIER}, ["c-1", "c-2", "c-3", "c-4"]),
    ],
)
async def test_what_is_not_theirs_is_not_there(
    entries: StoredEntries, changes: Mapping[str, object], found: list[str]
) -> None:
    assert list(await listed(entries, None, **changes)) == found


async def test_what_happens_meanwhile_is_not_compared(
    store: Store, entries: StoredEntries
) -> None:
    extent = await entries.extent()
    before = await listed(entries), await within(entries)
    ledger = StoredLedger(store)
    returned = stated(PaymentStep.RETURN, 1, day=DAY + timedelta(days=1))
    await ledger.take_payment_step(returned, FREELY)
    await ledger.record(decision(9, person=BOB), [BOB], free)
    await ledger.record(
        decision(10, **REFUSED, claim="c-3", certificate="sealed-3"), [BOB], free
    )

    assert (await listed(entries, extent), await within(entries, extent)) == before
    assert (await listed(entries))["c-1"] == ("RETURNED", DAY + timedelta(days=1))
    assert {"c-3", "c-9"} <= set(await within(entries))
