"""Decisions read back in the graph: by claim, and by what they have in common."""

import re
from datetime import date
from typing import Annotated

import strawberry

from bureau.documents import document_of_id
from bureau.ledger.reading import DecisionSelection
from bureau.scopes import SUM_UP
from connectors.errors import StoreUnavailableError
from policy import normal_form
from policy.identity import IdentityError, parse_identity
from policy.payment_states import PaymentState
from resolvers.bilingual import both
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import NamesPeople, page_of
from resolvers.enums import IdType
from resolvers.errors import RequestError, store_unavailable
from resolvers.ledger.enums import DecisionOutcome
from resolvers.ledger.kept_decisions import (
    FIRST,
    Decision,
    DecisionConnection,
    kept_decisions_shown,
)
from resolvers.look_ups import name_person
from resolvers.relay import PageInfo

MAX_FIRST = 1000
CURSOR = re.compile(r"[0-9]{1,18}", re.ASCII)


@strawberry.input(
    description=both(
        "筛选条件，须全部满足；省略的不筛选",
        "What to show: all conditions hold; one left out does not select",
    )
)
class DecisionFilter:
    """A selection of decisions."""

    claim: str | None = strawberry.field(
        default=None, description=both("申领编号", "The claim's id")
    )
    id_number: str | None = strawberry.field(
        default=None,
        description=both(
            "持证人证件号码；须说明目的，计入额度与审计",
            "The holder's identity number; needs a purpose, and is counted and on the "
            "audit log",
        ),
    )
    id_type: IdType | None = strawberry.field(
        default=None,
        description=both(
            "证件类型；省略时按号码推得", "The id type; inferred if left out"
        ),
    )
    certificate: strawberry.ID | None = strawberry.field(
        default=None, description=both("证书编号", "Certificate.id")
    )
    district: str | None = strawberry.field(
        default=None, description=both("区代码", "The district that decided")
    )
    decided_from: date | None = strawberry.field(
        default=None, description=both("决定日期起（含）", "The first day")
    )
    decided_to: date | None = strawberry.field(
        default=None, description=both("决定日期止（含）", "The last day, included")
    )
    outcomes: list[DecisionOutcome] | None = strawberry.field(
        default=None, description=both("决定", "Outcomes")
    )
    states: list[PaymentState] | None = strawberry.field(
        default=None,
        description=both("申领的补贴现状", "The state of the claim's payment now"),
    )


@strawberry.federation.type(authenticated=True)
class KeptDecisionQuestions:
    """The questions about what was decided."""

    @strawberry.federation.field(
        requires_scopes=SUM_UP,
        description=both(
            "一次申领的最新决定；没有或不可见时为空",
            "The newest decision on a claim; null if there is none of yours",
        ),
    )
    async def decision(
        self,
        info: Info,
        claim: Annotated[
            str, strawberry.argument(description=both("申领编号", "The claim's id"))
        ],
    ) -> Decision | None:
        """Find what was decided on a claim."""
        asked = DecisionFilter(claim=claim)
        try:
            selection = await _selection(info.context, asked)
            found = await info.context.services.decisions.page(
                selection, first=1, before=None
            )
        except StoreUnavailableError:
            raise store_unavailable() from None
        return next(iter(kept_decisions_shown(info.context, found)), None)

    @strawberry.federation.field(
        directives=[page_of(FIRST, "nodes", "edges"), NamesPeople()],
        requires_scopes=SUM_UP,
        description=both(
            "台账中的决定：行业主管部门仅见自己牵头的，区仅见本区的",
            "The decisions of the ledger: an authority sees what it leads, a district "
            "its own",
        ),
    )
    async def decisions(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 - the field's argument
            DecisionFilter | None,
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
                    f"本页最多几项（1至{MAX_FIRST}）",
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
    ) -> DecisionConnection | None:
        """List decisions."""
        if not 1 <= first <= MAX_FIRST:
            raise RequestError(f"first is {first}, allowed is 1 to {MAX_FIRST}")
        if after is not None and not CURSOR.fullmatch(after):
            raise RequestError("after is no cursor; take endCursor of the page before")
        before = None if after is None else int(after)
        try:
            selection = await _selection(info.context, filter or DecisionFilter())
            found = await info.context.services.decisions.page(
                selection, first=first + 1, before=before
            )
        except StoreUnavailableError:
            raise store_unavailable() from None
        nodes = kept_decisions_shown(info.context, found[:first])
        return DecisionConnection(
            selection=selection,
            nodes=nodes,
            page_info=PageInfo(
                has_next_page=len(found) > first,
                has_previous_page=after is not None,
                start_cursor=nodes[0].id if nodes else None,
                end_cursor=nodes[-1].id if nodes else None,
            ),
        )


async def _selection(
    context: RequestContext, asked: DecisionFilter
) -> DecisionSelection:
    """Return what of the selected decisions the caller may see.

    Raises:
        RequestError: the number is none, or nobody may be asked about.
        StoreUnavailableError: the database is away.
    """
    claim = None if asked.claim is None else normal_form.text(asked.claim)
    district = None if asked.district is None else normal_form.code(asked.district)
    for stated in (claim, asked.certificate, district):
        # A database takes no NUL, and none of them has one.
        if stated is not None and not stated.isprintable():
            raise RequestError("claim, certificate and district are printable texts")
    return DecisionSelection(
        authorities=await context.jurisdiction.of_caller(context.caller),
        districts=context.caller.districts_seen,
        claim=claim,
        people=await _people(context, asked),
        certificate=asked.certificate,
        document=None
        if asked.certificate is None
        else document_of_id(context.services.certificate_ids, asked.certificate),
        district=district,
        decided_from=asked.decided_from,
        decided_to=asked.decided_to,
        outcomes=asked.outcomes,
        states=asked.states,
    )


async def _people(context: RequestContext, asked: DecisionFilter) -> list[str] | None:
    if asked.id_number is None:
        return None
    try:
        person = parse_identity(asked.id_number, asked.id_type)
    except IdentityError as error:
        message = error.message
        raise RequestError(f"{message.zh} / {message.en}") from None
    await name_person(context, person)
    return context.services.oversight.pseudonyms.all_of(person)
