"""A payment takes each step from the states it may be taken from, and no other."""

from datetime import date

import pytest

from policy.parameters import load_parameters
from policy.payment_states import (
    ORIGINS,
    SIGN,
    TO,
    PaymentState,
    PaymentStep,
    PaymentStepError,
    Reached,
    StepRefusal,
    require_step,
)

S, P = PaymentState, PaymentStep
SINCE = date(2026, 11, 20)
ALLOWED = {
    (S.APPROVED, P.PUBLISH),
    (S.APPROVED, P.PAY),
    (S.APPROVED, P.CANCEL),
    (S.PUBLISHED, P.PAY),
    (S.PUBLISHED, P.CANCEL),
    (S.PAID, P.RETURN),
    (S.PAID, P.REVERSE),
    (S.RETURNED, P.PAY),
    (S.RETURNED, P.CANCEL),
    (S.CANCELLED, P.APPROVE),
    (S.REVERSED, P.APPROVE),
    (S.REVERSED, P.CORRECT),
}


def refusal(
    state: PaymentState, step: PaymentStep, day: date = SINCE, days: int = 0
) -> StepRefusal | None:
    try:
        require_step(Reached(state, SINCE), step, day, days)
    except PaymentStepError as error:
        return error.refusal
    return None


@pytest.mark.parametrize("state", PaymentState)
@pytest.mark.parametrize("step", PaymentStep)
def test_each_step_is_taken_from_its_states_alone(
    state: PaymentState, step: PaymentStep
) -> None:
    expected = None if (state, step) in ALLOWED else StepRefusal.WRONG_STATE

    assert refusal(state, step) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), StepRefusal.PUBLICATION_RUNNING),
        (date(2026, 11, 26), StepRefusal.PUBLICATION_RUNNING),
        (date(2026, 11, 27), None),
    ],
)
def test_what_is_published_is_paid_once_its_days_are_over(
    day: date, expected: StepRefusal | None
) -> None:
    assert refusal(S.PUBLISHED, P.PAY, day, 7) is expected


def test_what_has_to_be_published_is_not_paid_before() -> None:
    assert refusal(S.APPROVED, P.PAY, days=5) is StepRefusal.NOT_PUBLISHED
    assert refusal(S.RETURNED, P.PAY, days=5) is None


def test_a_step_is_not_before_the_last_one() -> None:
    assert refusal(S.PAID, P.RETURN, date(2026, 11, 19)) is StepRefusal.BAD_DAY


def test_every_step_has_an_end_and_a_sign() -> None:
    assert set(TO) == set(SIGN) == set(ORIGINS) == set(PaymentStep)


def test_nothing_has_to_be_published_by_default() -> None:
    assert {figures.publication_days for figures in load_parameters().figures} == {0}
