"""Metrics of who follows events; labels are closed sets."""

from collections.abc import Callable

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge


class SubscriptionsMetrics:
    """Connections, subscriptions, events sent, and the reasons of endings."""

    def __init__(
        self, registry: CollectorRegistry, unauthenticated: Callable[[str], None]
    ) -> None:
        self.unauthenticated = unauthenticated
        """Counts a caller who is refused, or is nobody any more, by the reason."""
        self.connections = Gauge(
            "gateway_event_connections",
            "Connections that are open for events, by transport.",
            ("transport",),
            registry=registry,
        )
        self.subscriptions = Gauge(
            "gateway_subscriptions",
            "Subscriptions under way, by transport.",
            ("transport",),
            registry=registry,
        )
        self.sent = Counter(
            "gateway_events_sent",
            "Events that were sent, by transport.",
            ("transport",),
            registry=registry,
        )
        self.ended = Counter(
            "gateway_event_connections_ended",
            "Connections that the gateway ended itself, by reason.",
            ("transport", "reason"),
            registry=registry,
        )
        self._failures = Counter(
            "gateway_events_failures",
            "Readings of events that failed; followers wait meanwhile.",
            registry=registry,
        )
        self._logger = structlog.get_logger("gateway.events")

    def events_failed(self, reason: str) -> None:
        """Events could not be read."""
        self._failures.inc()
        self._logger.error("events not read", reason=reason)
