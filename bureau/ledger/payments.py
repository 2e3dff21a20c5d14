"""A claim's payment, as it goes from state to state, and the steps that it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bureau.ledger.entries import MAX_OFFICER, MAX_RULING, is_text
from policy.payment_states import PaymentState, PaymentStep


@dataclass(frozen=True, slots=True)
class PayingRules:
    """What is known of paying beside the ledger."""

    publication_days: Callable[[date], int]
    """Returns how long what is paid on a day has to have been published."""
    is_frozen: Callable[[str], bool] = lambda _: False
    """Says whether a connector's agency is frozen, or collects no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """One step of a payment."""

    decision: int
    """The decision it rests on."""
    step: PaymentStep
    after: PaymentState
    booked_on: date
    """The day it counts for in totals."""
    amount_yuan: int
    """What was paid by it; less than nothing if that was taken back."""
    officer: str | None
    reason: str | None
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPayment:
    """The payment of a claim."""

    claim: str
    version: int
    """Counts its steps."""
    certificate: str
    district: str
    amount_yuan: int | None
    history: Sequence[PaymentEvent]
    """Its steps, oldest first; there is one at least."""

    @property
    def state(self) -> PaymentState:
        """Return the state it is in."""
        return self.history[-1].after


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStepStated:
    """A step, by whom and why, on the version that was seen."""

    claim: str
    version: int
    step: PaymentStep
    day: date
    officer: str
    reason: str
    actor: str
    at: datetime


class UnknownPaymentError(Exception):
    """Nothing is to be paid on the claim."""


class PaymentChangedError(Exception):
    """Somebody else took a step on the payment first."""


class Unfit(StrEnum):
    """A reason why what was approved is paid no more."""

    NOT_IN_FORCE = "NOT_IN_FORCE"
    PROVED_FALSE = "PROVED_FALSE"
    CLAIM_FALSE = "CLAIM_FALSE"
    RECOVERY_OPEN = "RECOVERY_OPEN"
    AGENCY_FROZEN = "AGENCY_FROZEN"


class UnfitPaymentError(Exception):
    """What is known by now stands against paying what was approved."""

    def __init__(self, reason: Unfit) -> None:
        super().__init__(reason)
        self.reason = reason


def is_said(officer: str, reason: str) -> bool:
    """Say whether a step says who takes it and why."""
    return is_text(officer, MAX_OFFICER) and is_text(reason, MAX_RULING)
