"""Metrics of the log of hashes; they say how much, and of nobody."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge

QUEUE_BOUND = 100_000
"""Rows that may wait; more are kept all the same, and somebody has to look."""


class TransparencyMetrics:
    """Shows how long the log is, how far it is signed, and since when it is behind."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._queued = Gauge(
            "gateway_transparency_queued",
            "Rows that wait to be appended to the log, counted up to 100,001.",
            registry=registry,
        )
        self._over = Gauge(
            "gateway_transparency_queue_over",
            "1 while more rows wait than should: see why nothing is appended.",
            registry=registry,
        )
        self._entries = Gauge(
            "gateway_transparency_entries",
            "Entries of the log.",
            registry=registry,
        )
        self._signed = Gauge(
            "gateway_transparency_signed_size",
            "Entries that the newest checkpoint has.",
            registry=registry,
        )
        self._witnessed = Gauge(
            "gateway_transparency_witnessed_size",
            "Entries that the newest checkpoint has which witnesses cosigned.",
            registry=registry,
        )
        self._forked = Gauge(
            "gateway_transparency_forked",
            "1 if the log is not what was signed before: nothing is signed any more.",
            registry=registry,
        )
        self._troubles = Counter(
            "gateway_transparency_witness_troubles",
            "Times that a witness did not cosign, by why.",
            ("trouble",),
            registry=registry,
        )
        behind = Gauge(
            "gateway_transparency_behind_seconds",
            "Seconds since nothing waited to be appended.",
            registry=registry,
        )
        behind.set_function(lambda: self.behind_seconds)
        unwitnessed = Gauge(
            "gateway_transparency_unwitnessed_seconds",
            "Seconds since what was signed was cosigned, too; 0 where nobody has to.",
            registry=registry,
        )
        unwitnessed.set_function(lambda: self.unwitnessed_seconds)
        unsigned = Gauge(
            "gateway_transparency_unsigned_seconds",
            "Seconds since a key of the log did not sign; 0 once all did again.",
            registry=registry,
        )
        unsigned.set_function(lambda: self.unsigned_seconds)
        unlooked = Gauge(
            "gateway_transparency_unlooked_seconds",
            "Seconds since it was looked how far the log covers what answers show.",
            registry=registry,
        )
        unlooked.set_function(lambda: self.unlooked_seconds)
        self._drained_at = self._looked_at = time.monotonic()
        self._unwitnessed_since: float | None = None
        self._unsigned_since: float | None = None
        self._sizes = (0, 0)
        self.is_forked = False

    @property
    def behind_seconds(self) -> float:
        """Return how long ago nothing waited."""
        return time.monotonic() - self._drained_at

    @property
    def unwitnessed_seconds(self) -> float:
        """Return since when something signed waits for witnesses."""
        since = self._unwitnessed_since
        return 0.0 if since is None else time.monotonic() - since

    @property
    def unsigned_seconds(self) -> float:
        """Return since when entries wait for a checkpoint that a key did not sign."""
        since = self._unsigned_since
        return 0.0 if since is None else time.monotonic() - since

    @property
    def unlooked_seconds(self) -> float:
        """Return how long ago it was looked how far the log reaches."""
        return time.monotonic() - self._looked_at

    def looked(self, at: float) -> None:
        """Note a look that began at a moment of the monotonic clock."""
        self._looked_at = max(self._looked_at, at)

    @property
    def witnessed_size(self) -> int:
        """Return how far the log is known to be cosigned."""
        return self._sizes[1]

    def grown(self, entries: int) -> None:
        """Show how many entries there are."""
        self._entries.set(entries)

    def queued(self, rows: int) -> None:
        """Show how many rows wait."""
        self._queued.set(rows)
        self._over.set(rows > QUEUE_BOUND)
        if not rows:
            self._drained_at = time.monotonic()

    def signed(self, size: int, *, is_witnessed: bool) -> None:
        """Show how far the log is signed; whether nobody has to cosign it."""
        self._unsigned_since = None
        self._signed.set(size)
        self._sizes = size, self._sizes[1]
        if is_witnessed:
            self.witnessed(size)
        elif self._unwitnessed_since is None:
            self._unwitnessed_since = time.monotonic()

    def unsigned(self) -> None:
        """Show that nothing covers what was appended, until it is signed."""
        if self._unsigned_since is None:
            self._unsigned_since = time.monotonic()

    def witnessed(self, size: int) -> None:
        """Show how far the log is cosigned."""
        self._witnessed.set(size)
        self._sizes = self._sizes[0], size
        if size >= self._sizes[0]:
            self._unwitnessed_since = None

    def troubled(self, trouble: str) -> None:
        """Count a witness that did not cosign."""
        self._troubles.labels(trouble).inc()

    def forked(self) -> None:
        """Show that nothing is signed any more."""
        self._forked.set(1)
        self.is_forked = True
