"""Deliver a change of state only once this process answers by it.

Whoever is notified of a revocation asks at once, most likely here. Two read the store,
each at its own times: ``LiveStatus``, which knows whom changes are about, and the feed,
which delivers them. So the feed lets the other read first.
"""

from collections.abc import Sequence

from bureau.events.events import CertificateStateEvent
from gateway.status.live import LiveStatus
from store.status.events import StoredCertificateStates


class AnsweredStates:
    """Implements ``gateway.subscriptions.feed.EventStore``."""

    def __init__(self, store: StoredCertificateStates, status: LiveStatus) -> None:
        self._store = store
        self._status = status
        self.newest = store.newest
        self.has = store.has

    async def after(self, number: int, most: int) -> Sequence[CertificateStateEvent]:
        """Return the next events after ``number``, in order.

        Raises:
            StoreUnavailableError: the database is away.
        """
        events = await self._store.after(number, most)
        if events and not self._status.answers_by(events[-1].number):
            await self._status.refresh()
        return events
