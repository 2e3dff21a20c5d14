"""Prometheus metrics, which have no personal data.

Labels are agency ids, outcomes and refusal codes: closed sets all, so that nobody
outside can grow them. ``docs/operating.md`` lists the metrics and a test compares.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bureau.caller import Purpose
from bureau.look_ups.oversight import Alert
from connectors.answer import Answer
from connectors.quality import Dimension, Measure
from connectors.shadow import Difference
from gateway.collection.refusal import Problem
from gateway.collection.results import LineResult
from gateway.registry.expiry import KeyEnd
from gateway.status.metrics import StatesMetrics
from gateway.subscriptions.metrics import SubscriptionsMetrics
from policy.identity import Identity

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)


class Metrics:
    """The gateway's metrics; also the observer of every agency's guard."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.states = StatesMetrics(self.registry)
        self.subscriptions = SubscriptionsMetrics(self.registry)
        self._answers = Counter(
            "gateway_source_answers",
            "Answers about one person, by agency and outcome.",
            ("agency", "outcome"),
            registry=self.registry,
        )
        self._cache = Counter(
            "gateway_answer_cache",
            "Answers by whether they came from the answer cache (hit) or not (miss).",
            ("agency", "result"),
            registry=self.registry,
        )
        self._refusals = Counter(
            "gateway_verification_refusals",
            "What came from an agency and was not believed, by reason.",
            ("agency", "code"),
            registry=self.registry,
        )
        self._calls = Histogram(
            "gateway_agency_call_seconds",
            "How long one call to an agency took.",
            ("agency",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._people = Counter(
            "gateway_agency_people_asked",
            "People an agency was asked about; one call may be about many.",
            ("agency",),
            registry=self.registry,
        )
        self._requests = Histogram(
            "gateway_request_seconds",
            "How long one HTTP request took, by path and status.",
            ("path", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )

        self._unauthenticated = Counter(
            "gateway_authentication_refusals",
            "Requests whose caller is not known, by reason.",
            ("reason",),
            registry=self.registry,
        )
        self._look_ups = Counter(
            "gateway_look_ups",
            "People looked up and answered about, by purpose.",
            ("purpose",),
            registry=self.registry,
        )
        self._look_ups_refused = Counter(
            "gateway_look_ups_refused",
            "Look-ups of people that were refused, by error code.",
            ("code",),
            registry=self.registry,
        )
        self._alerts = Counter(
            "gateway_privacy_alerts",
            "Callers whose look-ups are worth a look, by what was seen.",
            ("alert",),
            registry=self.registry,
        )
        self._audit_records = Counter(
            "gateway_audit_records",
            "Audit records that were written, or failed and are tried again.",
            ("result",),
            registry=self.registry,
        )
        self._audit_commits = Histogram(
            "gateway_audit_commit_seconds",
            "How long one commit of the audit log took; one commit, many records.",
            ("result",),
            buckets=(0.0005, 0.001, *_SECONDS),
            registry=self.registry,
        )
        self._registry_sequence = Gauge(
            "gateway_registry_changes",
            "How many changes of the registry are in force here.",
            registry=self.registry,
        )
        self._registry_read_at = Gauge(
            "gateway_registry_read_timestamp_seconds",
            "When the registry was last looked at.",
            registry=self.registry,
        )
        self._registry_failures = Counter(
            "gateway_registry_failures",
            "Looks at the registry that failed; what was known stays in force.",
            registry=self.registry,
        )
        self._unusable = Counter(
            "gateway_connectors_unusable",
            "Registered connectors that could not be opened, each time one is not.",
            ("agency",),
            registry=self.registry,
        )
        self._key_days = Gauge(
            "gateway_key_days_left",
            "Days until a key ends that an agency signs with; a successor ends it.",
            ("agency", "key"),
            registry=self.registry,
        )
        self._key_warnings = Gauge(
            "gateway_key_warning_days",
            "The warning a key's end is worth: 30, 7, 1, or 0 once it ended.",
            ("agency", "key"),
            registry=self.registry,
        )
        self._quality = Counter(
            "gateway_quality",
            "What was counted of an agency's data here.",
            ("agency", "measure"),
            registry=self.registry,
        )
        self._quality_uncompared = Counter(
            "gateway_quality_uncompared",
            "Answers that were counted and, of so many, not compared with the past.",
            ("agency",),
            registry=self.registry,
        )
        self._quality_rates = Gauge(
            "gateway_quality_rate",
            "The share of an agency's data in order, of all gateways together.",
            ("agency", "dimension", "days"),
            registry=self.registry,
        )
        self._shadows = Counter(
            "gateway_shadow_people",
            "People a connector was asked about beside a live one, by result.",
            ("agency", "result"),
            registry=self.registry,
        )
        self._shadow_differences = Counter(
            "gateway_shadow_differences",
            "In what a connector beside the live one answered otherwise.",
            ("agency", "kind", "field"),
            registry=self.registry,
        )
        self._collected = Counter(
            "gateway_collected_lines",
            "Lines that agencies sent, by stream and what became of them.",
            ("agency", "stream", "outcome"),
            registry=self.registry,
        )
        self._collected_codes = Counter(
            "gateway_collected_codes",
            "Why lines were refused, and what was noticed about those that were not.",
            ("agency", "stream", "code"),
            registry=self.registry,
        )
        self._missing = Gauge(
            "gateway_collection_missing",
            "Sequence numbers that never came, as of the last transfer here.",
            ("agency", "stream"),
            registry=self.registry,
        )
        self._transfers_refused = Counter(
            "gateway_transfers_refused",
            "Transfers that were refused as a whole, by reason.",
            ("problem",),
            registry=self.registry,
        )
        self._logger = structlog.get_logger("gateway.privacy")
        self._registry_logger = structlog.get_logger("gateway.registry")
        self._registry_is_failing = False
        # Labels are of closed sets, so what belongs to them may be looked up once.
        self._answer_of = cache(self._answers.labels)
        self._cache_of = cache(self._cache.labels)
        self._call_of = cache(self._calls.labels)
        self._people_of = cache(self._people.labels)
        self._look_up_of = cache(self._look_ups.labels)
        self._request_of = cache(self._requests.labels)

    def called(self, agency: str, holders: int, seconds: float) -> None:
        """See ``Observer.called``."""
        self._call_of(agency).observe(seconds)
        self._people_of(agency).inc(holders)

    def received(self, agency: str, answers: Mapping[Identity, Answer]) -> None:
        """See ``Observer.landed``; what it says of quality is counted elsewhere."""

    def answered(self, answer: Answer, *, cached: bool) -> None:
        """See ``Observer.answered``."""
        self._answer_of(answer.agency, answer.outcome).inc()
        self._cache_of(answer.agency, "hit" if cached else "miss").inc()
        for refusal in answer.refusals:
            self._refusals.labels(answer.agency, refusal.code).inc()

    def shadow_compared(
        self, agency: str, result: str, people: int, found: Sequence[Difference]
    ) -> None:
        """See ``RegistryObserver.shadow_compared``."""
        self._shadows.labels(agency, result).inc(people)
        for one in found:
            self._shadow_differences.labels(agency, one.kind, one.field).inc()

    def unauthenticated(self, reason: str) -> None:
        """One request named no caller we know; ``reason`` is of a closed set."""
        self._unauthenticated.labels(reason).inc()

    def looked_up(self, purpose: Purpose) -> None:
        """See ``LookUpObserver.looked_up``."""
        self._look_up_of(purpose).inc()

    def look_up_refused(self, code: str) -> None:
        """See ``LookUpObserver.look_up_refused``."""
        self._look_ups_refused.labels(code).inc()

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

    def registry_read(self, sequence: int, at: datetime) -> None:
        """See ``RegistryObserver.registry_read``."""
        self._registry_sequence.set(sequence)
        self._registry_read_at.set(at.timestamp())
        self._registry_is_failing = False

    def registry_failed(self, reason: str) -> None:
        """See ``RegistryObserver.registry_failed``."""
        self._registry_failures.inc()
        if not self._registry_is_failing:
            self._registry_is_failing = True
            self._registry_logger.error("registry not read", reason=reason)

    def connector_unusable(self, connector: str, reason: str) -> None:
        """See ``RegistryObserver.connector_unusable``."""
        self._unusable.labels(connector).inc()
        self._registry_logger.error(
            "connector unusable", agency=connector, reason=reason
        )

    def quality_counted(self, agency: str, sums: Mapping[Measure, int]) -> None:
        """See ``QualityObserver.quality_counted``."""
        for measure, value in sums.items():
            self._quality.labels(agency, measure).inc(value)

    def quality_uncompared(self, agency: str) -> None:
        """See ``QualityObserver.quality_uncompared``."""
        self._quality_uncompared.labels(agency).inc()

    def quality_rated(
        self, agency: str, dimension: Dimension, days: int, share: float
    ) -> None:
        """See ``QualityObserver.quality_rated``."""
        self._quality_rates.labels(agency, dimension, str(days)).set(share)

    def collected(
        self, connector: str, stream: str, results: Sequence[LineResult]
    ) -> None:
        """See ``intake.Observer.collected``."""
        for outcome, lines in Tally(one.outcome for one in results).items():
            self._collected.labels(connector, stream, outcome).inc(lines)
        codes = Tally(one.code for one in results if one.code is not None)
        for code, lines in codes.items():
            self._collected_codes.labels(connector, stream, code).inc(lines)

    def transfer_refused(self, problem: Problem) -> None:
        """See ``intake.Observer.transfer_refused``."""
        self._transfers_refused.labels(problem).inc()

    def missing(self, connector: str, stream: str, numbers: int) -> None:
        """See ``intake.Observer.missing``."""
        self._missing.labels(connector, stream).set(numbers)

    def keys_end(self, ends: Iterable[KeyEnd]) -> None:
        """Show when keys end, and of no others."""
        self._key_days.clear()
        self._key_warnings.clear()
        for end in ends:
            self._key_days.labels(end.agency, end.kid).set(end.days_left)
            if end.warning is not None:
                self._key_warnings.labels(end.agency, end.kid).set(end.warning)

    def requested(self, path: str, status: int, seconds: float) -> None:
        """One HTTP request was answered."""
        self._request_of(path, str(status)).observe(seconds)
