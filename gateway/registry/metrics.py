"""Metrics of agencies: their answers, the registry they are in, their data, their keys.

Labels are ids of agencies and of their keys, outcomes and codes: closed sets all.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from connectors.answer import Answer
from connectors.guard.circuit import CircuitState, Operation
from connectors.guard.hedged import Hedge
from connectors.quality import Dimension, Measure
from connectors.shadow import Difference
from gateway.buckets import SECONDS
from gateway.registry.expiry import KeyEnd
from gateway.tallies import CountedCounter, CountedHistogram
from policy.identity import Identity


class AgenciesMetrics:
    """Implements ``connectors.guard.guard.Observer``, of every agency's guard."""

    def __init__(self, registry: CollectorRegistry) -> None:
        answers = CountedCounter(
            "gateway_source_answers",
            "Answers about one person, by agency and outcome.",
            ("agency", "outcome"),
            registry=registry,
        )
        kept = CountedCounter(
            "gateway_answer_cache",
            "Answers by whether they came from the answer cache (hit) or not (miss).",
            ("agency", "result"),
            registry=registry,
        )
        self._refusals = Counter(
            "gateway_verification_refusals",
            "What came from an agency and was not believed, by reason.",
            ("agency", "code"),
            registry=registry,
        )
        self._calls = CountedHistogram(
            "gateway_agency_call_seconds",
            "How long one call to an agency took.",
            ("agency",),
            buckets=SECONDS,
            registry=registry,
        )
        people = CountedCounter(
            "gateway_agency_people_asked",
            "People an agency was asked about; one call may be about many.",
            ("agency",),
            registry=registry,
        )
        self._circuits = Gauge(
            "gateway_circuit_state",
            "Whether an agency is asked: 0 it is, 1 one trial is, 2 it is not.",
            ("agency", "operation"),
            registry=registry,
        )
        self._hedges = Counter(
            "gateway_agency_hedges",
            "Calls that were made twice, by why, and by whether the second answered.",
            ("agency", "reason", "result"),
            registry=registry,
        )
        shared = CountedCounter(
            "gateway_agency_shared_calls",
            "Calls for several questions, by whether they brought anything.",
            ("agency", "result"),
            registry=registry,
        )
        self._states: dict[tuple[str, Operation], CircuitState] = {}
        self._logger = structlog.get_logger("gateway.agencies")
        self._answers, self._kept = answers.fresh, kept.fresh
        self._people, self._shared = people.fresh, shared.fresh

    def called(self, agency: str, holders: int, seconds: float) -> None:
        """See ``Observer.called``."""
        self._calls.took((agency,), seconds)
        self._people[agency,] += holders

    def received(self, agency: str, answers: Mapping[Identity, Answer]) -> None:
        """See ``Observer.received``; what it says of quality is counted elsewhere."""

    def answered(self, answer: Answer, *, cached: bool) -> None:
        """See ``Observer.answered``."""
        self._answers[answer.agency, answer.outcome] += 1
        self._kept[answer.agency, "hit" if cached else "miss"] += 1
        for refusal in answer.refusals:
            self._refusals.labels(answer.agency, refusal.code).inc()

    def circuit_changed(
        self, agency: str, operation: Operation, state: CircuitState
    ) -> None:
        """See ``Observer.circuit_changed``."""
        self._circuits.labels(agency, operation).set([*CircuitState].index(state))
        if self._states.get((agency, operation), CircuitState.CLOSED) is not state:
            self._logger.warning(
                "circuit changed", agency=agency, operation=operation, state=state
            )
        self._states[agency, operation] = state

    def hedged(self, agency: str, hedge: Hedge) -> None:
        """See ``Observer.hedged``."""
        reason = "late" if hedge.was_late else "unreachable"
        self._hedges.labels(agency, reason, "won" if hedge.has_won else "lost").inc()

    def shared(self, agency: str, *, has_failed: bool) -> None:
        """See ``Observer.shared``."""
        self._shared[agency, "failed" if has_failed else "answered"] += 1


