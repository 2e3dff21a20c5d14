"""Recoveries in the graph: for the authority that leads, and the bureau."""

import re
from datetime import datetime
from typing import Annotated

import strawberry

from bureau.documents import document_of_id
from bureau.ledger.book import RecoverySelection
from bureau.scopes import SEE_RECOVERIES
from connectors.errors import StoreUnavailableError
from policy import normal_form
from resolvers.bilingual import both
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import page_of
from resolvers.errors import RequestError, store_unavailable
from resolvers.ledger.enums import RecoveryCause, RecoveryState
from resolvers.ledger.recoveries_shown import (
    FIRST,
    Recovery,
    RecoveryConnection,
    recoveries_shown,
    totals_shown,
)
from resolvers.relay import PageInfo

MAX_FIRST = 1000
CURSOR = re.compile(r"[0-9]{1,18}", re.ASCII)


@strawberry.input(
    description=both(
        "筛选条件，须全部满足；省略的不筛选",
        "What to show: all conditions hold; one left out does not select",
    )
)
class RecoveryFilter:
    """A selection of recoveries."""

    states: list[RecoveryState] | None = strawberry.field(
        default=None, description=both("进度", "States")
    )
    causes: list[RecoveryCause] | None = strawberry.field(
        default=None, description=both("起因", "Causes")
    )
    authorities: list[strawberry.ID] | None = strawberry.field(
        default=None, description=both("行业主管部门编号", "Authorities, by id")
    )
    district: str | None = strawberry.field(
        default=None, description=both("区代码", "The district that paid")
    )
    item_codes: list[str] | None = strawberry.field(
        default=None, description=both("项目代码", "Item codes")
    )
    claim: str | None = strawberry.field(
        default=None, description=both("申领编号", "The claim's id")
    )
    certificate: strawberry.ID | None = strawberry.field(
        default=None, description=both("证书编号", "Certificate.id")
    )
    opened_from: datetime | None = strawberry.field(
        default=None, description=both("立案时间起（含）", "The first moment")
    )
    opened_before: datetime | None = strawberry.field(
        default=None, description=both("立案时间止（不含）", "The first moment no more")
    )


@strawberry.federation.type(authenticated=True)
class RecoveryQuestions:
    """The questions about recoveries."""

    @strawberry.federation.field(
        directives=[page_of(FIRST, "nodes", "edges")],
        requires_scopes=SEE_RECOVERIES,
        description=both(
            "应追回的补贴：行业主管部门仅见自己牵头的，人力资源社会保障部门与审计可见全部",
            "What is claimed back: an authority sees what it leads, the bureau and "
            "auditors see all",
        ),
    )
    async def recoveries(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 - the field's argument
            RecoveryFilter | None,
            strawberry.argument(
                description=both(
                    "筛选条件；省略时不筛选", "What to show; all if left out"
                )
            ),
        ] = None,
        first: Annotated[
            int,
            strawberry.argument(
                description=both(
                    f"本页最多几笔（1至{MAX_FIRST}）",
                    f"The most on this page, 1 to {MAX_FIRST}",
                )
            ),
        ] = FIRST,
        after: Annotated[
            str | None,
            strawberry.argument(
                description=both(
                    "从此游标之后开始，取自上一页的 endCursor",
                    "Begin after this cursor: the endCursor of the page before",
                )
            ),
        ] = None,
    ) -> RecoveryConnection | None:
        """List recoveries."""
        if not 1 <= first <= MAX_FIRST:
            raise RequestError(f"first is {first}, allowed is 1 to {MAX_FIRST}")
        if after is not None and not CURSOR.fullmatch(after):
            raise RequestError("after is no cursor; take endCursor of the page before")
        before = None if after is None else int(after)
        ledger = info.context.services.ledger
        try:
            selection = await _selection(info.context, filter or RecoveryFilter())
            found = await ledger.recoveries(selection, first=first + 1, before=before)
            sums = await ledger.sums(selection)
        except StoreUnavailableError:
            raise store_unavailable() from None
        nodes = recoveries_shown(info.context, found[:first])
        return RecoveryConnection(
            nodes=nodes,
            page_info=PageInfo(
                has_next_page=len(found) > first,
                has_previous_page=after is not None,
                start_cursor=nodes[0].id if nodes else None,
                end_cursor=nodes[-1].id if nodes else None,
            ),
            total_count=sums.count,
            totals=totals_shown(sums),
        )

    @strawberry.federation.field(
        requires_scopes=SEE_RECOVERIES,
        description=both(
            "一笔追回；没有或不可见时为空", "One recovery; null if it is not yours"
        ),
    )
    async def recovery(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - the field's argument
            strawberry.ID,
            strawberry.argument(description=both("追回编号", "Recovery.id")),
        ],
    ) -> Recovery | None:
        """Find one recovery."""
        if not CURSOR.fullmatch(id):
            return None
        try:
            caller = info.context.caller
            authorities = await info.context.jurisdiction.of_caller(caller)
            found = await info.context.services.ledger.recovery(
                int(id), authorities, caller.districts_seen
            )
        except StoreUnavailableError:
            raise store_unavailable() from None
        return None if found is None else recoveries_shown(info.context, [found])[0]


async def _selection(
    context: RequestContext, asked: RecoveryFilter
) -> RecoverySelection:
    seen = await context.jurisdiction.of_caller(context.caller)
    if asked.authorities is not None:
        stated = frozenset(map(str, asked.authorities))
        seen = stated if seen is None else seen & stated
    return RecoverySelection(
        authorities=seen,
        districts=context.caller.districts_seen,
        states=asked.states,
        causes=asked.causes,
        district=normal_form.code(asked.district or "") or None,
        items=None
        if asked.item_codes is None
        else [*map(normal_form.code, asked.item_codes)],
        claim=normal_form.text(asked.claim or "") or None,
        certificate=asked.certificate,
        document=None
        if asked.certificate is None
        else document_of_id(context.services.certificate_ids, asked.certificate),
        opened_from=asked.opened_from,
        opened_before=asked.opened_before,
    )
