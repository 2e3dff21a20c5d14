"""Sums come to the same however they are told apart."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from itertools import combinations

import pytest

from bureau.ledger.entries import DecisionOutcome
from bureau.ledger.sums import TotalsAsked, TotalsBy
from policy.certificate import CertificateState
from policy.recovery import RecoveryStep
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
