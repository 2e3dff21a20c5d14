"""What the ledger has against a step is its code, with what it is about by now."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bureau.ledger.book import (
    ChangedMeanwhileError,
    ProvedBeforeError,
    UnknownRecoveryError,
)
from bureau.ledger.corrections import CorrectionError, CorrectionRefusal
from bureau.ledger.payments import (
    ClaimPayment,
    PaymentChangedError,
    PaymentEvent,
    Unfit,
    UnfitPaymentError,
    UnknownPaymentError,
)
from bureau.ledger.proofs import NotProvedError, SamePersonError, UnknownClaimError
from policy.payment_states import (
    PaymentState,
    PaymentStep,
    PaymentStepError,
    StepRefusal,
)
from policy.recovery import Objection, RecoveryError
from tests.resolvers.ledger.test_recoveries_shown import KEPT
from tests.resolvers.test_store_away import Away, answer, question

PAID = ClaimPayment(
    claim="c-1",
    version=3,
    certificate="sealed-1",
    district="310104",
    amount_yuan=1600,
    history=[
        PaymentEvent(
            decision=3,
            step=PaymentStep.PAY,
            after=PaymentState.PAID,
            booked_on=date(2026, 5, 1),
            amount_yuan=1600,
            officer="浦0017",
            reason="凭证 2026-88",
            actor="clerk",
            at=datetime(2026, 5, 1, tzinfo=UTC),
        )
    ],
)


def shown(name: str, selected: str, **kept: object) -> Any:
    """Return what a step is answered with by a ledger that keeps this."""
    found = answer(question("mutation", name, selected), ledger=Away(**kept))
    assert found.errors is None
    return (found.data or {})[name]


@pytest.mark.parametrize(
    ("name", "method", "error", "code"),
    [
        ("proveRecordFalse", "prove_false", ProvedBeforeError(), "PROVED_BEFORE"),
        ("withdrawFalseRecord", "withdraw_proof", NotProvedError(), "NOT_PROVED"),
        ("withdrawFalseRecord", "withdraw_proof", SamePersonError(), "SAME_PERSON"),
        ("proveClaimFalse", "prove_claim_false", UnknownClaimError(), "UNKNOWN_CLAIM"),
        ("proveClaimFalse", "prove_claim_false", ProvedBeforeError(), "PROVED_BEFORE"),
        ("takeRecoveryStep", "take", UnknownRecoveryError(), "UNKNOWN_RECOVERY"),
    ],
)
def test_of_a_proof_and_of_what_is_unknown(
    name: str, method: str, error: Exception, code: str
) -> None:
    found = shown(
        name, "... on RecoveryRefused { code recovery { id } }", **{method: error}
    )

    assert found == {"code": code, "recovery": None}


def of_recoveries() -> Iterator[Any]:
    yield pytest.param(ChangedMeanwhileError(), "CHANGED_MEANWHILE", id="changed")
    for one in Objection:
        yield pytest.param(RecoveryError(one), one.value, id=one.value)


@pytest.mark.parametrize(("error", "code"), list(of_recoveries()))
@pytest.mark.parametrize("now", [KEPT, None])
def test_of_a_step_of_a_recovery(error: Exception, code: str, now: Any) -> None:
    found = shown(
        "takeRecoveryStep",
        "... on RecoveryRefused { code recovery { id version } }",
        take=error,
        recovery=now,
    )

    there = None if now is None else {"id": "7", "version": 2}
    assert found == {"code": code, "recovery": there}


def of_payments() -> Iterator[Any]:
    yield pytest.param(PaymentChangedError(), "CHANGED_MEANWHILE", id="changed")
    for refusal in StepRefusal:
        yield pytest.param(PaymentStepError(refusal), refusal.value, id=refusal.value)
    for reason in Unfit:
        yield pytest.param(UnfitPaymentError(reason), reason.value, id=reason.value)


@pytest.mark.parametrize(("error", "code"), list(of_payments()))
@pytest.mark.parametrize("now", [PAID, None])
def test_of_a_step_of_a_payment(error: Exception, code: str, now: Any) -> None:
    found = shown(
        "takePaymentStep",
        "... on PaymentRefused { code payment { version history { reason } } }",
        take_payment_step=error,
        payment=now,
    )

    there = {"version": 3, "history": [{"reason": "凭证 2026-88"}]}
    assert found == {"code": code, "payment": None if now is None else there}


def test_of_a_payment_that_is_unknown() -> None:
    found = shown(
        "takePaymentStep",
        "... on PaymentRefused { code payment { version } }",
        take_payment_step=UnknownPaymentError(),
    )

    assert found == {"code": "UNKNOWN_PAYMENT", "payment": None}


@pytest.mark.parametrize("refusal", CorrectionRefusal)
def test_of_a_correction(refusal: CorrectionRefusal) -> None:
    error, selected = CorrectionError(refusal), "... on CorrectionRefused { code }"

    proposed = shown("proposeCorrection", selected, propose_correction=error)
    answered = shown("answerCorrection", selected, correction=error)

    assert proposed == answered == {"code": refusal.value}
