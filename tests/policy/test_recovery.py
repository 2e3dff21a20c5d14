"""A recovery goes on by the steps it has, and never beyond what is owed."""

import pytest

from policy.certificate import CertificateState
from policy.recovery import (
    OPENING_STATES,
    Objection,
    Progress,
    RecoveryError,
    RecoveryState,
    RecoveryStep,
    after,
)

S, STEP = RecoveryState, RecoveryStep


def test_a_revocation_alone_says_that_a_certificate_was_never_rightly_had() -> None:
    assert list(OPENING_STATES) == [CertificateState.REVOKED]


@pytest.mark.parametrize(
    ("before", "step", "paid", "state", "recovered"),
    [
        (Progress(S.OPEN, 2000), STEP.NOTIFY, None, "NOTIFIED", 0),
        (Progress(S.OPEN, 2000), STEP.REPAY, 1, "PARTLY_RECOVERED", 1),
        (Progress(S.NOTIFIED, 2000), STEP.REPAY, 2000, "RECOVERED", 2000),
        (Progress(S.PARTLY_RECOVERED, 2000, 500), STEP.REPAY, 1500, "RECOVERED", 2000),
        (Progress(S.REFERRED, 2000), STEP.REPAY, 500, "REFERRED", 500),
        (Progress(S.REFERRED, 2000, 500), STEP.REPAY, 1500, "RECOVERED", 2000),
        (Progress(S.PARTLY_RECOVERED, 2000, 500), STEP.REFER, None, "REFERRED", 500),
        (Progress(S.NOTIFIED, 2000, 0), STEP.CLOSE, None, "CLOSED", 0),
        (Progress(S.RECOVERED, 2000, 2000), STEP.WITHDRAW, None, "WITHDRAWN", 2000),
        (Progress(S.WITHDRAWN, 2000, 0), STEP.REOPEN, None, "OPEN", 0),
        (Progress(S.WITHDRAWN, 2000, 9), STEP.REOPEN, None, "PARTLY_RECOVERED", 9),
    ],
)
def test_a_step_leads_on(
    before: Progress, step: RecoveryStep, paid: int | None, state: str, recovered: int
) -> None:
    assert after(before, step, paid) == Progress(S(state), 2000, recovered)


@pytest.mark.parametrize(
    ("before", "owed", "state"),
    [
        (Progress(S.OPEN, 2000), 1600, "OPEN"),
        (Progress(S.NOTIFIED, 2000), 1600, "NOTIFIED"),
        (Progress(S.PARTLY_RECOVERED, 2000, 600), 1600, "PARTLY_RECOVERED"),
        (Progress(S.PARTLY_RECOVERED, 2000, 600), 600, "RECOVERED"),
        (Progress(S.PARTLY_RECOVERED, 2000, 600), 500, "RECOVERED"),
        (Progress(S.RECOVERED, 1600, 1600), 2000, "PARTLY_RECOVERED"),
        (Progress(S.REFERRED, 2000, 600), 1600, "REFERRED"),
        (Progress(S.REFERRED, 2000, 600), 600, "RECOVERED"),
        (Progress(S.CLOSED, 2000, 600), 500, "CLOSED"),
        (Progress(S.WITHDRAWN, 2000), 1600, "WITHDRAWN"),
    ],
)
def test_what_is_owed_follows_the_corrected_payment(
    before: Progress, owed: int, state: str
) -> None:
    recovered = before.recovered_yuan

    reversed_ = after(before, STEP.REVERSE, None, 0)
    corrected = after(before, STEP.CORRECT, None, owed)

    is_closed = before.state is S.CLOSED
    assert reversed_ == Progress(S.CLOSED if is_closed else S.WITHDRAWN, 0, recovered)
    assert corrected == Progress(S(state), owed, recovered)


def test_what_is_opened_again_is_what_was_paid_again() -> None:
    reversed_ = Progress(S.WITHDRAWN, 0)

    assert after(reversed_, STEP.REOPEN, None, 1600) == Progress(S.OPEN, 1600)


@pytest.mark.parametrize(
    ("before", "step", "paid", "objection"),
    [
        (Progress(S.NOTIFIED, 2000), STEP.NOTIFY, None, "WRONG_STATE"),
        (Progress(S.RECOVERED, 2000, 2000), STEP.REPAY, 1, "WRONG_STATE"),
        (Progress(S.CLOSED, 2000), STEP.REPAY, 1, "WRONG_STATE"),
        (Progress(S.CLOSED, 2000), STEP.WITHDRAW, None, "WRONG_STATE"),
        (Progress(S.WITHDRAWN, 2000), STEP.REPAY, 1, "WRONG_STATE"),
        (Progress(S.OPEN, 2000), STEP.REOPEN, None, "WRONG_STATE"),
        (Progress(S.OPEN, 2000), STEP.OPEN, None, "WRONG_STATE"),
        (Progress(S.OPEN, 2000), STEP.REPAY, 2001, "MORE_THAN_OWED"),
        (Progress(S.REFERRED, 2000, 1999), STEP.REPAY, 2, "MORE_THAN_OWED"),
        (Progress(S.OPEN, 2000), STEP.REPAY, 0, "BAD_AMOUNT"),
        (Progress(S.OPEN, 2000), STEP.REPAY, -5, "BAD_AMOUNT"),
        (Progress(S.OPEN, 2000), STEP.REPAY, None, "BAD_AMOUNT"),
        (Progress(S.OPEN, 2000), STEP.NOTIFY, 5, "BAD_AMOUNT"),
    ],
)
def test_a_step_that_cannot_be_is_refused(
    before: Progress, step: RecoveryStep, paid: int | None, objection: str
) -> None:
    with pytest.raises(RecoveryError) as refused:
        after(before, step, paid)

    assert refused.value.objection is Objection(objection)
