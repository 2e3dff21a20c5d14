"""Open recoveries for revocations that were read, beside the answers.

Whoever reads one notes it and goes on. What is noted waits here, in a bounded queue,
until it is written, a second later or when the database is there again; what finds no
room is counted, and noted when it is read again. A gateway that dies loses what waits:
the next answer, at whichever gateway, or ``gateway recheck`` reads it again.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

import structlog
from cachetools import TTLCache

from bureau.certificate_ids import CertificateIds
from bureau.ledger.book import LedgerBook
from bureau.ledger.seen import SeenRevocation, seen_revocation
from connectors.answer import AttestedCertificate
from connectors.errors import StoreUnavailableError
from policy.recovery import RecoverySource
from store.background import Supervisor

FLUSH_SECONDS = 1.0
MAX_WAITING = 2_000
"""The most revocations that wait to be written; each is a certificate in memory."""
AT_ONCE = 100
"""How many are written in one transaction, which keeps others from writing."""
NOTED = 10_000
NOTED_SECONDS = 600.0
"""For how long one that was written is not looked at again by this process."""


class SeenObserver(Protocol):
    """An observer of revocations that were read; metrics implement it."""

    def revocations_waiting(self, count: int) -> None:
        """So many wait to be written."""

    def revocation_dropped(self) -> None:
        """One was not noted, for want of room."""

    def recoveries_opened(self, count: int) -> None:
        """So many recoveries were opened by what was read."""


class SeenKeeper:
    """Implements ``bureau.ledger.seen.RevocationsSeen``."""

    def __init__(
        self,
        ledger: LedgerBook,
        ids: CertificateIds,
        reports: SeenObserver,
        clock: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._ids = ids
        self._reports = reports
        self._clock = clock
        self._waiting: deque[SeenRevocation] = deque()
        self._noted: TTLCache[tuple[str, RecoverySource], None] = TTLCache(
            NOTED, NOTED_SECONDS, timer=time.monotonic
        )
        self._turn = asyncio.Lock()
        self._logger = structlog.get_logger("gateway.ledger")

    def note(self, certificate: AttestedCertificate, source: RecoverySource) -> None:
        """See ``RevocationsSeen``."""
        key = self._ids.seal(certificate), source
        if key in self._noted:
            return
        if len(self._waiting) >= MAX_WAITING:
            self._reports.revocation_dropped()
            return
        self._noted[key] = None
        self._waiting.append(seen_revocation(self._ids, certificate, source))
        self._reports.revocations_waiting(len(self._waiting))

    async def keep(self) -> None:
        """Write what waits, again and again."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self.flush()
            except StoreUnavailableError as error:
                self._logger.error(  # noqa: TRY400 - the kind is enough
                    "revocations not written", reason=str(error)
                )

    async def flush(self) -> None:
        """Write what waits now.

        Raises:
            StoreUnavailableError: some of it is not written, and waits on.
        """
        async with self._turn:
            while self._waiting:
                some = [self._waiting[n] for n in range(self._at_once())]
                opened = await self._ledger.open_seen(some, self._clock())
                # Only now: what is not written is written later, and twice is once.
                for _ in some:
                    self._waiting.popleft()
                self._reports.revocations_waiting(len(self._waiting))
                self._reports.recoveries_opened(opened)

    def _at_once(self) -> int:
        return min(AT_ONCE, len(self._waiting))


@asynccontextmanager
async def kept_seen(keeper: SeenKeeper, supervisor: Supervisor) -> AsyncIterator[None]:
    """Keep writing; at the end, write what waits."""
    try:
        async with supervisor.running(keeper.keep, "ledger"):
            yield
    finally:
        with contextlib.suppress(StoreUnavailableError):
            await keeper.flush()
