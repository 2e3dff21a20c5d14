"""Metrics of HTTP requests."""

from functools import cache

from prometheus_client import CollectorRegistry, Histogram

from gateway.buckets import SECONDS


class RequestsMetrics:
    """Counts and times requests."""

    def __init__(self, registry: CollectorRegistry) -> None:
        requests = Histogram(
            "gateway_request_seconds",
            "How long one HTTP request took, by path and status.",
            ("path", "status"),
            buckets=SECONDS,
            registry=registry,
        )
        # Labels are of closed sets, so what belongs to them may be looked up once.
        self._request_of = cache(requests.labels)

    def requested(self, path: str, status: int, seconds: float) -> None:
        """One HTTP request was answered."""
        self._request_of(path, str(status)).observe(seconds)
