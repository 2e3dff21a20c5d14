"""Tell of a change of state only once this process answers by it.

Whoever is told of a revocation asks at once, most likely here. Two look at the store by
turns of their own: who knows whom changes are about, and who tells of them. So the one
who tells lets the other look first.
"""

from collections.abc import Sequence

from bureau.events.events import CertificateStateEvent
from gateway.status.live import LiveStates
from store.status.events import StoredCertificateStates


class AnsweredStates:
    """Implements ``gateway.subscriptions.feed.EventStore``."""

    def __init__(self, store: StoredCertificateStates, states: LiveStates) -> None:
        self._store = store
        self._states = states
        self.newest = store.newest
        self.has = store.has

    async def after(self, number: int, most: int) -> Sequence[CertificateStateEvent]:
        """Return the next events after ``number``, in order.

        Raises:
            StoreUnavailableError: the database is away.
        """
        events = await self._store.after(number, most)
        if events and events[-1].number > self._states.last:
            await self._states.refresh()
        return events
