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
from connectors.giving_way import give_way
from store.background import Supervisor, wait_for_change

POLL_SECONDS = 0.25
"""How often to look for events without a notification, while somebody follows."""
GATHER_SECONDS = 0.2
"""How long events that follow others wait for more of them, at least."""
GATHER_SECONDS_A_FOLLOWER = 0.001
"""How long they wait for each who follows. To be told costs as much for fifty events as
for one, a fifth of this: so telling never takes the loop from those who ask, nor from
the registry whose changes are told."""
PAGE = 200
"""How many events are read, and told, at once."""
WOKEN_AT_ONCE = 2
"""How many who wait are woken between two looks at everybody else."""
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
        self.followers = 0
        """How many wait for events."""
        self._known = 0
        """The newest event that was read."""
        self._kept_after = 0
        """Every event after this one that was read is kept."""
        self._kept: deque[E] = deque()
        self._page: tuple[int, Sequence[E]] | None = None
        """What comes after a number, read from memory once for all who stand there."""
        self._waiting: deque[asyncio.Future[None]] = deque()

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
            self._page = None
        await self._wake()
        return self._known > before

    async def _wake(self) -> None:
        """Wake who waits, a few at a time: others get their turn of the loop."""
        # Who was told everything waits again, behind those who were not.
        for number in range(len(self._waiting)):
            if number % WOKEN_AT_ONCE == 0:
                await give_way()
            if self._waiting:
                waiting = self._waiting.popleft()
                if not waiting.done():
                    waiting.set_result(None)

    async def _events(
        self, newest: int, last: int
    ) -> AsyncGenerator[Sequence[E], None]:
        if not self.followers:
            # Nobody looked for a while; what happened meanwhile is in the store.
            self._kept.clear()
            self._page = None
            self._known = self._kept_after = newest
        self.followers += 1
        try:
            while True:
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
                waiting = asyncio.get_running_loop().create_future()
                self._waiting.append(waiting)
                await waiting
        finally:
            self.followers -= 1

    def _from_memory(self, last: int) -> Sequence[E] | None:
        """Return what comes after ``last``; ``None`` if it is not all kept."""
        if last < self._kept_after or last >= self._known:
            return None
        if self._page is None or self._page[0] != last:
            start = bisect_right(self._kept, last, key=_number)
            end = min(start + PAGE, len(self._kept))
            self._page = last, [self._kept[i] for i in range(start, end)]
        return self._page[1]


class Looking(Protocol):
    """A feed, whatever its events are."""

    followers: int
    """How many wait for events."""

    async def look(self) -> bool:
        """Read what is new, and wake who follows; say whether there was something."""


def gather_seconds(told: int) -> float:
    """Return how long to wait for more once ``told`` clients are told of some."""
    return max(GATHER_SECONDS, GATHER_SECONDS_A_FOLLOWER * told)


def _number(event: Event) -> int:
    return event.number


async def _keep(
    feeds: Sequence[Looking],
    changed: asyncio.Event,
    failed: Callable[[str], None],
) -> None:
    while True:
        await wait_for_change(changed, POLL_SECONDS)
        told = 0
        for feed in feeds:
            if feed.followers:
                try:
                    told += feed.followers if await feed.look() else 0
                except StoreUnavailableError as error:
                    failed(str(error))
        if told:
            await asyncio.sleep(gather_seconds(told))


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
