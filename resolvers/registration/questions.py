"""Connectors and sanctions as questions: overseers see all, an agency its own."""

from typing import Annotated

import strawberry

from bureau.scopes import OVERSEER, READER
from connectors.errors import StoreUnavailableError
from resolvers.bilingual import both
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.errors import store_unavailable
from resolvers.registration.enums import ConnectorState
from resolvers.registration.refused import is_shown
from resolvers.registration.sanctions_shown import (
    Sanction,
    SanctionProposal,
    proposal_shown,
    sanction_shown,
)
from resolvers.registration.shown import Connector, connector_shown


@strawberry.federation.type(authenticated=True)
class RegistrationQuestions:
    """The questions about registrations."""

    @strawberry.federation.field(
        directives=[list_of(10)],
        requires_scopes=READER,
        description=both(
            "登记的连接器；监管者可见全部，机构仅见自己的",
            "Registered connectors: all for overseers, their own for agencies",
        ),
    )
    async def connectors(
        self,
        info: Info,
        state: Annotated[
            ConnectorState | None,
            strawberry.argument(
                description=both("只列此阶段", "Only those in this state")
            ),
        ] = None,
    ) -> list[Connector]:
        """List connectors."""
        try:
            found = await info.context.services.registration.store.connectors()
        except StoreUnavailableError:
            raise store_unavailable() from None
        return [
            connector_shown(connector, info.context)
            for connector in found
            if is_shown(connector, info) and state in (None, connector.state)
        ]

    @strawberry.federation.field(
        requires_scopes=READER,
        description=both(
            "一个连接器；没有或不可见时为空", "One connector; null if it is not yours"
        ),
    )
    async def connector(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - the field's argument
            strawberry.ID,
            strawberry.argument(description=both("连接器编号", "The connector's id")),
        ],
    ) -> Connector | None:
        """Find one connector."""
        try:
            found = await info.context.services.registration.store.connector(id)
        except StoreUnavailableError:
            raise store_unavailable() from None
        if found is None or not is_shown(found, info):
            return None
        return connector_shown(found, info.context)

    @strawberry.federation.field(
        directives=[list_of(10)],
        requires_scopes=OVERSEER,
        description=both(
            "处置措施（含待确认的），由旧到新",
            "Sanctions, those to be confirmed too, oldest first",
        ),
    )
    async def sanctions(
        self,
        info: Info,
        lifted: Annotated[
            bool,
            strawberry.argument(
                description=both("是否包括已终止的", "Whether those that ended, too")
            ),
        ] = False,
    ) -> list[Sanction]:
        """List sanctions."""
        try:
            found = await info.context.services.registration.store.sanctions(
                lifted=lifted
            )
        except StoreUnavailableError:
            raise store_unavailable() from None
        return [sanction_shown(sanction, info.context) for sanction in found]

    @strawberry.federation.field(
        directives=[list_of(10)],
        requires_scopes=OVERSEER,
        description=both(
            "系统按计数提出、待处理的处置建议",
            "What was proposed by count and nobody has decided on",
        ),
    )
    async def sanction_proposals(self, info: Info) -> list[SanctionProposal]:
        """List proposals."""
        try:
            found = await info.context.services.registration.store.proposals()
        except StoreUnavailableError:
            raise store_unavailable() from None
        return [proposal_shown(proposal, info.context) for proposal in found]
