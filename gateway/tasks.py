"""Metrics of what goes on beside the requests."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge


class TasksMetrics:
    """Counts how often work had to begin again, and what waits to be written."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._restarts = Counter(
            "gateway_task_restarts",
            "How often work beside the requests ended, and began again.",
            ("task", "reason"),
            registry=registry,
        )

        self._waiting = Gauge(
            "gateway_store_waiting",
            "Transactions that wait for their turn to write.",
            registry=registry,
        )

    def follow(self, waiting: Callable[[], int]) -> None:
        """Show what ``waiting`` returns whenever the metrics are read."""
        self._waiting.set_function(waiting)

    def failed(self, task: str, reason: str) -> None:
        """Count an end, by the kind of the error."""
        self._restarts.labels(task, reason).inc()
