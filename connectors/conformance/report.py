"""The report of a run of the kit: one result a check, with its findings.

A place says where by address path, header, field or position in the plan
(``plan.holder[1].records[0].state``), never by a person's number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.conformance.codes import Check, FindingCode, Severity
from connectors.conformance.explanations import EXPLANATIONS
from policy.text import Text


class Outcome(StrEnum):
    """The outcome of one check."""

    PASSED = "PASSED"
    WARNED = "WARNED"
    FAILED = "FAILED"
    NOT_TESTED = "NOT_TESTED"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, where, and what to do about it."""

    code: FindingCode
    place: str
    detail: str = ""
    """What was measured, or why it was refused; the same in every language."""

    @property
    def severity(self) -> Severity:
        """Return its effect on joining."""
        return EXPLANATIONS[self.code].severity

    @property
    def meaning(self) -> Text:
        """Return what was found."""
        return EXPLANATIONS[self.code].meaning

    @property
    def remedy(self) -> Text:
        """Return what to do about it."""
        return EXPLANATIONS[self.code].remedy


@dataclass(frozen=True, slots=True)
class Result:
    """One check: what it found, or why it was not made."""

    check: Check
    findings: tuple[Finding, ...] = ()
    note: Text | None = None
    """Why it was not tested; otherwise what it could not see, or what it measured."""
    is_tested: bool = True

    @property
    def outcome(self) -> Outcome:
        """The worst of its findings."""
        severities = {finding.severity for finding in self.findings}
        if Severity.FAILURE in severities:
            return Outcome.FAILED
        if Severity.WARNING in severities:
            return Outcome.WARNED
        return Outcome.PASSED if self.is_tested else Outcome.NOT_TESTED


def not_tested(check: Check, why: Text) -> Result:
    """Return a check that was not made, with the reason."""
    return Result(check, (), why, is_tested=False)


@dataclass(frozen=True, slots=True)
class Latency:
    """The times that answers about one person took, in seconds."""

    requests: int
    p50: float
    p95: float
    p99: float
    longest: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a run found."""

    agency: str
    checked_at: datetime
    results: tuple[Result, ...]
    latency: Latency | None

    @property
    def findings(self) -> Sequence[Finding]:
        """All findings, in the order of the checks."""
        return [finding for result in self.results for finding in result.findings]

    @property
    def is_conforming(self) -> bool:
        """Whether nothing was found that keeps answers from being believed."""
        return not any(f.severity is Severity.FAILURE for f in self.findings)
