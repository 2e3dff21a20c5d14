"""Metrics of changes of state; they say how many and when, of nobody."""

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge


class StatesMetrics:
    """Implements ``StatesObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._last = Gauge(
            "gateway_states_last_change",
            "The last change of state that this process knows of, by its number.",
            registry=registry,
        )
        self._failures = Counter(
            "gateway_states_failures",
            "Readings of changes of state that failed.",
            registry=registry,
        )
        self._is_failing = False
        self._logger = structlog.get_logger("gateway.states")

    def changes_read(self, last: int) -> None:
        """See ``StatesObserver.changes_read``."""
        self._last.set(last)
        self._is_failing = False

    def changes_failed(self, reason: str) -> None:
        """See ``StatesObserver.changes_failed``."""
        self._failures.inc()
        if not self._is_failing:
            self._is_failing = True
            self._logger.error("changes of state not read", reason=reason)
