"""Steps, faults and who mends them: closed lists.

``docs/agencies.md`` has a table of the faults; a test compares them.
"""

from dataclasses import dataclass
from enum import StrEnum

from connectors.conformance.codes import Check, FindingCode, Severity
from policy.text import Text


class Step(StrEnum):
    """One thing that is looked at, in order; those of the kit stand between."""

    SECRET = "SECRET"  # noqa: S105 - a step
    KEYS = "KEYS"
    NAME = "NAME"
    CONNECTION = "CONNECTION"
    TLS = Check.TLS.value
    REACHABILITY = Check.REACHABILITY.value
    ANSWERS = Check.ANSWERS.value
    SIGNATURES = Check.SIGNATURES.value
    SCOPE = Check.SCOPE.value
    MAPPING = Check.MAPPING.value
    HOLDERS = Check.HOLDERS.value
    ABSENCE = Check.ABSENCE.value
    COMPLETENESS = Check.COMPLETENESS.value
    REPLAY = Check.REPLAY.value
    CLOCK = Check.CLOCK.value
    ROTATION = Check.ROTATION.value
    STATUS_LIST = "STATUS_LIST"
    CIRCUIT = "CIRCUIT"


OF_THE_KIT = tuple(Check(step.value) for step in Step if step.value in set(Check))
"""The checks of the conformance kit that are made."""


class Who(StrEnum):
    """Who mends a fault."""

    US = "US"
    """Whoever runs the gateway."""
    AGENCY = "AGENCY"
    NETWORK = "NETWORK"
    """Whoever runs what is between: names, routes, firewalls."""


WHO_WORDS: dict[Who, Text] = {
    Who.US: Text("我方（网关运维）", "us, who run the gateway"),
    Who.AGENCY: Text("对方机构", "the agency"),
    Who.NETWORK: Text("网络运维（域名、路由、防火墙）", "the network's operators"),
}


class Fault(StrEnum):
    """What the kit has no finding for, or says less exactly."""

    SECRET_MISSING = "SECRET_MISSING"  # noqa: S105 - a code
    NO_KEY = "NO_KEY"
    KEY_EXPIRED = "KEY_EXPIRED"
    NAME_UNKNOWN = "NAME_UNKNOWN"
    PORT_CLOSED = "PORT_CLOSED"
    NO_ROUTE = "NO_ROUTE"
    TOKEN_REFUSED = "TOKEN_REFUSED"  # noqa: S105 - a code
    WRONG_PATH = "WRONG_PATH"
    LIST_SILENT = "LIST_SILENT"
    LIST_STALE = "LIST_STALE"
    LIST_REFUSED = "LIST_REFUSED"
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    SUSPENDED = "SUSPENDED"
    NOT_IN_FORCE = "NOT_IN_FORCE"


@dataclass(frozen=True, slots=True)
class Advice:
    """The meaning of a code, who mends it, and what they type."""

    severity: Severity
    who: Who
    meaning: Text
    remedy: Text
    command: str
    """With the names of ``Places`` in braces."""


@dataclass(frozen=True, slots=True)
class Found:
    """One fault of one step."""

    step: Step
    code: Fault | FindingCode
    place: str
    detail: str
    advice: Advice
    command: str
    """What is typed, with everything filled in."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One step: what it found, or why it was not taken."""

    step: Step
    found: tuple[Found, ...] = ()
    note: Text | None = None
    is_taken: bool = True


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was looked at."""

    agency: str
    steps: tuple[Looked, ...]

    @property
    def found(self) -> tuple[Found, ...]:
        """All faults, in the order of the steps."""
        return tuple(one for step in self.steps for one in step.found)

    @property
    def is_well(self) -> bool:
        """Whether nothing keeps the agency from being asked and believed."""
        return not any(one.advice.severity is Severity.FAILURE for one in self.found)
