"""Keep a sanction and the step that made it so, in one transaction."""

from dataclasses import replace
from datetime import datetime

from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.sanctions import (
    BY_TWO,
    Sanction,
    SanctionEvent,
    SanctionState,
    SanctionStep,
)
from connectors.registration.store import Work

ENDS = {
    SanctionStep.LIFT: SanctionState.LIFTED,
    SanctionStep.REJECT: SanctionState.REJECTED,
    SanctionStep.LAPSE: SanctionState.LAPSED,
}
"""The states that are ends."""


async def begun(work: Work, made: Sanction, step: SanctionStep) -> Sanction:
    """Keep what begins, and who began it; return it with its id.

    Raises:
        RegistrationError: ``ALREADY_SANCTIONED``.
    """
    if await is_there(work, made):
        raise RegistrationError(
            RefusalCode.ALREADY_SANCTIONED, f"{made.body}: {made.kind}"
        )
    event = event_of(step, made.state, made.imposed_by, made.imposed_at, made.reason)
    return await work.add_sanction(made, event)


async def is_there(work: Work, made: Sanction) -> bool:
    """Say whether a body has the sanction already, of which it has one at most."""
    return made.kind in BY_TWO and any(
        s.body == made.body and s.kind is made.kind
        for s in await work.sanctions(lifted=False)
    )


async def ended(work: Work, found: Sanction, event: SanctionEvent) -> Sanction:
    """Keep that a sanction ended; return it."""
    return await kept(
        work,
        replace(
            found,
            state=event.after,
            lifted_by=event.actor,
            lifted_at=event.at,
            lift_reason=event.reason,
        ),
        event,
    )


async def kept(work: Work, changed: Sanction, event: SanctionEvent) -> Sanction:
    """Keep a sanction as it is now; return it."""
    await work.change_sanction(changed, event)
    return changed


def event_of(
    step: SanctionStep, after: SanctionState, actor: str, at: datetime, reason: str
) -> SanctionEvent:
    """Return a step as it is recorded."""
    return SanctionEvent(step=step, at=at, actor=actor, reason=reason, after=after)
