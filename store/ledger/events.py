"""Events of the ledger: decisions that were recorded, and steps of recoveries.

Rows of both are added by writers who wait for each other, as ``store.status.events``
needs it; nothing is removed from either.
"""

from typing import Any

from sqlalchemy import Row

from bureau.events.events import DecisionEvent, RecoveryChangeEvent
from bureau.ledger.book import RecoveryEvent
from policy.recovery import RecoveryState, RecoveryStep
from store.ledger.decision_rows import decision_of
from store.ledger.recovery_rows import ALL, recovery_of
from store.ledger.tables import decisions, recoveries, recovery_events
from store.status.events import StoredEvents

step = recovery_events.c


class StoredDecisionEvents(StoredEvents[DecisionEvent]):
    """Reads decisions as they were recorded."""

    _table = decisions
    _statement = decisions.select()

    def _event(self, row: Row[Any]) -> DecisionEvent:
        return DecisionEvent(
            number=row.id, at=row.recorded_at, decision=decision_of(row)
        )


class StoredRecoveryEvents(StoredEvents[RecoveryChangeEvent]):
    """Reads steps of recoveries."""

    _table = recovery_events
    _statement = ALL.join(
        recovery_events, step.recovery == recoveries.c.id
    ).add_columns(
        step.id.label("step_id"),
        step.at.label("step_at"),
        step.step,
        step.after,
        step.actor,
        step.reason,
        step.amount_yuan.label("step_yuan"),
        step.owed_yuan,
    )

    def _event(self, row: Row[Any]) -> RecoveryChangeEvent:
        event = RecoveryEvent(
            step=RecoveryStep(row.step),
            after=RecoveryState(row.after),
            at=row.step_at,
            actor=row.actor,
            reason=row.reason,
            amount_yuan=row.step_yuan,
            owed_yuan=row.owed_yuan,
        )
        return RecoveryChangeEvent(
            number=row.step_id, at=row.step_at, recovery=recovery_of(row), event=event
        )
