"""The store's counts of agencies' data quality."""

from collections import Counter
from datetime import date
from typing import Protocol

from connectors.quality import Measure, Sums


class QualityStore(Protocol):
    """The counts that are kept of agencies' data."""

    async def sums(self, agency: str, since: date) -> Sums:
        """Return what was counted of ``agency`` from ``since`` on."""

    async def settle(self) -> None:
        """Keep what was noted of answers by now.

        Raises:
            StoreUnavailableError: some of it is not kept.
        """

    def collected(self, agency: str, sums: Counter[Measure]) -> None:
        """Take in what was counted of records that ``agency`` sent."""
