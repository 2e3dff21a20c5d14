"""Metrics of sanctions: how many there are, and what the clock did to them."""

from collections import Counter as Counts
from collections.abc import Iterable

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from connectors.registration.sanctions import Sanction


class SanctionsMetrics:
    """Implements ``gateway.registration.follow_up.FollowUpObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._open = Gauge(
            "gateway_sanctions",
            "Sanctions that did not end, by kind and state.",
            ("kind", "state"),
            registry=registry,
        )
        self._confirm = Gauge(
            "gateway_sanction_confirm_before_timestamp_seconds",
            "When the first urgent freeze ends unless it is confirmed; 0 if none is.",
            registry=registry,
        )
        self._followed = Counter(
            "gateway_sanctions_followed_up",
            "Sanctions that the clock changed or began, here, by their state then.",
            ("state",),
            registry=registry,
        )
        self._failures = Counter(
            "gateway_sanctions_failures",
            "Times that could not be followed up; it is tried again.",
            registry=registry,
        )
        self._is_failing = False
        self._logger = structlog.get_logger("gateway.sanctions")

    def show_sanctions(self, sanctions: Iterable[Sanction]) -> None:
        """Show the sanctions that did not end, and no others."""
        found = list(sanctions)
        self._open.clear()
        for (kind, state), number in Counts((s.kind, s.state) for s in found).items():
            self._open.labels(kind, state).set(number)
        ends = [s.confirm_before for s in found if s.confirm_before is not None]
        self._confirm.set(min(ends).timestamp() if ends else 0)

    def followed_up(self, sanctions: Iterable[Sanction]) -> None:
        """See ``FollowUpObserver``."""
        self._is_failing = False
        for one in sanctions:
            self._followed.labels(one.state).inc()
            self._logger.warning(
                "alert",
                alert=f"SANCTION_{one.state}",
                sanction=one.id,
                body=one.body,
                kind=one.kind,
            )

    def follow_up_failed(self, reason: str) -> None:
        """See ``FollowUpObserver``."""
        self._failures.inc()
        if not self._is_failing:
            self._is_failing = True
            self._logger.error("sanctions not followed up", reason=reason)
