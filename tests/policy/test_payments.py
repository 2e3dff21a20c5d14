"""What was paid before is what is stated and what the ledger has, together."""

from dataclasses import fields, replace
from datetime import date

import pytest

from policy.evidence import ClaimantCategory, Fund, Payment
from policy.level import Level
from policy.payments import ANY_PAYMENT, Payments, payments_before

DRIVER = Payment(item_code="4-02-01-01", level=Level.LEVEL_4, category=None)
WELDER = Payment(item_code="2.1", level=Level.UNGRADED, category=None)
REPAID = replace(DRIVER, is_recovered=True)
PUPIL = Payment(
    item_code="2.1",
    level=Level.UNGRADED,
    category=ClaimantCategory.VOCATIONAL_FINAL_YEAR,
)


@pytest.mark.parametrize(
    ("stated", "ledger", "known"),
    [
        pytest.param(None, None, None, id="nobody knows"),
        pytest.param(None, (), (), id="the ledger has none"),
        pytest.param(None, (DRIVER,), (DRIVER,), id="the ledger alone"),
        pytest.param((), (DRIVER,), (DRIVER,), id="it cannot be talked away"),
        pytest.param((WELDER,), (), (WELDER,), id="the ledger may lack one"),
        pytest.param((DRIVER,), (DRIVER,), (DRIVER,), id="known to both is one"),
        pytest.param((WELDER,), (PUPIL,), (WELDER, PUPIL), id="two"),
        pytest.param((DRIVER,), (REPAID,), (REPAID,), id="paid back since"),
        pytest.param((), None, (ANY_PAYMENT,), id="there may be one"),
        pytest.param((DRIVER,), None, (DRIVER, ANY_PAYMENT), id="or one more"),
    ],
)
def test_what_is_stated_and_what_was_recorded_count_together(
    stated: Payments | None, ledger: Payments | None, known: Payments | None
) -> None:
    assert payments_before(stated, ledger) == known


FROM_FUND = replace(DRIVER, fund=Fund.SKILLS)
THEN, LATER = (
    replace(DRIVER, paid_on=date(2025, 3, day), amount_yuan=1600) for day in (1, 2)
)


@pytest.mark.parametrize(
    ("stated", "ledger", "known"),
    [
        pytest.param(DRIVER, THEN, [THEN], id="the ledger knows more"),
        pytest.param(THEN, DRIVER, [THEN], id="the asker knows more"),
        pytest.param(
            FROM_FUND, THEN, [replace(THEN, fund=Fund.SKILLS)], id="each knows more"
        ),
        pytest.param(THEN, LATER, [THEN, LATER], id="two of different days"),
    ],
)
def test_what_either_knows_of_one_payment_is_known(
    stated: Payment, ledger: Payment, known: list[Payment]
) -> None:
    found = payments_before((stated,), (ledger,)) or ()

    assert [facts(one) for one in found] == [facts(one) for one in known]


def facts(payment: Payment) -> tuple[object, ...]:
    """Return all that is known, also what payments are not compared by."""
    return tuple(getattr(payment, field.name) for field in fields(Payment))
