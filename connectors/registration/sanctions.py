"""Sanctions of the notice, part 3(1): an account frozen, a right to collect cancelled.

They fall on an authority or on a collection body, and so on every connector of it,
those of files too. People impose and lift them; a machine only proposes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policy.evidence import AccountState


class SanctionKind(StrEnum):
    """A kind of sanction on a body."""

    FREEZE = "FREEZE"
    CANCEL_COLLECTION = "CANCEL_COLLECTION"


STATES = {
    SanctionKind.FREEZE: AccountState.FROZEN,
    SanctionKind.CANCEL_COLLECTION: AccountState.COLLECTION_CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanction:
    """One sanction; in force until it is lifted."""

    id: int | None = None
    """Given when it is kept."""
    body: str
    kind: SanctionKind
    reason: str
    imposed_by: str
    imposed_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lift_reason: str | None = None


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


def account_of(bodies: Iterable[str], sanctions: Iterable[Sanction]) -> AccountState:
    """Return the account state of who acts for ``bodies``: the hardest in force."""
    concerned = frozenset(bodies)
    kinds = {
        sanction.kind
        for sanction in sanctions
        if sanction.body in concerned and sanction.lifted_at is None
    }
    for kind in (SanctionKind.FREEZE, SanctionKind.CANCEL_COLLECTION):
        if kind in kinds:
            return STATES[kind]
    return AccountState.ACTIVE
