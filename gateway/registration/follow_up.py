"""Take the steps that the clock takes on sanctions, once for all gateways.

Every gateway looks at what it knows of sanctions anyway, so that nothing is asked of
the database while nothing is due. When something is, whoever comes first does it in one
transaction, and the others find it done. A gateway that was killed on the way did
nothing, and the next one does it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Protocol

from connectors.errors import StoreUnavailableError
from connectors.live import Live
from connectors.registration.sanction_clock import SanctionClock
from connectors.registration.sanctions import Sanction, is_due
from store.background import Supervisor

LOOK_SECONDS = 1.0


class FollowUpObserver(Protocol):
    """An observer of what is followed up; metrics implement it."""

    def followed_up(self, sanctions: Iterable[Sanction]) -> None:
        """The clock changed or began these, and this gateway did it."""

    def follow_up_failed(self, reason: str) -> None:
        """What is due could not be done now."""


async def look(
    steps: SanctionClock,
    live: Live,
    reports: FollowUpObserver,
) -> None:
    """Do what is due now, if something is."""
    now = steps.clock()
    if any(is_due(one, now) for one in live.snapshot.sanctions):
        try:
            reports.followed_up(await steps.follow_up())
        except StoreUnavailableError as error:
            reports.follow_up_failed(str(error))


@asynccontextmanager
async def followed_up(
    steps: SanctionClock,
    live: Live,
    reports: FollowUpObserver,
    supervisor: Supervisor,
) -> AsyncIterator[None]:
    """Keep looking, from the start on."""

    async def keep() -> None:
        while True:
            await look(steps, live, reports)
            await asyncio.sleep(LOOK_SECONDS)

    async with supervisor.running(keep, "sanctions"):
        yield
