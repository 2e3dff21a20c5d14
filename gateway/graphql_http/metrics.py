"""Metrics of HTTP requests."""

from prometheus_client import CollectorRegistry

from gateway.buckets import SECONDS
from gateway.tallies import CountedHistogram


class RequestsMetrics:
    """Counts and times requests."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = CountedHistogram(
            "gateway_request_seconds",
            "How long one HTTP request took, by path and status.",
            ("path", "status"),
            buckets=SECONDS,
            registry=registry,
        )

    def requested(self, path: str, status: int, seconds: float) -> None:
        """One HTTP request was answered."""
        self._requests.took((path, str(status)), seconds)
