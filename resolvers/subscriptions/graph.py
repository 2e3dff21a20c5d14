"""The root of subscriptions, and the cursors to begin from.

A field returns what it follows before the first event is waited for, so that a cursor
which is no place is refused at once. Who may see an event is asked when it is sent
(``resolvers.execution.subscribe``), not here.
"""

from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Annotated

import strawberry

from bureau.caller import Scope
from bureau.events.events import (
    CertificateStateEvent,
    ConnectorStateEvent,
    Kind,
    SanctionStepEvent,
)
from bureau.scopes import OVERSEER, READER
from resolvers.bilingual import both
from resolvers.context import Info
from resolvers.enums import CertificateState
from resolvers.errors import RequestError
from resolvers.subscriptions.following import (
    AfterArgument,
    follow_after,
    newest_of,
    shown_together,
)
from resolvers.subscriptions.of_ledger import LedgerCursors, LedgerSubscriptions
from resolvers.subscriptions.shown import (
    CertificateStateChanged,
    ConnectorStateChanged,
    SanctionChanged,
)

MAX_NAMED = 100
"""How many certificates, or agencies, one subscription may be limited to."""


@strawberry.input(description=both("只关注其中一部分", "Only some of the changes"))
class CertificateStateFilter:
    """The conditions that a change has to meet."""

    agency_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description=both(
            f"这些机构（至多{MAX_NAMED}个）", f"Of these agencies, at most {MAX_NAMED}"
        ),
    )
    certificate_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description=both(
            f"这些证书（至多{MAX_NAMED}个）",
            f"Of these certificates, at most {MAX_NAMED}",
        ),
    )
    states: list[CertificateState] | None = strawberry.field(
        default=None,
        description=both("变更为这些状态", "To one of these states"),
    )

    def lets_pass(self) -> Callable[[CertificateStateEvent], bool]:
        """Return what says whether a change is one of those.

        Raises:
            RequestError: too many are named.
        """
        agencies, certificates = self.agency_ids, self.certificate_ids
        named = max(len(agencies or ()), len(certificates or ()))
        if named > MAX_NAMED:
            raise RequestError(f"the filter names {named}, at most {MAX_NAMED} allowed")
        wanted = [
            None if stated is None else frozenset(map(str, stated))
            for stated in (agencies, certificates, self.states)
        ]

        def passes(event: CertificateStateEvent) -> bool:
            found = (event.connector, event.certificate, event.state)
            return all(
                only is None or one in only
                for only, one in zip(wanted, found, strict=True)
            )

        return passes


@strawberry.federation.type(
    authenticated=True,
    description=both(
        "当前位置的游标：先取游标再订阅，其间的变更不会遗漏",
        "Where things stand now: who takes a cursor first and follows after it misses "
        "nothing",
    ),
)
class EventCursors(LedgerCursors):
    """A cursor of each kind of event."""

    @strawberry.federation.field(
        requires_scopes=[[Scope.READ_CERTIFICATES]],
        description=both("证书状态变更", "For certificateStateChanged"),
    )
    async def certificate_states(self, info: Info) -> str | None:
        """Return the cursor of the newest change of a certificate's state."""
        feed = info.context.services.feeds.certificate_states
        return await newest_of(info, Kind.CERTIFICATE_STATES, feed)

    @strawberry.federation.field(
        requires_scopes=READER,
        description=both("连接器步骤", "For connectorStateChanged"),
    )
    async def connector_states(self, info: Info) -> str | None:
        """Return the cursor of the newest step on a connector."""
        feed = info.context.services.feeds.connector_states
        return await newest_of(info, Kind.CONNECTOR_STATES, feed)

    @strawberry.federation.field(
        requires_scopes=OVERSEER,
        description=both("处置步骤", "For sanctionChanged"),
    )
    async def sanctions(self, info: Info) -> str | None:
        """Return the cursor of the newest step on a sanction."""
        feed = info.context.services.feeds.sanctions
        return await newest_of(info, Kind.SANCTIONS, feed)


@strawberry.federation.type(authenticated=True)
class EventQuestions:
    """The questions about events."""

    @strawberry.field(
        description=both("订阅的起始游标", "Cursors from which subscriptions may begin")
    )
    def event_cursors(self) -> EventCursors:
        """Return what has the cursors."""
        return EventCursors()


@strawberry.type(
    description=both(
        "订阅：经 graphql-transport-ws 或 text/event-stream",
        "What can be followed, over graphql-transport-ws or as text/event-stream",
    ),
)
class Subscription(LedgerSubscriptions):
    """Everything that can be followed."""

    @strawberry.federation.field(
        is_subscription=True,
        requires_scopes=[[Scope.READ_CERTIFICATES]],
        description=both(
            "证书状态变更；机构仅见自己的",
            "Changes of certificates' states; an agency sees its own only",
        ),
    )
    async def certificate_state_changed(
        self,
        info: Info,
        after: AfterArgument = None,
        filter: Annotated[  # noqa: A002 - the field's argument
            CertificateStateFilter | None,
            strawberry.argument(
                description=both("只关注其中一部分", "Only some of the changes")
            ),
        ] = None,
    ) -> AsyncGenerator[CertificateStateChanged, None]:
        """Follow changes of state."""
        feed = info.context.services.feeds.certificate_states
        passes = None if filter is None else filter.lets_pass()
        events = await follow_after(info, Kind.CERTIFICATE_STATES, feed, after)
        encoded = info.context.services.encoded

        def show(event: CertificateStateEvent) -> CertificateStateChanged:
            make = partial(CertificateStateChanged.of, event, info.context)
            return encoded.shown(Kind.CERTIFICATE_STATES, event.number, make)

        once = partial(encoded.page, Kind.CERTIFICATE_STATES)
        return shown_together(events, show, passes, once)

    @strawberry.federation.field(
        is_subscription=True,
        requires_scopes=READER,
        description=both(
            "连接器的步骤；监管者可见全部，机构仅见自己的",
            "Steps on connectors: all for overseers, their own for agencies",
        ),
    )
    async def connector_state_changed(
        self,
        info: Info,
        after: AfterArgument = None,
        connector_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description=both("只关注此连接器", "Of this connector only")
            ),
        ] = None,
    ) -> AsyncGenerator[ConnectorStateChanged, None]:
        """Follow steps on connectors."""
        feed = info.context.services.feeds.connector_states
        events = await follow_after(info, Kind.CONNECTOR_STATES, feed, after)
        encoded = info.context.services.encoded

        def passes(event: ConnectorStateEvent) -> bool:
            return connector_id in (None, event.connector)

        def show(event: ConnectorStateEvent) -> ConnectorStateChanged:
            make = partial(ConnectorStateChanged.of, event, info.context)
            return encoded.shown(Kind.CONNECTOR_STATES, event.number, make)

        return shown_together(events, show, passes)

    @strawberry.federation.field(
        is_subscription=True,
        requires_scopes=OVERSEER,
        description=both(
            "处置的步骤，含到期处理", "Steps on sanctions, those of the clock too"
        ),
    )
    async def sanction_changed(
        self, info: Info, after: AfterArgument = None
    ) -> AsyncGenerator[SanctionChanged, None]:
        """Follow steps on sanctions."""
        feed = info.context.services.feeds.sanctions
        events = await follow_after(info, Kind.SANCTIONS, feed, after)
        encoded = info.context.services.encoded

        def show(event: SanctionStepEvent) -> SanctionChanged:
            make = partial(SanctionChanged.of, event, info.context)
            return encoded.shown(Kind.SANCTIONS, event.number, make)

        return shown_together(events, show)
