"""Metrics of changes of state; they say how many and when, of nobody."""

from collections.abc import Iterable

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from connectors.agency import Agency


class StatusMetrics:
    """Implements ``StatusObserver``."""

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
        self._lists = Gauge(
            "gateway_status_list_until_timestamp_seconds",
            "Until when an agency's status list in hand is good; 0 if there is none.",
            ("agency",),
            registry=registry,
        )
        self._is_failing = False
        self._logger = structlog.get_logger("gateway.states")

    def changes_read(self, last: int) -> None:
        """See ``StatusObserver.changes_read``."""
        self._last.set(last)
        self._is_failing = False

    def show_lists(self, agencies: Iterable[Agency]) -> None:
        """Show the status lists of ``agencies``, and of no others."""
        self._lists.clear()
        for agency in agencies:
            if agency.listed is not None:
                until = agency.listed.until
                seconds = 0.0 if until is None else until.timestamp()
                self._lists.labels(agency.id).set(seconds)

    def changes_failed(self, reason: str) -> None:
        """See ``StatusObserver.changes_failed``."""
        self._failures.inc()
        if not self._is_failing:
            self._is_failing = True
            self._logger.error("changes of state not read", reason=reason)
