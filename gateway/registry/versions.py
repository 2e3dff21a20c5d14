"""Know in every process which version of a certificate any of them saw last.

What is seen is written behind, and what other processes saw is read on from where this
one stopped. No answer waits for either; while the database is away each process goes on
with what it knows.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol

from bureau.versions.memory import KEPT, VersionMemory
from connectors.errors import StoreUnavailableError
from connectors.quality import Measure, measure_of
from gateway.errors import StartError
from gateway.registry.live_registry import POLL_SECONDS
from store.background import Supervisor, wait_for_change
from store.quality.versions import PAGE, StoredVersions

AT_ONCE = 200
"""How many are written in one transaction, behind which others wait."""


class VersionObserver(Protocol):
    """An observer of versions; metrics implement it."""

    def rolled_back(self, agency: str, code: str) -> None:
        """An agency answered what it had replaced."""

    def versions_kept(self) -> None:
        """What was seen here is kept, and what others saw is known."""

    def versions_failed(self, reason: str) -> None:
        """Versions could not be read or kept."""


class LiveVersions:
    """Keeps a memory of versions and the store alike."""

    def __init__(
        self, store: StoredVersions, memory: VersionMemory, reports: VersionObserver
    ) -> None:
        self._store = store
        self._memory = memory
        self._reports = reports
        self._last = 0
        """The last version that this process read."""

    async def begin(self) -> None:
        """Read the last that were seen, as many as are remembered.

        Raises:
            StoreUnavailableError: the database is away.
        """
        self._last = max(await self._store.last() - KEPT, 0)
        await self.refresh()

    async def refresh(self) -> None:
        """Read on where the last reading stopped.

        Raises:
            StoreUnavailableError: the database is away.
        """
        is_more = True
        while is_more:
            self._last, found = await self._store.after(self._last)
            self._memory.learn(found)
            is_more = len(found) == PAGE

    async def flush(self) -> None:
        """Keep what was seen here.

        Raises:
            StoreUnavailableError: some of it is not kept.
        """
        while unsaved := self._memory.take_unsaved(AT_ONCE):
            try:
                newer, numbers = await self._store.keep(unsaved)
            except StoreUnavailableError:
                self._memory.give_back(unsaved)
                raise
            last = numbers.stop
            kept = {
                mark: one._replace(saved=one.signed_at, row=last)
                for mark, one in unsaved.items()
                if mark not in newer
            }
            self._memory.learn({**kept, **newer})
            if numbers.start == self._last:
                # Nothing but what was just written comes after it.
                self._last = numbers.stop

    async def keep(self, changed: asyncio.Event) -> None:
        """Read on and keep, when notified and from time to time."""
        while True:
            await wait_for_change(changed, POLL_SECONDS)
            try:
                await self.refresh()
                await self.flush()
                self._reports.versions_kept()
            except StoreUnavailableError as error:
                self._reports.versions_failed(str(error))


def told_to(
    reports: VersionObserver, count: Callable[[str, Counter[Measure]], None]
) -> Callable[[str, str], None]:
    """Return what is told of an agency that rolled back: it is counted, and shown."""

    def told(agency: str, code: str) -> None:
        reports.rolled_back(agency, code)
        count(agency, Counter({Measure.RECORDS: 1, measure_of(code): 1}))

    return told


@asynccontextmanager
async def kept_versions(
    versions: LiveVersions, changed: asyncio.Event, supervisor: Supervisor
) -> AsyncIterator[None]:
    """Read what was seen, and keep reading and writing; at the end, write what waits.

    Raises:
        StartError: it cannot be read at the start.
    """
    try:
        await versions.begin()
    except StoreUnavailableError as error:
        raise StartError(f"versions cannot be read: {error}") from None
    try:
        async with supervisor.running(partial(versions.keep, changed), "versions"):
            yield
    finally:
        with contextlib.suppress(StoreUnavailableError):
            await versions.flush()
