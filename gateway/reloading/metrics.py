"""How often the configuration was read again, and what became of it."""

from collections.abc import Sequence

import structlog
from prometheus_client import CollectorRegistry, Counter

OUTCOMES = ("taken", "refused")


class ReloadMetrics:
    """Counts reloads, and says in the log what came of each."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._reloads = Counter(
            "gateway_reload",
            "Times that the configuration was read again, by outcome.",
            ("outcome",),
            registry=registry,
        )
        for outcome in OUTCOMES:
            self._reloads.labels(outcome)
        self._logger = structlog.get_logger("gateway.reload")
        self.is_refused = False
        """Whether the files say something that is not in force, since it cannot be."""

    def taken(self, needs_restart: Sequence[str]) -> None:
        """All of it is in force, but for the options that need a restart."""
        self.is_refused = False
        self._reloads.labels("taken").inc()
        self._logger.info("reloaded")
        for option in needs_restart:
            self._logger.warning("needs a restart", option=option)

    def refused(self, reason: str) -> None:
        """Nothing of it is in force."""
        self.is_refused = True
        self._reloads.labels("refused").inc()
        self._logger.error("reload refused", reason=reason)
