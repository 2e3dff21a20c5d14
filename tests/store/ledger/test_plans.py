"""No statement about payments reads a table through that grows with the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from benchmarks.ledgers import COUNTED, Filling
from bureau.ledger.entries import DecisionError, DecisionOutcome
from bureau.ledger.evidence import SealedEvidence
from bureau.ledger.recheck import Looked
from bureau.ledger.reconciliation import Window
from policy.certificate import CertificateState
from store.ledger.ledger import StoredLedger
from store.ledger.rechecks import StoredRechecks
from store.ledger.reconciliation import StoredEntries
from store.ledger.tables import decisions
from store.store import Store
from tests.store.ledger.plans import (
    FALSE_RECORDS,
    Statement,
    plan_of,
    scans,
    statements_heard,
)
from tests.store.ledger.test_documents import PAID
from tests.store.ledger.test_ledger import ALICE, NOON, change, decision, free

DAY = decision().decided_on
ruling = decisions.c.ruling
BYTES = SealedEvidence("e" * 64, "key", b"nonce", b"sealed")
PAYMENTS = 2_000
NEXT = PAYMENTS + 1
CHANGES = f"""{COUNTED} INSERT INTO state_changes (connector, sequence, digest,
  certificate, person, state, effective_on, reason, envelope, key_id, received_at,
  document_place, document_number)
  SELECT 'fire-rescue', i, 'digest-' || i, 'sealed-' || i, 'person-' || i, 'SUSPENDED',
  '{DAY}', '', '', '', '{DAY} 12:00:00+00:00', 'place-' || i, 'number-' || i
  FROM n"""  # noqa: S608 - of what stands here
TABLES = ("decisions", "payment_steps", "documents", "state_changes", "false_records")
OF_A_NEW_CLAIM = 18
"""The statements of a decision on a new claim, with the transaction's beginning."""


@pytest.fixture(name="long", autouse=True)
async def _long(store: Store) -> None:
    """Fill the ledger, and let the database count what there is."""
    async with store.engine.begin() as connection:
        filling = Filling(paid_on=DAY - timedelta(days=400))
        false = f"{COUNTED} {FALSE_RECORDS}"
        for statement in (*filling.statements(), CHANGES, false):
            await connection.execute(text(statement), {"first": 1, "last": PAYMENTS})
        # Of tables without a row PostgreSQL expects that all is read as soon.
        for table in TABLES:
            await connection.execute(text(f"ANALYZE {table}"))


async def require_indexes(store: Store, heard: list[Statement]) -> None:
    """Fail if anything that was heard reads a long table through."""
    async with store.engine.connect() as connection:
        for statement in heard:
            found = await connection.run_sync(scans, statement)
            assert found == [], statement


async def test_what_reads_a_table_through_is_told(store: Store) -> None:
    with statements_heard() as heard:
        async with store.engine.connect() as connection:
            await connection.execute(select(decisions).where(ruling == "as it was"))

    with pytest.raises(AssertionError):
        await require_indexes(store, heard)


async def test_a_decision_is_judged_and_kept_by_indexes_alone(store: Store) -> None:
    ledger = StoredLedger(store)
    first = decision(NEXT, document=PAID)
    await ledger.record(decision(NEXT + 1), [ALICE], free)
    with statements_heard() as heard:
        await ledger.record(
            replace(first, outcome=DecisionOutcome.APPROVED), [ALICE], free, [BYTES]
        )
        with pytest.raises(DecisionError):
            await ledger.record(
                replace(first, request_key="k", district="310101"), [ALICE], free
            )

    await require_indexes(store, heard)


async def test_a_decision_on_a_new_claim_takes_few_statements(store: Store) -> None:
    ledger = StoredLedger(store)
    with statements_heard() as heard:
        await ledger.record(decision(NEXT, document=PAID), [ALICE], free, [BYTES])

    assert len(heard) <= OF_A_NEW_CLAIM, [words for words, _ in heard]


async def test_a_recheck_goes_through_the_ledger_by_indexes_alone(
    store: Store,
) -> None:
    ledger, rechecks = StoredLedger(store), StoredRechecks(store)
    await ledger.record(decision(NEXT, document=PAID), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED, "another id", PAID)
    with statements_heard() as heard:
        recheck = await rechecks.begin(DAY, NOON, anew=False)
        paid = await rechecks.paid(recheck, "transport", 0, 100)
        await rechecks.keep(
            Looked(
                recheck=recheck.id,
                connector="transport",
                before=0,
                after=paid[-1].decision,
                paid=paid,
                documents={f"sealed-{NEXT}": PAID},
                at=NOON,
            )
        )
        await rechecks.unanswered(recheck, "transport", 0, 100)
        await rechecks.progress(recheck)
        await rechecks.end(recheck, NOON)

    await require_indexes(store, heard)
    (next_one, *_) = [one for one in heard if "min(decisions.connector)" in one[0]]
    async with store.engine.connect() as connection:
        plan = await connection.run_sync(plan_of, next_one)
    assert "decisions_by_connector" in plan


async def test_a_list_is_compared_by_indexes_alone(store: Store) -> None:
    await StoredLedger(store).record(decision(NEXT), [ALICE], free)
    entries = StoredEntries(store)
    window = Window(first=DAY, last=DAY, authorities=None, districts=None)
    with statements_heard() as heard:
        extent = await entries.extent()
        await entries.entries([f"c-{NEXT}", "c-2"], window, extent)
        found = [one async for page in entries.within(window, extent) for one in page]

    assert found == [f"c-{NEXT}"]
    await require_indexes(store, heard)
