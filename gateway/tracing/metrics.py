"""Metrics of traces."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge


class TracesMetrics:
    """Counts what became of spans."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._spans = Counter(
            "gateway_spans",
            "Spans that were exported, that failed to be, and those without room.",
            ("outcome",),
            registry=registry,
        )
        self._waiting = Gauge(
            "gateway_spans_waiting",
            "Spans that wait to be exported.",
            registry=registry,
        )

    def follow(self, waiting: Callable[[], int]) -> None:
        """Show what ``waiting`` returns whenever the metrics are read."""
        self._waiting.set_function(waiting)

    def ended(self, outcome: str, spans: int) -> None:
        """Count spans by what became of them: ``exported``, ``failed``, ``dropped``."""
        self._spans.labels(outcome).inc(spans)
