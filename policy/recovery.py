"""State when money is claimed back, and how far: notice, parts 3.2 and 3.3.

A recovery is opened for each payment that relied on a certificate which was revoked
(撤销) or proved false. Other changes of state open none: a certificate that was
suspended, cancelled, has lapsed or was withdrawn (吊销) as a penalty was lawfully come
by on the day it was paid for. ``docs/decisions/recovery.md`` has the reasons.

Pure: the state, the step and the sums come in, the next state goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from policy.states import FROM_THE_BEGINNING

OPENING_STATES = FROM_THE_BEGINNING
"""What says that a certificate should never have been given opens a recovery."""


class RecoveryCause(StrEnum):
    """A reason to claim a payment back."""

    REVOKED = "REVOKED"
    FALSE_RECORD = "FALSE_RECORD"
    FALSE_CLAIM = "FALSE_CLAIM"


class FalsePart(StrEnum):
    """A part of a claim that was false."""

    CATEGORY = "CATEGORY"
    HUKOU = "HUKOU"
    IDENTITY = "IDENTITY"


class RecoverySource(StrEnum):
    """Something that says that a payment is to be claimed back."""

    CHANGE = "CHANGE"
    COLLECTED_RECORD = "COLLECTED_RECORD"
    STATUS_LIST = "STATUS_LIST"
    LIVE_ANSWER = "LIVE_ANSWER"
    PROOF = "PROOF"


class RecoveryState(StrEnum):
    """The state of a recovery."""

    OPEN = "OPEN"
    NOTIFIED = "NOTIFIED"
    PARTLY_RECOVERED = "PARTLY_RECOVERED"
    RECOVERED = "RECOVERED"
    REFERRED = "REFERRED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


class RecoveryStep(StrEnum):
    """Something that was done about a recovery."""

    OPEN = "OPEN"
    NOTIFY = "NOTIFY"
    REPAY = "REPAY"
    REFER = "REFER"
    CLOSE = "CLOSE"
    # By the gateway: the revocation was lifted, or came again.
    WITHDRAW = "WITHDRAW"
    REOPEN = "REOPEN"
    # Likewise: the payment came back or was reversed, and the right one put beside it.
    REVERSE = "REVERSE"
    CORRECT = "CORRECT"


class Objection(StrEnum):
    """A reason why a step cannot be taken."""

    WRONG_STATE = "WRONG_STATE"
    BAD_AMOUNT = "BAD_AMOUNT"
    MORE_THAN_OWED = "MORE_THAN_OWED"


class RecoveryError(Exception):
    """The step cannot be taken."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(objection)
        self.objection = objection


S = RecoveryState
OWED = frozenset({S.OPEN, S.NOTIFIED, S.PARTLY_RECOVERED, S.REFERRED})
"""In these it is claimed back still."""
ORIGINS: Mapping[RecoveryStep, frozenset[RecoveryState]] = MappingProxyType(
    {
        RecoveryStep.OPEN: frozenset(),
        RecoveryStep.NOTIFY: frozenset({S.OPEN}),
        # Whoever pays back before being notified is not refused.
        RecoveryStep.REPAY: OWED,
        RecoveryStep.REFER: OWED - {S.REFERRED},
        RecoveryStep.CLOSE: OWED,
        # Also of what was paid back: it is then owed to the holder.
        RecoveryStep.WITHDRAW: OWED | {S.RECOVERED},
        RecoveryStep.REOPEN: frozenset({S.WITHDRAWN}),
        # The sum follows the payment, however far it is.
        RecoveryStep.REVERSE: frozenset(S),
        RecoveryStep.CORRECT: frozenset(S),
    }
)
"""From which states each step may be taken."""
_TO: Mapping[RecoveryStep, RecoveryState] = MappingProxyType(
    {
        RecoveryStep.NOTIFY: S.NOTIFIED,
        RecoveryStep.REFER: S.REFERRED,
        RecoveryStep.CLOSE: S.CLOSED,
        RecoveryStep.WITHDRAW: S.WITHDRAWN,
        RecoveryStep.REVERSE: S.WITHDRAWN,
    }
)
_FOLLOWS = frozenset({RecoveryStep.REVERSE, RecoveryStep.CORRECT})
_STAYS = frozenset({S.CLOSED, S.WITHDRAWN})
"""What is not claimed back is not because its sum changes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A recovery's progress: its state, and its sums in yuan.

    More may have been recovered than is owed: what was paid back stays, and what is
    owed follows the payment.
    """

    state: RecoveryState
    owed_yuan: int
    recovered_yuan: int = 0


def after(
    progress: Progress,
    step: RecoveryStep,
    paid_yuan: int | None,
    owed_yuan: int | None = None,
) -> Progress:
    """Return how far a recovery is after ``step``.

    ``owed_yuan`` is what is owed from then on, where that changes. What is corrected
    goes on as it was before its payment was reversed.

    Raises:
        RecoveryError: the step is not to be taken from here, or the sum cannot be.
    """
    if progress.state not in ORIGINS[step]:
        raise RecoveryError(Objection.WRONG_STATE)
    recovered = progress.recovered_yuan
    owed = progress.owed_yuan if owed_yuan is None else owed_yuan
    if step is RecoveryStep.REPAY:
        if paid_yuan is None or paid_yuan <= 0:
            raise RecoveryError(Objection.BAD_AMOUNT)
        recovered += paid_yuan
        if recovered > progress.owed_yuan:
            raise RecoveryError(Objection.MORE_THAN_OWED)
    elif paid_yuan is not None:
        raise RecoveryError(Objection.BAD_AMOUNT)
    state = _TO.get(step)
    if step in _FOLLOWS and progress.state in _STAYS:
        state = progress.state
    return Progress(state or _by_sums(progress.state, recovered, owed), owed, recovered)


def _by_sums(before: RecoveryState, recovered: int, owed: int) -> RecoveryState:
    if recovered >= owed:
        return S.RECOVERED
    # What the police have stays with them while money comes in.
    if before is S.REFERRED:
        return S.REFERRED
    if recovered:
        return S.PARTLY_RECOVERED
    return S.NOTIFIED if before is S.NOTIFIED else S.OPEN
