"""Keep what was read of people until something is collected about them.

Each process follows what is collected, as it follows changes of state: it reads on
where it stopped when another one notifies it, and from time to time. What this process
takes in is known before it is acknowledged. So what is shown is at most as old as the
last look, and who could not look for ``STALE_AFTER_SECONDS`` keeps nothing: then each
question is read from the store, or refused.

What is kept are bytes as they were read. Whether their keys are in force is asked each
time, and what was sent of states is put on where answers are handed out.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol

from connectors.collection.connector import CollectedRecord
from connectors.errors import StoreUnavailableError
from connectors.weighed import Weighed
from gateway.errors import StartError
from gateway.registry.live_registry import POLL_SECONDS
from gateway.status.live import STALE_AFTER_SECONDS
from store.background import Supervisor, wait_for_change
from store.collection.following import CollectedPeople

ROOM_BYTES = 32_000_000
KEPT_SECONDS = 60.0
"""No longer than this: somebody may change rows by hand."""
MOST_CHANGED = 10_000
"""Of so many people it is known that something came while somebody read."""
# What is kept beside the bytes, in bytes of memory.
_A_PERSON = 700
_AN_AGENCY = 300
_A_RECORD = 700

Records = Sequence[CollectedRecord]
Sent = Mapping[str, Records]
"""What was sent of a person, by the connector that sent it."""


class KeptObserver(Protocol):
    """An observer of what is kept; metrics implement it."""

    def collected_kept(self, bytes_taken: int) -> None:
        """What was collected was followed, and so much is kept."""

    def collected_not_followed(self, reason: str) -> None:
        """What was collected could not be followed."""


class KeptRecords:
    """What was read of people, while nothing newer is known."""

    def __init__(
        self,
        people: CollectedPeople,
        observer: KeptObserver | None = None,
        *,
        room_bytes: int = ROOM_BYTES,
        stale_after_seconds: float = STALE_AFTER_SECONDS,
    ) -> None:
        self._people = people
        self._observer = observer
        self._kept: Weighed[str, tuple[float, Sent]] = Weighed(room_bytes)
        self._last = 0
        """The last record that this process knows of."""
        self._sequences: Mapping[str, int] = {}
        self._stale_after = stale_after_seconds
        self._looked_at = -stale_after_seconds
        self._change = 0
        """Rises whenever something kept may be outdated."""
        self._changed: dict[str, int] = {}
        """When what is known of a person changed last, of those who did lately."""
        self._all_changed = 0

    @property
    def bytes_taken(self) -> int:
        """Return what all that is kept weighs."""
        return self._kept.bytes_taken

    def sequence(self, connector: str) -> int:
        """Return up to which number nothing of what an agency sent is missing here.

        Of what is read, or found kept, from now on; 0 if it sent nothing.
        """
        return self._sequences.get(connector, 0)

    @property
    def is_followed(self) -> bool:
        """Whether this process looked lately, so that it may keep anything."""
        return time.monotonic() - self._looked_at <= self._stale_after

    def get(self, person: str) -> Sent | None:
        """Return what is kept of a person, by pseudonym; ``None`` if nothing is."""
        kept = self._kept.get(person)
        if kept is None or not self.is_followed:
            return None
        read_at, sent = kept[0]
        return sent if time.monotonic() - read_at <= KEPT_SECONDS else None

    def begin(self) -> int:
        """Return what ``keep`` has to be told of a reading that begins now."""
        return self._change

    def keep(self, person: str, sent: Sent, begun: int) -> None:
        """Keep what was read, unless something came since the reading had begun."""
        if max(self._all_changed, self._changed.get(person, 0)) > begun:
            return
        weight = _A_PERSON
        for records in sent.values():
            weight += _AN_AGENCY
            for one in records:
                weight += _A_RECORD + len(one.envelope.signature)
        self._kept.put(person, (time.monotonic(), sent), weight)

    async def refresh(self) -> None:
        """Forget whatever is outdated by what was committed before now.

        Raises:
            StoreUnavailableError: that cannot be known; nothing is kept any more.
        """
        started = time.monotonic()
        people: Sequence[str] | None = None
        try:
            sequences, last, people = await self._people.after(self._last)
        finally:
            # Who could not look, or was cancelled at it, knows of nobody that nothing
            # came; nor is it told about whom, where they are many.
            if people is None:
                self._forget_all()
            else:
                self._forget(people)
        # Another look may have come further meanwhile.
        if last >= self._last:
            self._last, self._sequences = last, sequences
        self._looked_at = max(self._looked_at, started)
        if self._observer is not None:
            self._observer.collected_kept(self.bytes_taken)

    async def begin_to_follow(self) -> None:
        """Follow what comes from now on.

        Raises:
            StoreUnavailableError: the database is away.
        """
        self._last = await self._people.newest()
        await self.refresh()

    async def follow(self, changed: asyncio.Event) -> None:
        """Look when notified, and from time to time."""
        while True:
            await wait_for_change(changed, POLL_SECONDS)
            try:
                await self.refresh()
            except StoreUnavailableError as error:
                if self._observer is not None:
                    self._observer.collected_not_followed(str(error))

    def _forget(self, people: Iterable[str]) -> None:
        self._change += 1
        for person in people:
            self._changed[person] = self._change
            self._kept.drop(person)
        if len(self._changed) > MOST_CHANGED:
            self._forget_all()

    def _forget_all(self) -> None:
        self._change += 1
        self._all_changed = self._change
        self._changed.clear()
        self._kept.clear()


@asynccontextmanager
async def kept_records(
    kept: KeptRecords, changed: asyncio.Event, supervisor: Supervisor
) -> AsyncIterator[None]:
    """Follow what is collected until the end.

    Raises:
        StartError: it cannot be read at the start.
    """
    try:
        await kept.begin_to_follow()
    except StoreUnavailableError as error:
        raise StartError(f"what was collected cannot be read: {error}") from None
    async with supervisor.running(partial(kept.follow, changed), "collected"):
        yield
