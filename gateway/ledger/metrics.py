"""Metrics of the ledger; they say how many, of nobody."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class LedgerMetrics:
    """Implements ``gateway.ledger.seen.SeenObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waiting = Gauge(
            "gateway_revocations_waiting",
            "Revocations that were read and wait to be written to the ledger.",
            registry=registry,
        )
        self._dropped = Counter(
            "gateway_revocations_dropped",
            "Revocations that were read and not noted, for want of room.",
            registry=registry,
        )
        self._opened = Counter(
            "gateway_recoveries_opened_by_reading",
            "Recoveries opened by revocations that were read, not sent.",
            registry=registry,
        )

    def revocations_waiting(self, count: int) -> None:
        """See ``SeenObserver.revocations_waiting``."""
        self._waiting.set(count)

    def revocation_dropped(self) -> None:
        """See ``SeenObserver.revocation_dropped``."""
        self._dropped.inc()

    def recoveries_opened(self, count: int) -> None:
        """See ``SeenObserver.recoveries_opened``."""
        self._opened.inc(count)
