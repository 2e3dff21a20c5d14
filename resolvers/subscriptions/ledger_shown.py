"""Events of the ledger as the graph shows them; they name nobody."""

from datetime import datetime
from typing import Self

import strawberry

from bureau.events.events import DecisionEvent, Kind, RecoveryChangeEvent
from bureau.privacy.masks import without_identity_numbers
from bureau.scopes import SEE_RECOVERIES, SUM_UP
from resolvers.bilingual import both
from resolvers.context import RequestContext
from resolvers.ledger.enums import RecoveryState, RecoveryStep
from resolvers.ledger.kept_decisions import Decision, kept_decisions_shown
from resolvers.ledger.recoveries_shown import Recovery, recoveries_shown
from resolvers.subscriptions.shown import CURSOR


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both("记录了一项决定", "A decision was recorded"),
)
class DecisionNoted:
    """A decision that was recorded."""

    kept: strawberry.Private[DecisionEvent]
    cursor: str = strawberry.field(description=CURSOR)
    at: datetime = strawberry.field(
        description=both("记录时间", "When it was recorded")
    )
    decision: Decision = strawberry.field(description=both("决定", "The decision"))

    @classmethod
    def of(cls, event: DecisionEvent, context: RequestContext) -> Self:
        """Return ``event`` as the graph shows it."""
        (decision,) = kept_decisions_shown(context, [event.decision])
        return cls(
            kept=event,
            cursor=context.services.cursors.of(Kind.DECISIONS, event.number),
            at=event.at,
            decision=decision,
        )


@strawberry.federation.type(
    requires_scopes=SEE_RECOVERIES,
    description=both("办理了追回的一个步骤", "A step of a recovery was taken"),
)
class RecoveryChanged:
    """A step."""

    kept: strawberry.Private[RecoveryChangeEvent]
    cursor: str = strawberry.field(description=CURSOR)
    at: datetime = strawberry.field(description=both("办理时间", "When"))
    step: RecoveryStep = strawberry.field(description=both("步骤", "The step"))
    after: RecoveryState = strawberry.field(
        description=both("此后的进度", "How far it was then")
    )
    actor: str = strawberry.field(description=both("办理者", "Who"))
    reason: str = strawberry.field(description=both("理由", "Why"))
    amount_yuan: int | None = strawberry.field(
        description=both("还款金额（元）", "What was paid back, in yuan")
    )
    owed_yuan: int | None = strawberry.field(
        description=both(
            "应追回金额的增减（元）；未变的为空",
            "By how much what is owed changed, in yuan; null if it did not",
        )
    )
    recovery: Recovery = strawberry.field(
        description=both(
            "该笔追回，可能已有后续步骤", "The recovery, which may be further by now"
        )
    )

    @classmethod
    def of(cls, event: RecoveryChangeEvent, context: RequestContext) -> Self:
        """Return ``event`` as the graph shows it."""
        (recovery,) = recoveries_shown(context, [event.recovery])
        return cls(
            kept=event,
            cursor=context.services.cursors.of(Kind.RECOVERIES, event.number),
            at=event.at,
            step=event.event.step,
            after=event.event.after,
            actor=event.event.actor,
            reason=without_identity_numbers(event.event.reason),
            amount_yuan=event.event.amount_yuan,
            owed_yuan=event.event.owed_yuan,
            recovery=recovery,
        )
