"""How good agencies' data is: the counts that the store keeps."""

from collections import Counter
from datetime import date
from typing import Protocol

from connectors.quality import Measure, Sums


class QualityStore(Protocol):
    """What is counted of agencies' data."""

    async def sums(self, agency: str, since: date) -> Sums:
        """Return what was counted of ``agency`` from ``since`` on."""

    def collected(self, agency: str, sums: Counter[Measure]) -> None:
        """Take in what was counted of records that ``agency`` sent."""
