"""Know in every process how far the log covers what answers show.

Each process looks twice a second, beside the requests: an answer compares two numbers,
and asks nobody. What a checkpoint once covered stays covered; whatever came since is
PENDING, or not known where this process could not look for a while.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from bureau.transparency.inclusion import (
    NOTHING,
    Inclusion,
    Inclusions,
    KeptVersions,
    NoLog,
    is_covered,
)
from connectors.answer import AttestedCertificate
from connectors.errors import StoreUnavailableError
from gateway.transparency.metrics import TransparencyMetrics
from store.background import Supervisor
from store.transparency.reach import StoredReach

LOOK_SECONDS = 0.5
"""How often it is looked: what is covered is known within a second."""
STALE_SECONDS = 5.0
"""After so long without a look nobody says PENDING."""


class FollowedLog:
    """Implements ``bureau.transparency.inclusion.Inclusions``."""

    def __init__(
        self,
        log: StoredReach,
        versions: KeptVersions,
        read_versions: Callable[[], Awaitable[None]],
        reports: TransparencyMetrics,
    ) -> None:
        """Take ``read_versions``, which reads on what other gateways saw."""
        self._log = log
        self._versions = versions
        self._read_versions = read_versions
        self._reports = reports
        self._reach = NOTHING
        self._is_failing = False
        self._logger = structlog.get_logger("gateway.transparency")

    def of(self, certificate: AttestedCertificate) -> Inclusion:
        """See ``Inclusions``."""
        covered = is_covered(certificate, self._reach, self._versions)
        if covered is None:
            return Inclusion.NOT_LOGGED
        if self._reports.is_forked:
            return Inclusion.AWAY
        if covered:
            return Inclusion.INCLUDED
        is_stale = self._reports.unlooked_seconds > STALE_SECONDS
        return Inclusion.AWAY if is_stale else Inclusion.PENDING

    async def look(self) -> None:
        """Know how far the log reaches.

        Raises:
            StoreUnavailableError: the database is away; what was covered is so still.
        """
        started = time.monotonic()
        reach = await self._log.after(self._reach)
        if reach != self._reach:
            # A version that gave way before its turn is in the log as gone. What it
            # gave way to was committed before that, and is known from here on.
            await self._read_versions()
            self._reach = reach
        self._reports.looked(started)

    async def keep(self) -> None:
        """Look, again and again."""
        while True:
            try:
                await self.look()
            except StoreUnavailableError as error:
                if not self._is_failing:
                    self._logger.warning(
                        "how far the log reaches is not known", reason=str(error)
                    )
                self._is_failing = True
            else:
                self._is_failing = False
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def followed_log(
    log: StoredReach | None,
    versions: KeptVersions,
    read_versions: Callable[[], Awaitable[None]],
    reports: TransparencyMetrics,
    supervisor: Supervisor,
) -> AsyncIterator[Inclusions]:
    """Follow the log, if it is signed, until the end."""
    if log is None:
        yield NoLog()
        return
    followed = FollowedLog(log, versions, read_versions, reports)
    async with supervisor.running(followed.keep, "inclusion"):
        yield followed
