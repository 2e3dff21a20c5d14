"""Metrics of callers."""

from prometheus_client import CollectorRegistry, Counter


class CallersMetrics:
    """Counts requests whose caller is not known."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._unauthenticated = Counter(
            "gateway_authentication_refusals",
            "Requests whose caller is not known, by reason.",
            ("reason",),
            registry=registry,
        )

    def unauthenticated(self, reason: str) -> None:
        """One request named no caller we know; ``reason`` is of a closed set."""
        self._unauthenticated.labels(reason).inc()
