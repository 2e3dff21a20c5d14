"""The clauses know of a recorded payment when, of what sum and by which fund it was."""

from datetime import date

from policy.evidence import Fund
from store.ledger.ledger import StoredLedger
from store.store import Store
from tests.store.ledger.test_ledger import ALICE, decision, free


async def test_day_sum_and_fund_of_a_payment_are_those_of_its_decision(
    store: Store,
) -> None:
    ledger = StoredLedger(store)
    recorded = await ledger.record(decision(fund=Fund.SKILLS), [ALICE], free)

    ((payment,),) = await ledger.payments_of([[ALICE]])

    assert (payment.paid_on, payment.amount_yuan, payment.fund) == (
        *(recorded.decided_on, recorded.amount_yuan, Fund.SKILLS),
    )
    assert isinstance(payment.paid_on, date)
