"""A registered connector as it is kept: one value, and what was done to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.conformance.report import Report
from connectors.registration.keys import RegisteredKey
from connectors.registration.lifecycle import ConnectorState, Step
from connectors.registration.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSummary:
    """A run of the conformance kit as it is kept: codes and places, no person."""

    checked_at: datetime
    is_conforming: bool
    findings: tuple[str, ...]
    """Each as ``SEVERITY CODE at PLACE (DETAIL)``."""


def summary_of(report: Report) -> CheckSummary:
    """Return what is kept of ``report``."""
    return CheckSummary(
        checked_at=report.checked_at,
        is_conforming=report.is_conforming,
        findings=tuple(
            f"{found.severity} {found.code} at {found.place}"
            + (f" ({found.detail})" if found.detail else "")
            for found in report.findings
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One connector. Each step makes a new version of it."""

    id: str
    version: int
    state: ConnectorState
    authority: str
    institution: str
    """The collection body, which signs."""
    submission: Submission
    owner: str
    """The caller who drafted it."""
    submitted_by: str | None = None
    approved_by: str | None = None
    check: CheckSummary | None = None
    changed_at: datetime
    keys: tuple[RegisteredKey, ...] = ()

    @property
    def items(self) -> frozenset[str]:
        """The annex rows it claims."""
        return frozenset(self.submission.items)

    def key(self, kid: str) -> RegisteredKey | None:
        """Return one of its keys."""
        return next((key for key in self.keys if key.kid == kid), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step, as it is recorded: who, when and why."""

    connector: str
    version: int
    step: Step
    at: datetime
    actor: str
    reason: str
    before: ConnectorState | None
    """``None`` of the first draft."""
    after: ConnectorState
    detail: Mapping[str, str] = field(default_factory=dict)
