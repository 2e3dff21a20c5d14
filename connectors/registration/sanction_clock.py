"""Take the steps on sanctions that the clock takes, once, by whoever comes first.

An urgent freeze that nobody confirmed ends. A rectification whose last day is over is
overdue, and a freeze is proposed: how grave it is people say, so no clock freezes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.registration.sanction_records import (
    ENDS,
    begun,
    ended,
    event_of,
    is_there,
    kept,
)
from connectors.registration.sanctions import (
    GATEWAY,
    Sanction,
    SanctionKind,
    SanctionState,
    SanctionStep,
    is_due,
)
from connectors.registration.store import RegistrationStore, Work

LATE = "not confirmed within a day"


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionClock:
    """Takes the clock's steps."""

    store: RegistrationStore
    clock: Callable[[], datetime]

    async def follow_up(self) -> Sequence[Sanction]:
        """Take the steps that are due; return what they changed or began.

        Of many who ask at once, one does.

        Raises:
            StoreUnavailableError: the database is away.
        """
        now = self.clock()
        if not any(is_due(s, now) for s in await self.store.sanctions(lifted=False)):
            return ()
        async with self.store.work() as work:
            # Somebody may have been first.
            due = [s for s in await work.sanctions(lifted=False) if is_due(s, now)]
            taken: list[Sanction] = []
            for found in due:
                step = _lapsed if found.is_late(now) else _overdue
                taken.extend(await step(work, found, now))
            return taken


async def _lapsed(work: Work, found: Sanction, now: datetime) -> Sequence[Sanction]:
    step = SanctionStep.LAPSE
    return (await ended(work, found, event_of(step, ENDS[step], GATEWAY, now, LATE)),)


async def _overdue(work: Work, found: Sanction, now: datetime) -> Sequence[Sanction]:
    reason = f"not put right by {found.last_day}"
    state = SanctionState.OVERDUE
    overdue = await kept(
        work,
        replace(found, state=state),
        event_of(SanctionStep.FALL_DUE, state, GATEWAY, now, reason),
    )
    proposed = Sanction(
        body=found.body,
        kind=SanctionKind.FREEZE,
        state=SanctionState.PROPOSED,
        reason=f"rectification {found.id}: {reason}",
        imposed_by=GATEWAY,
        imposed_at=now,
        follows=found.id,
    )
    if await is_there(work, proposed):
        return (overdue,)
    return overdue, await begun(work, proposed, SanctionStep.PROPOSE)
