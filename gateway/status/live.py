"""Know in every process who has changes of state; read them when asked.

Each process reads on where it stopped when another one notifies it, and from time to
time. One that could not look for a while takes everybody for somebody who may have
changes: then the store is read for all, and if that cannot be read either, their states
are unknown. So does one that has just started where many have changes: nobody waits
until all of them are read.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol

from bureau.privacy.pseudonyms import Pseudonyms
from bureau.status import Found, KeptChange
from connectors.errors import StoreUnavailableError
from gateway.errors import StartError
from gateway.registry.live_registry import POLL_SECONDS
from gateway.status.bloom_filter import BloomFilter
from policy.identity import Identity
from store.background import Supervisor, wait_for_change
from store.status.changes import PAGE, StoredStates

READ_SECONDS = 1.0
"""How long an answer waits for the changes of its people."""
TOO_LATE = TimeoutError.__name__
"""Shown by metrics as the reason of a reading that took too long."""
STALE_AFTER_SECONDS = 4 * POLL_SECONDS
"""After how long without a look nobody is said to have no changes."""
START_PAGES = 5
"""How much is read before the process answers: a tenth of a second's work."""


class StatusObserver(Protocol):
    """An observer of changes of state; metrics implement it."""

    def changes_read(self, last: int) -> None:
        """The store was looked at, and ``last`` is its last change."""

    def changes_failed(self, reason: str) -> None:
        """Changes could not be read."""


class LiveStatus:
    """Implements ``bureau.status.SentChanges``."""

    def __init__(
        self,
        store: StoredStates,
        pseudonyms: Pseudonyms,
        observer: StatusObserver,
        notify: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._pseudonyms = pseudonyms
        self._observer = observer
        self._notify = notify
        self._people = BloomFilter()
        self.last = 0
        """The last change by which this process answers."""
        self._looked_at = -STALE_AFTER_SECONDS

    def may_concern(self, holder: Identity) -> bool:
        """See ``SentChanges``."""
        if self._asks_for_all():
            return True
        if self._people.is_empty:
            return False
        return any(map(self._people.may_have, self._pseudonyms.all_of(holder)))

    def answers_by(self, number: int) -> bool:
        """Say whether a change of this number, or of a lower one, is in all answers."""
        return number <= self.last or self._asks_for_all()

    def _asks_for_all(self) -> bool:
        return time.monotonic() - self._looked_at > STALE_AFTER_SECONDS

    async def read(self, holders: Sequence[Identity]) -> Found:
        """See ``SentChanges``."""
        whose = {name: one for one in holders for name in self._pseudonyms.all_of(one)}
        try:
            async with asyncio.timeout(READ_SECONDS):
                rows = await self._store.of(whose)
        except StoreUnavailableError as error:
            self._observer.changes_failed(str(error))
            raise
        except TimeoutError:
            self._observer.changes_failed(TOO_LATE)
            raise StoreUnavailableError(TOO_LATE) from None
        found: dict[Identity, list[KeptChange]] = {}
        for person, kept in rows:
            found.setdefault(whose[person], []).append(kept)
        return found

    def note(self, people: Iterable[str]) -> None:
        """See ``SentChanges``."""
        self._take_in(people)
        self._notify()

    def _take_in(self, people: Iterable[str]) -> None:
        for person in people:
            self._people.add(person)

    async def refresh(self) -> None:
        """Read on where the last reading stopped.

        Raises:
            StoreUnavailableError: the database is away.
        """
        while not await self._read_on():
            pass

    async def begin(self) -> None:
        """Read what can be read in a moment; ``keep`` reads the rest.

        Raises:
            StoreUnavailableError: the database is away.
        """
        for _ in range(START_PAGES):
            if await self._read_on():
                break

    async def _read_on(self) -> bool:
        """Read a page; say whether it was the last there is."""
        started = time.monotonic()
        last, people = await self._store.people_after(self.last)
        self._take_in(people)
        # Another look may have come further meanwhile.
        self.last = max(self.last, last)
        self._observer.changes_read(self.last)
        is_last = len(people) < PAGE
        if is_last:
            self._looked_at = started
        return is_last

    async def keep(self, changed: asyncio.Event) -> None:
        """Read on when notified, and from time to time; at first, what is left."""
        while True:
            try:
                started = time.monotonic()
                while not await self._read_on():
                    # Whoever is answered meanwhile has half of the time.
                    await asyncio.sleep(time.monotonic() - started)
                    started = time.monotonic()
            except StoreUnavailableError as error:
                self._observer.changes_failed(str(error))
            await wait_for_change(changed, POLL_SECONDS)


@asynccontextmanager
async def kept_status(
    status: LiveStatus, changed: asyncio.Event, supervisor: Supervisor
) -> AsyncIterator[None]:
    """Read who has changes, and keep reading.

    Raises:
        StartError: it cannot be read at the start.
    """
    try:
        await status.begin()
    except StoreUnavailableError as error:
        raise StartError(f"changes of state cannot be read: {error}") from None
    async with supervisor.running(partial(status.keep, changed), "states"):
        yield
