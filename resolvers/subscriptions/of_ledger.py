"""Subscriptions of the ledger: decisions as they are recorded, recoveries' steps."""

from collections.abc import AsyncGenerator

import strawberry

from bureau.events.events import DecisionEvent, Kind, RecoveryChangeEvent
from bureau.scopes import SEE_RECOVERIES, SUM_UP
from resolvers.bilingual import both
from resolvers.context import Info
from resolvers.subscriptions.following import (
    AfterArgument,
    follow_after,
    newest_of,
    shown_together,
)
from resolvers.subscriptions.ledger_shown import DecisionNoted, RecoveryChanged


@strawberry.federation.type(authenticated=True)
class LedgerCursors:
    """A cursor of each kind of event of the ledger."""

    @strawberry.federation.field(
        requires_scopes=SUM_UP, description=both("决定", "For decisionRecorded")
    )
    async def decisions(self, info: Info) -> str | None:
        """Return the cursor of the newest decision."""
        feed = info.context.services.feeds.decisions
        return await newest_of(info, Kind.DECISIONS, feed)

    @strawberry.federation.field(
        requires_scopes=SEE_RECOVERIES,
        description=both("追回", "For recoveryChanged"),
    )
    async def recoveries(self, info: Info) -> str | None:
        """Return the cursor of the newest step of a recovery."""
        feed = info.context.services.feeds.recoveries
        return await newest_of(info, Kind.RECOVERIES, feed)


@strawberry.federation.type(authenticated=True)
class LedgerSubscriptions:
    """What can be followed of the ledger."""

    @strawberry.federation.field(
        is_subscription=True,
        requires_scopes=SUM_UP,
        description=both(
            "记录的决定；行业主管部门仅见自己牵头的，区仅见本区的",
            "Decisions as they are recorded; an authority sees what it leads, a "
            "district its own",
        ),
    )
    async def decision_recorded(
        self, info: Info, after: AfterArgument = None
    ) -> AsyncGenerator[DecisionNoted, None]:
        """Follow decisions."""
        feed = info.context.services.feeds.decisions
        events = await follow_after(info, Kind.DECISIONS, feed, after)

        def show(event: DecisionEvent) -> DecisionNoted:
            return DecisionNoted.of(event, info.context)

        return shown_together(events, show)

    @strawberry.federation.field(
        is_subscription=True,
        requires_scopes=SEE_RECOVERIES,
        description=both(
            "追回的步骤，含立案；行业主管部门仅见自己牵头的，区仅见本区的",
            "Steps of recoveries, opening one included; an authority sees what it "
            "leads, a district its own",
        ),
    )
    async def recovery_changed(
        self, info: Info, after: AfterArgument = None
    ) -> AsyncGenerator[RecoveryChanged, None]:
        """Follow steps of recoveries."""
        feed = info.context.services.feeds.recoveries
        events = await follow_after(info, Kind.RECOVERIES, feed, after)

        def show(event: RecoveryChangeEvent) -> RecoveryChanged:
            return RecoveryChanged.of(event, info.context)

        return shown_together(events, show)
