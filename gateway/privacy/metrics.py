"""Metrics of look-ups and of their audit log; they say how many, and of nobody."""

from functools import cache

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from bureau.caller import Purpose
from bureau.look_ups.oversight import Alert
from gateway.buckets import SECONDS


class PrivacyMetrics:
    """Implements ``PrivacyObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        look_ups = Counter(
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
        self._audit_records = Counter(
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
        self._audit_commits = Histogram(
            "gateway_audit_commit_seconds",
            "How long one commit of the audit log took; one commit, many records.",
            ("result",),
            buckets=(0.0005, 0.001, *SECONDS),
            registry=registry,
        )
        # Purposes are a closed set, so what belongs to one may be looked up once.
        self._look_up_of = cache(look_ups.labels)
        self._logger = structlog.get_logger("gateway.privacy")

    def looked_up(self, purpose: Purpose) -> None:
        """See ``LookUpObserver.looked_up``."""
        self._look_up_of(purpose).inc()

    def look_up_refused(self, code: str) -> None:
        """See ``LookUpObserver.look_up_refused``."""
        self._refused.labels(code).inc()

    def alerted(self, alert: Alert, caller: str, people: int) -> None:
        """See ``LookUpObserver.alerted``."""
        self._alerts.labels(alert).inc()
        self._logger.warning("alert", alert=alert, caller=caller, people=people)

    def audit_written(self, records: int, seconds: float) -> None:
        """See ``AuditObserver.audit_written``."""
        self._audit_records.labels("written").inc(records)
        self._audit_commits.labels("written").observe(seconds)

    def audit_failed(self, records: int, seconds: float, reason: str) -> None:
        """See ``AuditObserver.audit_failed``."""
        self._audit_records.labels("failed").inc(records)
        self._audit_commits.labels("failed").observe(seconds)
        self._logger.error("audit log failed", records=records, reason=reason)

    def audit_unconfirmed(self, records: int) -> None:
        """See ``AuditObserver.audit_unconfirmed``."""
        self._audit_unconfirmed.inc(records)
        self._logger.warning("look-ups are unconfirmed", records=records)
