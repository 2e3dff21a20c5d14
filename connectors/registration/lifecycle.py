"""The states of a connector, and the steps between them.

draft → submitted → checked → approved → active ⇄ suspended → retired. A step from a
state that does not have it is refused; what is retired stays so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from connectors.registration.refusals import RefusalCode, RegistrationError


class ConnectorState(StrEnum):
    """The state of a connector."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    CHECKED = "CHECKED"
    APPROVED = "APPROVED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    RETIRED = "RETIRED"


class Step(StrEnum):
    """Something that was done to a connector."""

    DRAFT = "DRAFT"
    SUBMIT = "SUBMIT"
    CHECK = "CHECK"
    RETURN = "RETURN"
    APPROVE = "APPROVE"
    ACTIVATE = "ACTIVATE"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    RETIRE = "RETIRE"
    ADD_KEY = "ADD_KEY"
    APPROVE_KEY = "APPROVE_KEY"
    ROTATE_KEY = "ROTATE_KEY"
    RETIRE_KEY = "RETIRE_KEY"
    COMPROMISE_KEY = "COMPROMISE_KEY"


S = ConnectorState
IN_FORCE = frozenset({S.APPROVED, S.ACTIVE, S.SUSPENDED})
"""Approved by two people; such a connector's rows are nobody else's to claim."""
LIVE = frozenset({S.ACTIVE, S.SUSPENDED})
"""Known to every gateway as an agency."""
_NOT_RETIRED = frozenset(S) - {S.RETIRED}


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a step leads, and to which; ``None`` leaves it."""

    origins: frozenset[ConnectorState]
    to: ConnectorState | None = None


TRANSITIONS: Mapping[Step, Transition] = MappingProxyType(
    {
        Step.DRAFT: Transition(frozenset({S.DRAFT}), S.DRAFT),
        Step.SUBMIT: Transition(frozenset({S.DRAFT}), S.SUBMITTED),
        Step.CHECK: Transition(frozenset({S.SUBMITTED}), S.CHECKED),
        Step.RETURN: Transition(frozenset({S.SUBMITTED, S.CHECKED}), S.DRAFT),
        Step.APPROVE: Transition(frozenset({S.CHECKED}), S.APPROVED),
        Step.ACTIVATE: Transition(frozenset({S.APPROVED}), S.ACTIVE),
        Step.SUSPEND: Transition(frozenset({S.ACTIVE}), S.SUSPENDED),
        Step.RESUME: Transition(frozenset({S.SUSPENDED}), S.ACTIVE),
        Step.RETIRE: Transition(_NOT_RETIRED, S.RETIRED),
        # A key that comes while others look at the submission would be approved unseen.
        Step.ADD_KEY: Transition(frozenset({S.DRAFT}) | IN_FORCE),
        Step.APPROVE_KEY: Transition(IN_FORCE),
        Step.ROTATE_KEY: Transition(IN_FORCE),
        Step.RETIRE_KEY: Transition(_NOT_RETIRED),
        # Also of what is retired: old evidence rests on its keys.
        Step.COMPROMISE_KEY: Transition(frozenset(S)),
    }
)


def state_after(state: ConnectorState, step: Step) -> ConnectorState:
    """Return the state that ``step`` leads to.

    Raises:
        RegistrationError: ``WRONG_STATE``.
    """
    transition = TRANSITIONS[step]
    if state not in transition.origins:
        allowed = ", ".join(s for s in ConnectorState if s in transition.origins)
        raise RegistrationError(
            RefusalCode.WRONG_STATE, f"{step}: {state}, not {allowed}"
        )
    return transition.to or state
