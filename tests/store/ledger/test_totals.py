"""Sums come to the same however they are told apart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from sqlalchemy import insert

from bureau.ledger.book import Proof
from bureau.ledger.entries import DecisionOutcome
from bureau.ledger.sums import Measures, Place, TotalsAsked, TotalsBy, TotalsRow
from policy.calendar import SHANGHAI
from policy.certificate import CertificateState
from policy.recovery import RecoveryStep
from store.collection.tables import collected_records
from store.ledger.ledger import StoredLedger
from store.store import Store
from tests.store.ledger.test_ledger import (
    ALICE,
    all_of,
    change,
    decision,
    free,
    step,
)

EVERY_WAY = [
    by for size in range(len(TotalsBy) + 1) for by in combinations(TotalsBy, size)
]
ELSEWHERE = "elsewhere"


def asked(
    *by: TotalsBy, month: int = 11, authorities: frozenset[str] | None = None
) -> TotalsAsked:
    """Return what a month's sums by ``by`` are asked with."""
    return TotalsAsked(
        first=date(2026, month, 1),
        last=date(2026, month, 30),
        by=frozenset(by),
        authorities=authorities,
        authority_of=lambda _connector, _item: "transport",
    )


@pytest.fixture(name="ledger")
async def _ledger(store: Store) -> StoredLedger:
    """Two payments, a refusal, a revocation and what was paid back of it."""
    ledger = StoredLedger(store)
    await ledger.record(decision(1), [ALICE], free)
    other = decision(2, district="310101", item=None, level=None, authority=ELSEWHERE)
    await ledger.record(other, [ALICE], free)
    refused = decision(3, outcome=DecisionOutcome.REFUSED, amount_yuan=None)
    await ledger.record(refused, [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)
    (recovery,) = await all_of(ledger)
    await ledger.take(step(recovery, RecoveryStep.REPAY, 700), None)
    return ledger


async def test_a_measure_is_the_same_however_it_is_told_apart(
    ledger: StoredLedger,
) -> None:
    (whole,) = await ledger.totals(asked())
    expected = asdict(whole.measures)
    assert (expected["paid"], expected["refused"], expected["revocations"]) == (2, 1, 1)
    assert (expected["recoveries_opened"], expected["recovered_yuan"]) == (1, 700)

    for by in EVERY_WAY:
        found: Counter[str] = Counter()
        for row in await ledger.totals(asked(*by)):
            found.update(asdict(row.measures))
        assert found == Counter(expected), by


async def test_an_authority_is_told_its_own_alone(ledger: StoredLedger) -> None:
    rows = await ledger.totals(asked(*TotalsBy, authorities=frozenset({ELSEWHERE})))

    assert [(row.place.authority, row.measures.paid) for row in rows] == [
        (ELSEWHERE, 1)
    ]


async def test_a_month_of_nothing_is_a_row_of_nothing_and_no_place(
    ledger: StoredLedger,
) -> None:
    (row,) = await ledger.totals(asked(month=9))

    assert set(asdict(row.measures).values()) == {0}
    assert await ledger.totals(asked(*TotalsBy, month=9)) == []


def sent_record(number: int, at: datetime, **changes: object) -> dict[str, object]:
    """Return the row of a record that was collected."""
    return {
        "connector": "transport",
        "sequence": number,
        "digest": f"{number}" * 64,
        "certificate": f"sealed-{number}",
        "person": ALICE,
        "document": f"{number}",
        "envelope": "e.y.J",
        "key_id": "transport-1",
        "signed_at": at,
        "collected_at": at,
        "is_current": True,
        "item": "4-02-01-01",
        "level": "LEVEL_4",
        **changes,
    }


async def test_what_was_sent_is_of_its_registry_and_of_a_month_as_shanghai_counts(
    store: Store,
) -> None:
    first = datetime(2026, 10, 31, 16, tzinfo=UTC)
    end = datetime(2026, 11, 30, 16, tzinfo=UTC)
    second = timedelta(seconds=1)
    records = [
        sent_record(1, first),
        sent_record(2, first, certificate="sealed-1", is_current=False, item="9.1"),
        sent_record(3, end - second, item=None, level=None),
        sent_record(4, end, connector="fire-rescue"),
        sent_record(5, first - second),
    ]
    async with store.engine.begin() as connection:
        await connection.execute(insert(collected_records), records)
    await change(store, 1, CertificateState.REVOKED, "sealed-1")
    await change(store, 2, CertificateState.SUSPENDED, "sealed-8")
    ledger = StoredLedger(store)

    rows = await ledger.totals(asked(*TotalsBy))
    of_december = await ledger.totals(asked(TotalsBy.MONTH, month=12))

    def counted(rows: Sequence[TotalsRow]) -> list[tuple[Place, tuple[int, ...]]]:
        return [
            (row.place, (m.certificates_collected, m.state_changes, m.revocations))
            for row in rows
            for m in (row.measures,)
        ]

    place = Place(month="2026-11", authority="transport")
    # What is not known comes last.
    assert counted(rows) == [
        (replace(place, item="4-02-01-01", level="LEVEL_4"), (1, 1, 1)),
        (place, (1, 1, 0)),
    ]
    assert counted(of_december) == [(Place(month="2026-12"), (1, 0, 0))]
    # A district has decisions of its own, and no registries.
    theirs = replace(asked(*TotalsBy), districts=frozenset({"310115"}))
    assert await ledger.totals(theirs) == []


async def test_what_a_district_decided_and_what_came_of_it_stands_in_its_row(
    ledger: StoredLedger,
) -> None:
    approved = decision(4, outcome=DecisionOutcome.APPROVED)
    await ledger.record(approved, [ALICE], free)

    rows = await ledger.totals(asked(TotalsBy.DISTRICT))
    own = replace(asked(TotalsBy.DISTRICT), districts=frozenset({"310101"}))

    found = {row.place.district: row.measures for row in rows}
    assert found == {
        "310101": Measures(paid=1, paid_yuan=2000),
        "310115": Measures(
            approved=1,
            refused=1,
            paid=1,
            paid_yuan=2000,
            recoveries_opened=1,
            recoveries_opened_yuan=2000,
            recovered_yuan=700,
        ),
        None: Measures(state_changes=1, revocations=1),
    }
    assert [(row.place.district, row.measures) for row in await ledger.totals(own)] == [
        ("310101", found["310101"])
    ]


@pytest.mark.parametrize(
    ("second", "month"), [(timedelta(seconds=-1), 11), (timedelta(0), 12)]
)
async def test_a_recoverys_month_ends_at_midnight_in_shanghai(
    store: Store, second: timedelta, month: int
) -> None:
    at = datetime(2026, 12, 1, tzinfo=SHANGHAI) + second
    ledger = StoredLedger(store)
    await ledger.record(decision(1), [ALICE], free)
    proof = Proof(certificate="sealed-1", reason="r", evidence="e", actor="b", at=at)
    (recovery,) = await ledger.prove_false(proof)
    repaid = replace(step(recovery, RecoveryStep.REPAY, 700), at=at)
    await ledger.take(repaid, None)

    found = {}
    for one in (11, 12):
        (row,) = await ledger.totals(asked(month=one))
        sums = row.measures
        found[one] = (sums.recoveries_opened_yuan, sums.recovered_yuan)

    assert found == {11: (0, 0), 12: (0, 0)} | {month: (2000, 700)}
