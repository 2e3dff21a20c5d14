"""Metrics of what agencies send."""

from collections import Counter as Tally
from collections.abc import Sequence

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gateway.buckets import SECONDS
from gateway.collection.refusal import Problem
from gateway.collection.results import LineResult


class CollectionMetrics:
    """Implements ``intake.Observer``, ``ReadingObserver`` and ``KeptObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lines = Counter(
            "gateway_collected_lines",
            "Lines that agencies sent, by stream and what became of them.",
            ("agency", "stream", "outcome"),
            registry=registry,
        )
        self._codes = Counter(
            "gateway_collected_codes",
            "Why lines were refused, and what was noticed about those that were not.",
            ("agency", "stream", "code"),
            registry=registry,
        )
        self._missing = Gauge(
            "gateway_collection_missing",
            "Sequence numbers that never came, as of the last transfer here.",
            ("agency", "stream"),
            registry=registry,
        )
        self._unknown = Counter(
            "gateway_states_unknown_certificates",
            "Changes of state of no certificate that was ever seen.",
            ("agency",),
            registry=registry,
        )
        self._readings = Histogram(
            "gateway_collected_reading_seconds",
            "How long it took to read what was collected, of many people at once.",
            buckets=(0.0005, 0.001, *SECONDS),
            registry=registry,
        )
        self._people_read = Counter(
            "gateway_collected_people_read",
            "People about whom what was collected was read.",
            registry=registry,
        )
        self._unread = Counter(
            "gateway_collected_readings_failed",
            "Readings of what was collected that failed, or found no room to wait.",
            registry=registry,
        )
        self._kept = Gauge(
            "gateway_collected_kept_bytes",
            "What is kept in memory of what was collected.",
            registry=registry,
        )
        self._looked_at = Gauge(
            "gateway_collected_followed_timestamp_seconds",
            "When it was last looked for what other gateways collected.",
            registry=registry,
        )
        self._is_lost = False
        self._logger = structlog.get_logger("gateway.collection")
        self._refused = Counter(
            "gateway_transfers_refused",
            "Transfers that were refused as a whole, by reason.",
            ("problem",),
            registry=registry,
        )

    def collected(
        self, connector: str, stream: str, results: Sequence[LineResult]
    ) -> None:
        """See ``intake.Observer.collected``."""
        for outcome, lines in Tally(one.outcome for one in results).items():
            self._lines.labels(connector, stream, outcome).inc(lines)
        codes = Tally(one.code for one in results if one.code is not None)
        for code, lines in codes.items():
            self._codes.labels(connector, stream, code).inc(lines)

    def unknown_certificates(self, connector: str, changes: int) -> None:
        """See ``intake.Observer.unknown_certificates``."""
        self._unknown.labels(connector).inc(changes)
        self._logger.warning(
            "alert", alert="UNKNOWN_CERTIFICATE", agency=connector, changes=changes
        )

    def transfer_refused(self, problem: Problem) -> None:
        """See ``intake.Observer.transfer_refused``."""
        self._refused.labels(problem).inc()

    def missing(self, connector: str, stream: str, numbers: int) -> None:
        """See ``intake.Observer.missing``."""
        self._missing.labels(connector, stream).set(numbers)

    def collected_read(self, people: int, seconds: float) -> None:
        """See ``ReadingObserver.collected_read``."""
        self._readings.observe(seconds)
        self._people_read.inc(people)

    def collected_unread(self, reason: str) -> None:
        """See ``ReadingObserver.collected_unread``."""
        self._unread.inc()
        self._logger.error("what was collected was not read", reason=reason)

    def collected_kept(self, bytes_taken: int) -> None:
        """See ``KeptObserver.collected_kept``."""
        self._kept.set(bytes_taken)
        self._looked_at.set_to_current_time()
        self._is_lost = False

    def collected_not_followed(self, reason: str) -> None:
        """See ``KeptObserver.collected_not_followed``."""
        if not self._is_lost:
            self._is_lost = True
            self._logger.error("what others collect is not known", reason=reason)
