"""The metric of receipts."""

from prometheus_client import CollectorRegistry

from gateway.tallies import CountedCounter


class ReceiptsMetrics:
    """Implements ``ReceiptsObserver``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        receipts = CountedCounter(
            "gateway_receipts",
            "Answers that were to have a receipt: signed, or failed and sent without.",
            ("result",),
            registry=registry,
        )
        self._receipts = receipts.fresh

    def receipt_signed(self) -> None:
        """See ``ReceiptsObserver.receipt_signed``."""
        self._receipts["signed",] += 1

    def receipt_failed(self) -> None:
        """See ``ReceiptsObserver.receipt_failed``."""
        self._receipts["failed",] += 1
