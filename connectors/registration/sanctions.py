"""Sanctions of the notice, part 3(1): from a warning to a right that is cancelled.

They fall on an authority or on a collection body, and so on every connector of it,
those of files too. A freeze and a cancellation take two people: one proposes, another
confirms. One alone may freeze urgently, which ends by itself if nobody confirms it in
time. People impose and lift; a machine only proposes, and ends what was not confirmed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from policy.calendar import SHANGHAI
from policy.evidence import AccountState

CONFIRMED_WITHIN = timedelta(days=1)
"""How long an urgent freeze holds by one person alone."""
LONGEST_RECTIFICATION = timedelta(days=365)
GATEWAY = "gateway"
"""Who takes the steps that the clock takes."""


class SanctionKind(StrEnum):
    """A kind of sanction on a body."""

    WARNING = "WARNING"
    RECTIFICATION = "RECTIFICATION"
    FREEZE = "FREEZE"
    CANCEL_COLLECTION = "CANCEL_COLLECTION"


class SanctionState(StrEnum):
    """The state of a sanction."""

    PROPOSED = "PROPOSED"
    UNCONFIRMED = "UNCONFIRMED"
    IN_FORCE = "IN_FORCE"
    OVERDUE = "OVERDUE"
    LIFTED = "LIFTED"
    REJECTED = "REJECTED"
    LAPSED = "LAPSED"


class SanctionStep(StrEnum):
    """Something that was done to a sanction."""

    IMPOSE = "IMPOSE"
    PROPOSE = "PROPOSE"
    CONFIRM = "CONFIRM"
    REJECT = "REJECT"
    LIFT = "LIFT"
    FALL_DUE = "FALL_DUE"
    LAPSE = "LAPSE"


K, S = SanctionKind, SanctionState
BY_TWO = frozenset({K.FREEZE, K.CANCEL_COLLECTION})
"""What takes two people, and is on a body once."""
ACCOUNTS: Mapping[SanctionKind, AccountState] = MappingProxyType(
    {
        K.FREEZE: AccountState.FROZEN,
        K.CANCEL_COLLECTION: AccountState.COLLECTION_CANCELLED,
    }
)
ORIGINS: Mapping[SanctionStep, frozenset[SanctionState]] = MappingProxyType(
    {
        SanctionStep.CONFIRM: frozenset({S.PROPOSED, S.UNCONFIRMED}),
        SanctionStep.REJECT: frozenset({S.PROPOSED}),
        SanctionStep.LIFT: frozenset({S.UNCONFIRMED, S.IN_FORCE, S.OVERDUE}),
        SanctionStep.FALL_DUE: frozenset({S.IN_FORCE}),
        SanctionStep.LAPSE: frozenset({S.UNCONFIRMED}),
    }
)
"""From which states a step leads; the two that are left out begin a sanction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanction:
    """One sanction, from its proposal to its end."""

    id: int | None = None
    """Given when it is kept."""
    body: str
    kind: SanctionKind
    state: SanctionState
    reason: str
    imposed_by: str
    """Who imposed or proposed it."""
    imposed_at: datetime
    last_day: date | None = None
    """Of a rectification: by when things are to be put right, Shanghai's."""
    confirm_before: datetime | None = None
    """Of an urgent freeze: when it ends unless it was confirmed before."""
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    follows: int | None = None
    """The rectification that was not done in time."""
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    """When it ended, by whatever step."""
    lift_reason: str | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Say whether an account is treated by it."""
        if self.state is SanctionState.UNCONFIRMED:
            return not self.is_late(now)
        return self.state is SanctionState.IN_FORCE

    def is_late(self, now: datetime) -> bool:
        """Say whether it was to be confirmed by now, and was not."""
        return (
            self.state is SanctionState.UNCONFIRMED
            and self.confirm_before is not None
            and now >= self.confirm_before
        )

    def is_overdue(self, now: datetime) -> bool:
        """Say whether its last day is over and nobody has looked into that."""
        return (
            self.state is SanctionState.IN_FORCE
            and self.last_day is not None
            and now.astimezone(SHANGHAI).date() > self.last_day
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionEvent:
    """One step, as it is recorded: who, when and why."""

    step: SanctionStep
    at: datetime
    actor: str
    reason: str
    after: SanctionState


class ProposalCause(StrEnum):
    """A count that passed a threshold."""

    SIGNATURE_FAILURES = "SIGNATURE_FAILURES"
    ALTERED_RECORDS = "ALTERED_RECORDS"
    BACK_DATED_RECORDS = "BACK_DATED_RECORDS"


class ProposalState(StrEnum):
    """The state of a proposal."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DISMISSED = "DISMISSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionProposal:
    """A machine's proposal to freeze; nothing happens before somebody decides."""

    id: int | None = None
    connector: str
    body: str
    cause: ProposalCause
    found: int
    threshold: int
    proposed_at: datetime
    state: ProposalState = ProposalState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


def account_of(
    bodies: Iterable[str], sanctions: Iterable[Sanction], now: datetime
) -> AccountState:
    """Return the account state of who acts for ``bodies``: the hardest in force."""
    concerned = frozenset(bodies)
    kinds = {
        sanction.kind
        for sanction in sanctions
        if sanction.body in concerned and sanction.is_in_force(now)
    }
    for kind, account in ACCOUNTS.items():
        if kind in kinds:
            return account
    return AccountState.ACTIVE


def is_due(sanction: Sanction, now: datetime) -> bool:
    """Say whether the clock has a step to take on it."""
    return sanction.is_late(now) or sanction.is_overdue(now)
