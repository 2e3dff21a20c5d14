"""Metrics of what goes on beside the requests."""

from prometheus_client import CollectorRegistry, Counter


class TasksMetrics:
    """Counts how often work had to begin again."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._restarts = Counter(
            "gateway_task_restarts",
            "How often work beside the requests ended, and began again.",
            ("task", "reason"),
            registry=registry,
        )

    def failed(self, task: str, reason: str) -> None:
        """Count an end, by the kind of the error."""
        self._restarts.labels(task, reason).inc()
