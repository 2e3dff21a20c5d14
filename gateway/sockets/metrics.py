"""Metrics of connections that the gateway ended; labels are closed sets."""

from prometheus_client import CollectorRegistry, Counter


class SocketsMetrics:
    """How many connections were ended, and why."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ended = Counter(
            "gateway_connections_ended",
            "Connections that were ended since they said nothing, or were too many.",
            ("reason",),
            registry=registry,
        )

    def ended(self, reason: str) -> None:
        """Count one."""
        self._ended.labels(reason).inc()