class RegistryMetrics:
    """Implements ``RegistryObserver``, and shows when keys end."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._sequence = Gauge(
            "gateway_registry_changes",
            "How many changes of the registry are in force here.",
            registry=registry,
        )
        self._read_at = Gauge(
            "gateway_registry_read_timestamp_seconds",
            "When the registry was last looked at.",
            registry=registry,
        )
        self._failures = Counter(
            "gateway_registry_failures",
            "Looks at the registry that failed; what was known stays in force.",
            registry=registry,
        )
        self._unusable = Counter(
            "gateway_connectors_unusable",
            "Registered connectors that could not be opened, each time one is not.",
            ("agency",),
            registry=registry,
        )
        self._key_days = Gauge(
            "gateway_key_days_left",
            "Days until a key ends that an agency signs with; a successor ends it.",
            ("agency", "key"),
            registry=registry,
        )
        self._key_warnings = Gauge(
            "gateway_key_warning_days",
            "The warning a key's end is worth: 30, 7, 1, or 0 once it ended.",
            ("agency", "key"),
            registry=registry,
        )
        self._shadows = Counter(
            "gateway_shadow_people",
            "People a connector was asked about beside a live one, by result.",
            ("agency", "result"),
            registry=registry,
        )
        self._shadow_differences = Counter(
            "gateway_shadow_differences",
            "In what a connector beside the live one answered otherwise.",
            ("agency", "kind", "field"),
            registry=registry,
        )
        self._is_failing = False
        self._logger = structlog.get_logger("gateway.registry")

    def registry_read(self, sequence: int, at: datetime) -> None:
        """See ``RegistryObserver.registry_read``."""
        self._sequence.set(sequence)
        self._read_at.set(at.timestamp())
        self._is_failing = False

    def registry_failed(self, reason: str) -> None:
        """See ``RegistryObserver.registry_failed``."""
        self._failures.inc()
        if not self._is_failing:
            self._is_failing = True
            self._logger.error("registry not read", reason=reason)

    def connector_unusable(self, connector: str, reason: str) -> None:
        """See ``RegistryObserver.connector_unusable``."""
        self._unusable.labels(connector).inc()
        self._logger.error("connector unusable", agency=connector, reason=reason)

    def shadow_compared(
        self, agency: str, result: str, people: int, found: Sequence[Difference]
    ) -> None:
        """See ``RegistryObserver.shadow_compared``."""
        self._shadows.labels(agency, result).inc(people)
        for one in found:
            self._shadow_differences.labels(agency, one.kind, one.field).inc()

    def show_keys(self, ends: Iterable[KeyEnd]) -> None:
        """Show when keys end, and of no others."""
        self._key_days.clear()
        self._key_warnings.clear()
        for end in ends:
            self._key_days.labels(end.agency, end.kid).set(end.days_left)
            if end.warning is not None:
                self._key_warnings.labels(end.agency, end.kid).set(end.warning)


class QualityMetrics:
    """Implements ``QualityObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._quality = Counter(
            "gateway_quality",
            "What was counted of an agency's data here.",
            ("agency", "measure"),
            registry=registry,
        )
        uncompared = CountedCounter(
            "gateway_quality_uncompared",
            "Answers that were counted and, of so many, not compared with the past.",
            ("agency",),
            registry=registry,
        )
        self._uncompared = uncompared.fresh
        self._rates = Gauge(
            "gateway_quality_rate",
            "The share of an agency's data in order, of all gateways together.",
            ("agency", "dimension", "days"),
            registry=registry,
        )

    def quality_counted(self, agency: str, sums: Mapping[Measure, int]) -> None:
        """See ``QualityObserver.quality_counted``."""
        for measure, value in sums.items():
            self._quality.labels(agency, measure).inc(value)

    def quality_uncompared(self, agency: str) -> None:
        """See ``QualityObserver.quality_uncompared``."""
        self._uncompared[agency,] += 1

    def quality_rated(
        self, agency: str, dimension: Dimension, days: int, share: float
    ) -> None:
        """See ``QualityObserver.quality_rated``."""
        self._rates.labels(agency, dimension, str(days)).set(share)


class VersionMetrics:
    """Implements ``VersionObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._rollbacks = Counter(
            "gateway_version_rollbacks",
            "Certificates that an agency answered in a version it had replaced.",
            ("agency", "code"),
            registry=registry,
        )
        self._failures = Counter(
            "gateway_versions_failures",
            "Times that versions which were seen could not be kept, or not be read.",
            registry=registry,
        )
        self._is_failing = False
        self._logger = structlog.get_logger("gateway.versions")

    def rolled_back(self, agency: str, code: str) -> None:
        """See ``VersionObserver.rolled_back``."""
        self._rollbacks.labels(agency, code).inc()
        self._logger.warning("an older version was answered", agency=agency, code=code)

    def versions_kept(self) -> None:
        """See ``VersionObserver.versions_kept``."""
        self._is_failing = False

    def versions_failed(self, reason: str) -> None:
        """See ``VersionObserver.versions_failed``."""
        self._failures.inc()
        if not self._is_failing:
            self._is_failing = True
            self._logger.error("versions not kept", reason=reason)
