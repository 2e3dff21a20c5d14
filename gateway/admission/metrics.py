"""Metrics of what waits to begin, and of what is refused instead."""

from collections.abc import Callable
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge


class Reason(StrEnum):
    """A reason to shed a request."""

    BUSY = "busy"
    """It would wait too long."""
    LATE = "late"
    """It did, longer than was foreseen."""


class AdmissionMetrics:
    """Counts requests that wait, and those that are shed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waiting = Gauge(
            "gateway_requests_waiting",
            "Requests that wait to begin.",
            registry=registry,
        )
        shed = Counter(
            "gateway_requests_shed",
            "Requests refused with 503 since they would wait too long, by reason.",
            ("reason",),
            registry=registry,
        )
        # Told as 0 before the first.
        self._shed = {reason: shed.labels(reason) for reason in Reason}

    def watch(self, waiting: Callable[[], int]) -> None:
        """Tell how many wait whenever that is asked."""
        self._waiting.set_function(waiting)

    def shed(self, reason: Reason) -> None:
        """One request was shed."""
        self._shed[reason].inc()
