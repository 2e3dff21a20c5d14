"""``node(id:)`` and ``nodes(ids:)``: Relay's way to have an object again.

What has an id of its own in the whole graph is a certificate and a holder; both ids
are sealed (``bureau.certificate_ids``). Whoever asks by one is under the rules of what
it is the id of: permissions, purpose, budget, masks, audit.
https://relay.dev/graphql/objectidentification.htm
"""

import asyncio
from typing import Annotated

import strawberry

from bureau.certificate_ids import UnknownIdError
from resolvers.bilingual import both
from resolvers.certificates.certificate import certificate_again
from resolvers.certificates.holders import PersonInput, ask_about
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import LooksUpPeople
from resolvers.relay import Node

NodeId = Annotated[
    strawberry.ID,
    strawberry.argument(
        description=both("Certificate.id 或 Holder.id", "Certificate.id or Holder.id")
    ),
]
NodeIds = Annotated[
    list[strawberry.ID],
    strawberry.argument(
        description=both("Certificate.id 或 Holder.id", "Certificate.id or Holder.id")
    ),
]


@strawberry.type
class NodeQuestions:
    """What Relay asks."""

    @strawberry.field(
        name="node",
        directives=[LooksUpPeople()],
        description=both(
            "按全局编号再次取得证书或持证人（Relay）；没有则为空",
            "A certificate or a holder again, by its global id (Relay); null if there "
            "is none",
        ),
    )
    async def node_by_id(
        self,
        info: Info,
        id: NodeId,  # noqa: A002 - the field's argument
    ) -> Node | None:
        """Find one again.

        Raises:
            RequestError: its registry did not answer, or as ``look_up``.
        """
        return await _found_again(info.context, id)

    @strawberry.field(
        name="nodes",
        directives=[LooksUpPeople(each="ids")],
        description=both(
            "按全局编号再次取得多项（Relay），每个机构只查询一批，按所问顺序",
            "Several by their global ids (Relay), one batch an agency, in order",
        ),
    )
    async def nodes_by_ids(self, info: Info, ids: NodeIds) -> list[Node | None]:
        """Find several again; one that fails leaves the others.

        Raises:
            RequestError: as ``node``.
        """
        found = [_found_again(info.context, one) for one in ids]
        return await asyncio.gather(*found, return_exceptions=True)  # type: ignore[return-value]  # an error in a list is that member's


async def _found_again(context: RequestContext, id_: str) -> Node | None:
    try:
        holder = context.services.certificate_ids.open_holder(id_)
    except UnknownIdError:
        return await certificate_again(context, id_)
    asked = PersonInput(id_number=holder.number, id_type=holder.type)
    answer = await ask_about(context, asked)
    return answer if isinstance(answer, Node) else None
