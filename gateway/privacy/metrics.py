"""Metrics of look-ups and of their audit log; they say how many, and of nobody."""

import structlog
from prometheus_client import CollectorRegistry, Counter

from bureau.caller import Purpose
from bureau.look_ups.oversight import Alert
from gateway.buckets import SECONDS
from gateway.tallies import CountedCounter, CountedHistogram


class PrivacyMetrics:
    """Implements ``PrivacyObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        look_ups = CountedCounter(
            "gateway_look_ups",
            "People looked up and answered about, by purpose.",
            ("purpose",),
            registry=registry,
        )
        self._refused = Counter(
            "gateway_look_ups_refused",
            "Look-ups of people that were refused, by error code.",
            ("code",),
            registry=registry,
        )
        self._alerts = Counter(
            "gateway_privacy_alerts",
            "Callers whose look-ups are worth a look, by what was seen.",
            ("alert",),
            registry=registry,
        )
        audit_records = CountedCounter(
            "gateway_audit_records",
            "Audit records that were written, or failed and are tried again.",
            ("result",),
            registry=registry,
        )
        self._audit_unconfirmed = Counter(
            "gateway_audit_unconfirmed",
            "Look-ups of which a gateway that ended did not say how they ended.",
            registry=registry,
        )
        self._audit_commits = CountedHistogram(
            "gateway_audit_commit_seconds",
            "How long one commit of the audit log took; one commit, many records.",
            ("result",),
            buckets=(0.0005, 0.001, *SECONDS),
            registry=registry,
        )
        self._look_ups, self._audit_records = look_ups.fresh, audit_records.fresh
        self._logger = structlog.get_logger("gateway.privacy")

    def looked_up(self, purpose: Purpose) -> None:
        """See ``LookUpObserver.looked_up``."""
        self._look_ups[purpose,] += 1

    def look_up_refused(self, code: str) -> None:
        """See ``LookUpObserver.look_up_refused``."""
        self._refused.labels(code).inc()

    def alerted(self, alert: Alert, caller: str, people: int) -> None:
        """See ``LookUpObserver.alerted``."""
        self._alerts.labels(alert).inc()
        self._logger.warning("alert", alert=alert, caller=caller, people=people)

    def audit_written(self, records: int, seconds: float) -> None:
        """See ``AuditObserver.audit_written``."""
        self._audit_records["written",] += records
        self._audit_commits.took(("written",), seconds)

    def audit_failed(self, records: int, seconds: float, reason: str) -> None:
        """See ``AuditObserver.audit_failed``."""
        self._audit_records["failed",] += records
        self._audit_commits.took(("failed",), seconds)
        self._logger.error("audit log failed", records=records, reason=reason)

    def audit_unconfirmed(self, records: int) -> None:
        """See ``AuditObserver.audit_unconfirmed``."""
        self._audit_unconfirmed.inc(records)
        self._logger.warning("look-ups are unconfirmed", records=records)
