"""Compare a list that has come with the ledger, some rows at a time."""

import asyncio
import gc
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import structlog

from bureau.ledger.reading import Extent
from bureau.ledger.reconciliation import LedgerEntries, Same, Window, differing
from connectors.errors import StoreUnavailableError
from gateway.collection.results import End
from gateway.reconciliation.reading import ListedRow, ListReader, RefusedRow, Row
from gateway.reconciliation.results import Results
from store.ledger.listed_claims import SeenClaims

PAGES_A_COLLECTION = 20
"""After so many pages what they left is given back, so that memory stays the same."""
_logger = structlog.get_logger("gateway.reconciliation")


@dataclass(slots=True, kw_only=True)
class Comparing:
    """One list on its way through the ledger."""

    entries: LedgerEntries
    window: Window
    reader: ListReader
    extent: Extent
    seen: SeenClaims
    is_same: Same
    results: Results = field(default_factory=Results)

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield the results, some at a time, and their sum."""
        try:
            pages = 0
            while rows := await asyncio.to_thread(self.reader.rows, self.seen):
                yield await self._compared(rows)
                pages += 1
                if pages % PAGES_A_COLLECTION == 0:
                    # Statements refer to themselves, and the process collects rarely.
                    gc.collect()
            end = self.reader.end
            if end is None:
                async for lines in self._missing():
                    yield lines
        except StoreUnavailableError as error:
            _logger.error("not compared", reason=str(error))  # noqa: TRY400 - the kind is enough
            end = End.UNAVAILABLE
        yield self.results.summary(self.window, end)

    async def _compared(self, rows: list[Row]) -> bytes:
        claims = [row.listed.claim for row in rows if isinstance(row, ListedRow)]
        entries = await self.entries.entries(claims, self.window, self.extent)
        written = []
        for row in rows:
            if isinstance(row, RefusedRow):
                written.append(self.results.refused(row))
                continue
            claim = row.listed.claim
            entry = entries.get(claim)
            differs = []
            if entry is not None:
                differs = differing(row.listed, entry, self.is_same)
            written.append(self.results.compared(row.line, claim, entry, differs))
        return b"".join(written)

    async def _missing(self) -> AsyncIterator[bytes]:
        """Yield what the list should have and has not."""
        async for claims in self.entries.within(self.window, self.extent):
            absent = await asyncio.to_thread(self.seen.absent, claims)
            if absent:
                found = await self.entries.entries(absent, self.window, self.extent)
                yield b"".join(self.results.missing(found[one]) for one in absent)
