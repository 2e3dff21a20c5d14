"""Say how a payment goes on: approved, published (公示), paid, returned (退票).

A payment is of a claim, and each step leads from one state to another. Money moves at
three of them: it is paid, it comes back, and a wrong payment is reversed, which a right
one may follow (``correction``). Pure: the state and the days come in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType


class PaymentState(StrEnum):
    """The state of a payment."""

    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    PAID = "PAID"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"
    REVERSED = "REVERSED"


class PaymentStep(StrEnum):
    """Something that was done about a payment."""

    APPROVE = "APPROVE"
    PUBLISH = "PUBLISH"
    PAY = "PAY"
    RETURN = "RETURN"
    CANCEL = "CANCEL"
    # By two people: a wrong payment is taken back, and the right one put beside it.
    REVERSE = "REVERSE"
    CORRECT = "CORRECT"


class StepRefusal(StrEnum):
    """A reason why a step cannot be taken."""

    WRONG_STATE = "WRONG_STATE"
    BAD_DAY = "BAD_DAY"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    PUBLICATION_RUNNING = "PUBLICATION_RUNNING"


class PaymentStepError(Exception):
    """The step cannot be taken."""

    def __init__(self, refusal: StepRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


S = PaymentState
UNDER_WAY = frozenset({S.APPROVED, S.PUBLISHED, S.PAID, S.RETURNED})
"""What is paid or going to be: it bars another payment (17-once)."""
ORIGINS: Mapping[PaymentStep, frozenset[PaymentState]] = MappingProxyType(
    {
        # A claim whose payment came to nothing may be decided anew.
        PaymentStep.APPROVE: frozenset({S.CANCELLED, S.REVERSED}),
        PaymentStep.PUBLISH: frozenset({S.APPROVED}),
        # From APPROVED only while nothing has to be published.
        PaymentStep.PAY: frozenset({S.APPROVED, S.PUBLISHED, S.RETURNED}),
        PaymentStep.RETURN: frozenset({S.PAID}),
        PaymentStep.CANCEL: frozenset({S.APPROVED, S.PUBLISHED, S.RETURNED}),
        PaymentStep.REVERSE: frozenset({S.PAID}),
        PaymentStep.CORRECT: frozenset({S.REVERSED}),
    }
)
"""From which states each step may be taken; APPROVE and PAY from none, too."""
TO: Mapping[PaymentStep, PaymentState] = MappingProxyType(
    {
        PaymentStep.APPROVE: S.APPROVED,
        PaymentStep.PUBLISH: S.PUBLISHED,
        PaymentStep.PAY: S.PAID,
        PaymentStep.RETURN: S.RETURNED,
        PaymentStep.CANCEL: S.CANCELLED,
        PaymentStep.REVERSE: S.REVERSED,
        PaymentStep.CORRECT: S.PAID,
    }
)
SIGN: Mapping[PaymentStep, int] = MappingProxyType(
    {
        **dict.fromkeys(PaymentStep, 0),
        PaymentStep.PAY: 1,
        PaymentStep.RETURN: -1,
        PaymentStep.REVERSE: -1,
        PaymentStep.CORRECT: 1,
    }
)
"""Whether a step pays, takes back, or neither."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The state that a payment is in, and since which day."""

    state: PaymentState
    since: date


def require_step(
    reached: Reached, step: PaymentStep, day: date, publication_days: int
) -> None:
    """Refuse a step that cannot be taken from here on ``day``.

    ``publication_days`` is how long what was approved has to be published before it
    is paid; with 0 it need not be.

    Raises:
        PaymentStepError: see there.
    """
    if reached.state not in ORIGINS[step]:
        raise PaymentStepError(StepRefusal.WRONG_STATE)
    if day < reached.since:
        raise PaymentStepError(StepRefusal.BAD_DAY)
    if step is not PaymentStep.PAY:
        return
    if reached.state is PaymentState.APPROVED and publication_days:
        raise PaymentStepError(StepRefusal.NOT_PUBLISHED)
    over = reached.since + timedelta(days=publication_days)
    if reached.state is PaymentState.PUBLISHED and day < over:
        raise PaymentStepError(StepRefusal.PUBLICATION_RUNNING)
