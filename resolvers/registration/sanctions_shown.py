"""Sanctions, their steps, and what a machine proposes, as the graph shows them."""

from datetime import date, datetime

import strawberry

from bureau.scopes import READER
from connectors.errors import StoreUnavailableError
from connectors.registration.sanctions import Sanction as KeptSanction
from connectors.registration.sanctions import SanctionProposal as KeptProposal
from resolvers.bilingual import both
from resolvers.bodies import Body, body_of
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of
from resolvers.errors import store_unavailable
from resolvers.registration.enums import (
    ProposalCause,
    SanctionKind,
    SanctionState,
    SanctionStep,
)


@strawberry.federation.type(
    requires_scopes=READER,
    description=both(
        "对处置办理的一个步骤：何人、何时、为何",
        "One step on a sanction: who, when, why",
    ),
)
class SanctionEvent:
    """A step."""

    step: SanctionStep = strawberry.field(description=both("步骤", "The step"))
    at: datetime = strawberry.field(description=both("时间", "When"))
    actor: str = strawberry.field(
        description=both("办理人；到期处理为 gateway", "Who; the clock is gateway")
    )
    reason: str = strawberry.field(description=both("理由", "Why"))
    after: SanctionState = strawberry.field(
        description=both("办理后", "The state after")
    )


@strawberry.federation.type(
    requires_scopes=READER,
    description=both("一项处置措施", "A sanction"),
)
class Sanction:
    """A sanction."""

    kept: strawberry.Private[KeptSanction]
    id: strawberry.ID = strawberry.field(description=both("编号", "The id"))
    body: Body = strawberry.field(description=both("对象", "On whom"))
    kind: SanctionKind = strawberry.field(description=both("措施", "What"))
    state: SanctionState = strawberry.field(description=both("状态", "Its state"))
    reason: str = strawberry.field(description=both("理由", "Why"))
    imposed_by: str = strawberry.field(
        description=both("作出者或提出者", "Who imposed or proposed it")
    )
    imposed_at: datetime = strawberry.field(
        description=both("作出或提出时间", "When that was")
    )
    last_day: date | None = strawberry.field(
        description=both(
            "整改期限（上海），当日仍在期限内",
            "The last day to put things right, Shanghai's and included",
        )
    )
    confirm_before: datetime | None = strawberry.field(
        description=both(
            "紧急冻结须在此时之前由另一人确认，否则自动解除",
            "Before when another person has to confirm an urgent freeze, or it ends",
        )
    )
    confirmed_by: str | None = strawberry.field(
        description=both("确认者", "Who confirmed it")
    )
    confirmed_at: datetime | None = strawberry.field(
        description=both("确认时间", "When it was confirmed")
    )
    follows: strawberry.ID | None = strawberry.field(
        description=both(
            "所由之限期整改的编号", "The rectification that was not done, by its id"
        )
    )
    lifted_by: str | None = strawberry.field(
        description=both("解除或驳回者", "Who lifted or rejected it")
    )
    lifted_at: datetime | None = strawberry.field(
        description=both("终止时间", "When it ended")
    )
    lift_reason: str | None = strawberry.field(
        description=both("终止理由", "Why it ended")
    )

    @strawberry.field(
        directives=[list_of(10)],
        description=both("全部步骤，由旧到新", "All steps, oldest first"),
    )
    async def history(self, info: Info) -> list[SanctionEvent]:
        """Read what was done to it."""
        store = info.context.services.registration.store
        try:
            events = await store.sanction_events(self.kept.id or 0)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return [
            SanctionEvent(
                step=event.step,
                at=event.at,
                actor=event.actor,
                reason=event.reason,
                after=event.after,
            )
            for event in events
        ]


@strawberry.federation.type(
    requires_scopes=READER,
    description=both(
        "系统提出的处置建议；决定由人作出",
        "A proposal of the machine's; people decide",
    ),
)
class SanctionProposal:
    """A proposal."""

    id: strawberry.ID = strawberry.field(description=both("编号", "The id"))
    connector: strawberry.ID = strawberry.field(
        description=both("连接器", "The connector")
    )
    body: Body = strawberry.field(description=both("对象", "On whom"))
    cause: ProposalCause = strawberry.field(description=both("缘由", "Why"))
    found: int = strawberry.field(description=both("发现数", "How many were found"))
    threshold: int = strawberry.field(description=both("阈值", "The threshold"))
    proposed_at: datetime = strawberry.field(description=both("提出时间", "When"))


def sanction_shown(sanction: KeptSanction, context: RequestContext) -> Sanction:
    """Return a sanction as the graph shows it."""
    follows = sanction.follows
    return Sanction(
        kept=sanction,
        id=strawberry.ID(str(sanction.id)),
        body=body_of(context.services.catalogue.bodies[sanction.body]),
        kind=sanction.kind,
        state=sanction.state,
        reason=sanction.reason,
        imposed_by=sanction.imposed_by,
        imposed_at=sanction.imposed_at,
        last_day=sanction.last_day,
        confirm_before=sanction.confirm_before,
        confirmed_by=sanction.confirmed_by,
        confirmed_at=sanction.confirmed_at,
        follows=None if follows is None else strawberry.ID(str(follows)),
        lifted_by=sanction.lifted_by,
        lifted_at=sanction.lifted_at,
        lift_reason=sanction.lift_reason,
    )


def proposal_shown(proposal: KeptProposal, context: RequestContext) -> SanctionProposal:
    """Return a proposal as the graph shows it."""
    return SanctionProposal(
        id=strawberry.ID(str(proposal.id)),
        connector=strawberry.ID(proposal.connector),
        body=body_of(context.services.catalogue.bodies[proposal.body]),
        cause=proposal.cause,
        found=proposal.found,
        threshold=proposal.threshold,
        proposed_at=proposal.proposed_at,
    )
