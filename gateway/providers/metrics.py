"""The metrics of those who keep the gateway's signing keys."""

from prometheus_client import CollectorRegistry

from gateway.tallies import CountedCounter, CountedHistogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class ProvidersMetrics:
    """Implements ``ProvidersObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._results = CountedCounter(
            "gateway_signatures",
            "Signatures that a provider was to make, by how that ended.",
            ("provider", "result"),
            registry=registry,
        ).fresh
        self._seconds = CountedHistogram(
            "gateway_signature_seconds",
            "How long a provider took to sign, or to fail.",
            ("provider",),
            buckets=SECONDS,
            registry=registry,
        )

    def asked(self, provider: str, result: str, seconds: float) -> None:
        """See ``ProvidersObserver.asked``."""
        self._results[provider, result] += 1
        self._seconds.took((provider,), seconds)
