"""What a question states of a claim reaches the clauses, every fact of it."""

from datetime import date

from policy.evidence import Fund, HeldLevel, Payment
from policy.level import Level
from resolvers.certificates.claim import ClaimInput, HeldInput, PaymentInput


def test_every_fact_of_an_earlier_payment_is_handed_on() -> None:
    stated = ClaimInput(
        payments=[
            PaymentInput(
                item_code="４-02-01-01",
                level=Level.LEVEL_4,
                fund=Fund.EMPLOYMENT,
                paid_on=date(2025, 3, 1),
                amount_yuan=1600,
            )
        ],
        held=[HeldInput(item_code=" 4-02-01-01", level=Level.LEVEL_3)],
    )

    facts = stated.facts()

    (payment,) = facts.payments or ()
    assert payment == Payment(
        item_code="4-02-01-01", level=Level.LEVEL_4, category=None
    )
    assert (payment.fund, payment.paid_on, payment.amount_yuan) == (
        *(Fund.EMPLOYMENT, date(2025, 3, 1), 1600),
    )
    assert facts.held == (HeldLevel(item_code="4-02-01-01", level=Level.LEVEL_3),)


def test_what_is_left_out_is_not_known_and_an_empty_list_is() -> None:
    nothing, none = ClaimInput().facts(), ClaimInput(payments=[], held=[]).facts()

    assert (nothing.payments, nothing.held) == (None, None)
    assert (none.payments, none.held) == ((), ())
