"""One reader of events a process, and everybody who follows them.

While somebody follows, the reader looks at the store when notified and from time to
time, and keeps the last events in memory; who keeps up is served from there.
Who does not reads pages of the store at their own pace. So nothing is queued for
anybody: memory is a page a follower and the last events once, however slow they are.
"""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Generic, Protocol, TypeVar

from bureau.events.events import (
    Event,
    UnknownPlaceError,
)
from connectors.errors import StoreUnavailableError
from store.background import Supervisor, wait_for_change

POLL_SECONDS = 0.25
"""How often to look for events without a notification, while somebody follows."""
GATHER_SECONDS = 0.2
"""How long events that follow others wait for more of them. A thousand clients are told
of fifty at once as soon as of one, and of a thousand one by one in half a minute."""
PAGE = 200
"""How many events are read at once."""
KEPT = 1_000
"""How many of the last events are kept for who keeps up."""

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class EventStore(Protocol[E_co]):
    """Reads the events of one kind; ``store.status.events`` does.

    Every method raises ``StoreUnavailableError`` if the database is away.
    """

    async def newest(self) -> int:
        """Return the number of the newest event; 0 if there is none."""

    async def has(self, number: int) -> bool:
        """Say whether there is an event of this number."""

    async def after(self, number: int, most: int) -> Sequence[E_co]:
        """Return the next events after ``number``, in order."""


class StoredFeed(Generic[E]):
    """Implements ``bureau.events.events.Feed``."""

    def __init__(self, store: EventStore[E]) -> None:
        self._store = store
        self._followers = 0
        self._known = 0
        """The newest event that was read."""
        self._kept_after = 0
        """Every event after this one that was read is kept."""
        self._kept: deque[E] = deque()
        self._moved = asyncio.Event()

    @property
    def is_followed(self) -> bool:
        """Say whether anybody waits for events."""
        return self._followers > 0

    async def newest(self) -> int:
        """See ``Feed``."""
        return await self._store.newest()

    async def follow(self, after: int | None) -> AsyncGenerator[Sequence[E], None]:
        """See ``Feed``."""
        newest = await self._store.newest()
        if after and not await self._store.has(after):
            raise UnknownPlaceError
        return self._events(newest, newest if after is None else after)

    async def look(self) -> bool:
        """Read what is new, and wake who follows; say whether there was something.

        Raises:
            StoreUnavailableError: the store does not say.
        """
        before = self._known
        while events := await self._store.after(self._known, PAGE):
            self._kept.extend(events)
            while len(self._kept) > KEPT:
                self._kept_after = self._kept.popleft().number
            self._known = events[-1].number
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()
        return self._known > before

    async def _events(
        self, newest: int, last: int
    ) -> AsyncGenerator[Sequence[E], None]:
        if not self._followers:
            # Nobody looked for a while; what happened meanwhile is in the store.
            self._kept.clear()
            self._known = self._kept_after = newest
        self._followers += 1
        try:
            while True:
                moved = self._moved
                # ``newest`` may be ahead of the reader, never of the store.
                if last < max(self._known, newest):
                    page = self._from_memory(last)
                    if page is None:
                        page = await self._store.after(last, PAGE)
                    if page:
                        last = page[-1].number
                        yield page
                        continue
                    newest = last
                await moved.wait()
        finally:
            self._followers -= 1

    def _from_memory(self, last: int) -> Sequence[E] | None:
        """Return what comes after ``last``; ``None`` if it is not all kept."""
        if last < self._kept_after or last >= self._known:
            return None
        start = bisect_right(self._kept, last, key=_number)
        return [self._kept[i] for i in range(start, min(start + PAGE, len(self._kept)))]


class Looking(Protocol):
    """A feed, whatever its events are."""

    @property
    def is_followed(self) -> bool:
        """Say whether anybody waits for events."""

    async def look(self) -> bool:
        """Read what is new, and wake who follows; say whether there was something."""


def _number(event: Event) -> int:
    return event.number


async def _keep(
    feeds: Sequence[Looking],
    changed: asyncio.Event,
    failed: Callable[[str], None],
) -> None:
    while True:
        await wait_for_change(changed, POLL_SECONDS)
        has_moved = False
        for feed in feeds:
            if feed.is_followed:
                try:
                    has_moved |= await feed.look()
                except StoreUnavailableError as error:
                    failed(str(error))
        if has_moved:
            await asyncio.sleep(GATHER_SECONDS)


@asynccontextmanager
async def kept_feeds(
    feeds: Sequence[Looking],
    changed: asyncio.Event,
    failed: Callable[[str], None],
    supervisor: Supervisor,
) -> AsyncIterator[None]:
    """Keep reading events; ``changed`` is set when there may be some."""
    async with supervisor.running(partial(_keep, feeds, changed, failed), "events"):
        yield
