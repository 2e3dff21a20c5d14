"""Events: what happened, as the store has it, and what follows them.

An event is a row that was committed; its number is its place in the order. Nothing is
sent from memory that the store does not have, so whoever was cut off reads on.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from bureau.caller import Caller
from bureau.ledger.book import Authorities, Recovery, RecoveryEvent
from bureau.ledger.entries import Decision
from bureau.scopes import OVERSEER, may
from connectors.registration.lifecycle import ConnectorState, Step
from connectors.registration.rules import AGENCY
from connectors.registration.sanctions import (
    SanctionKind,
    SanctionState,
    SanctionStep,
)
from policy.certificate import CertificateState


class Kind(StrEnum):
    """A kind of event; each has an order of its own."""

    CERTIFICATE_STATES = "certificate-states"
    CONNECTOR_STATES = "connector-states"
    SANCTIONS = "sanctions"
    DECISIONS = "decisions"
    RECOVERIES = "recoveries"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateStateEvent:
    """An agency sent that a certificate has another state."""

    number: int
    at: datetime
    """When the gateway took it in."""
    certificate: str
    """The sealed id."""
    connector: str
    state: CertificateState
    effective_on: date
    reason: str
    """As the agency wrote it."""

    def is_shown_to(self, caller: Caller) -> bool:
        """Say whether ``caller`` may see it: an agency sees its own only."""
        return not caller.id.startswith(AGENCY) or _is_of(caller, self.connector)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorStateEvent:
    """A step was taken on a connector."""

    number: int
    at: datetime
    connector: str
    owner: str
    """Who drafted the connector."""
    version: int
    step: Step
    before: ConnectorState | None
    after: ConnectorState
    actor: str
    reason: str

    def is_shown_to(self, caller: Caller) -> bool:
        """Say whether ``caller`` may see it, as they may see the connector."""
        return (
            may(caller.scopes, OVERSEER)
            or caller.id == self.owner
            or _is_of(caller, self.connector)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionStepEvent:
    """A step was taken on a sanction."""

    number: int
    at: datetime
    sanction: int
    body: str
    kind: SanctionKind
    step: SanctionStep
    after: SanctionState
    actor: str
    reason: str

    def is_shown_to(self, caller: Caller) -> bool:
        """Say whether ``caller`` may see it: who oversees may."""
        return may(caller.scopes, OVERSEER)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEvent:
    """A decision was recorded."""

    number: int
    at: datetime
    decision: Decision

    def is_shown_to(self, caller: Caller, authorities: Authorities) -> bool:
        """Say whether ``caller``, who sees what ``authorities`` lead, may see it."""
        decision = self.decision
        return _is_theirs(decision.authority, decision.district, caller, authorities)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryChangeEvent:
    """A step of a recovery was taken, opening it included."""

    number: int
    at: datetime
    recovery: Recovery
    """As it was when the event was read, which may be later."""
    event: RecoveryEvent

    def is_shown_to(self, caller: Caller, authorities: Authorities) -> bool:
        """Say whether ``caller``, who sees what ``authorities`` lead, may see it."""
        recovery = self.recovery
        return _is_theirs(recovery.authority, recovery.district, caller, authorities)


LedgerEvent = DecisionEvent | RecoveryChangeEvent
"""What is seen as the ledger is: by authority and district."""
Event = CertificateStateEvent | ConnectorStateEvent | SanctionStepEvent | LedgerEvent
E_co = TypeVar("E_co", bound=Event, covariant=True)


def _is_of(caller: Caller, connector: str) -> bool:
    return caller.id == f"{AGENCY}{connector}"


def _is_theirs(
    authority: str, district: str, caller: Caller, authorities: Authorities
) -> bool:
    districts = caller.districts_seen
    return (authorities is None or authority in authorities) and (
        districts is None or district in districts
    )


class UnknownPlaceError(Exception):
    """There is no event of this number, or none any more."""


class Feed(Protocol[E_co]):
    """The events of one kind, in the order they were committed."""

    async def newest(self) -> int:
        """Return the number of the newest event; 0 if there is none.

        Raises:
            StoreUnavailableError: the store does not say.
        """

    async def follow(self, after: int | None) -> AsyncGenerator[Sequence[E_co], None]:
        """Return what comes after an event, or after now; it never ends by itself.

        0 is before the first.

        Raises:
            UnknownPlaceError: there is no event ``after``.
            StoreUnavailableError: the store does not say; so may every step of what
                is returned.
        """


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds of all kinds of events."""

    certificate_states: Feed[CertificateStateEvent]
    connector_states: Feed[ConnectorStateEvent]
    sanctions: Feed[SanctionStepEvent]
    decisions: Feed[DecisionEvent]
    recoveries: Feed[RecoveryChangeEvent]
