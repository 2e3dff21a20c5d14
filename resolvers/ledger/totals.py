"""Totals (汇总) in the graph; ``totals_csv`` has the same as a table."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated

import strawberry

from bureau.ledger.sums import TotalsAsked
from bureau.ledger.sums import TotalsRow as SummedRow
from bureau.scopes import SUM_UP
from connectors.errors import StoreUnavailableError
from resolvers.bilingual import both
from resolvers.bodies import Body, body_of
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import Level
from resolvers.errors import RequestError, store_unavailable
from resolvers.ledger.enums import TotalsBy

MAX_DAYS = 3_660
"""Ten years and a few days."""
FIRST_YEAR, LAST_YEAR = 2000, 2200


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both(
        "一行汇总；未区分或不知的维度为空",
        "One row of sums; a dimension is null where it is not told apart or not known",
    ),
)
class TotalsRow:
    """The sums of one place."""

    month: str | None = strawberry.field(
        description=both(
            "月份（上海），如 2026-11", "The month in Shanghai, as 2026-11"
        )
    )
    authority: Body | None = strawberry.field(
        description=both("行业主管部门", "The authority")
    )
    district: str | None = strawberry.field(
        description=both("区代码（GB/T 2260）", "The district, GB/T 2260")
    )
    item_code: str | None = strawberry.field(
        description=both("附件项目代码", "The item's code in the annex")
    )
    level: Level | None = strawberry.field(description=both("等级", "The grade"))
    certificates_collected: int = strawberry.field(
        description=both(
            "归集的证书（现行版本，按归集时间）",
            "Certificates collected: current versions, by when they were collected",
        )
    )
    state_changes: int = strawberry.field(
        description=both(
            "状态变更（按收到时间）", "Changes of state, by when they came"
        )
    )
    revocations: int = strawberry.field(
        description=both("其中撤销", "Those of them that revoked")
    )
    approved: int = strawberry.field(
        description=both("审核通过的决定（按决定日期）", "Approved, by the day decided")
    )
    refused: int = strawberry.field(description=both("不予补贴的决定", "Refused"))
    paid: int = strawberry.field(
        description=both(
            "已支付（按支付日期），减去退回和冲销",
            "Paid, by the day; less what came back or was reversed",
        )
    )
    paid_yuan: int = strawberry.field(
        description=both("已支付金额（元），净额", "What was paid, in yuan, net")
    )
    returned: int = strawberry.field(
        description=both(
            "其中退票（按退回日期）", "Payments that came back, by the day"
        )
    )
    returned_yuan: int = strawberry.field(
        description=both("退票金额（元）", "What came back, in yuan")
    )
    corrected: int = strawberry.field(
        description=both(
            "其中更正（按更正日期）", "Payments that were corrected, by the day"
        )
    )
    corrected_yuan: int = strawberry.field(
        description=both(
            "更正增减金额（元）", "By how much corrections changed it, in yuan"
        )
    )
    recoveries_opened: int = strawberry.field(
        description=both(
            "立案追回（按立案时间）", "Recoveries, by when they were opened"
        )
    )
    recoveries_opened_yuan: int = strawberry.field(
        description=both("立案追回金额（元）", "What these are about, in yuan")
    )
    recovered_yuan: int = strawberry.field(
        description=both(
            "追回到账金额（元，按登记时间）",
            "What was paid back, in yuan, by when that was recorded",
        )
    )


@strawberry.federation.type(authenticated=True)
class TotalsQuestions:
    """The questions about sums."""

    @strawberry.federation.field(
        directives=[list_of(10)],
        requires_scopes=SUM_UP,
        description=both(
            "汇总：归集、状态变更、决定、支付与追回；行业主管部门仅见自己的",
            "Sums of what was collected, changed, decided, paid and claimed back; an "
            "authority sees its own",
        ),
    )
    async def totals(
        self,
        info: Info,
        from_: Annotated[
            date,
            strawberry.argument(
                name="from", description=both("首日（含，上海）", "The first day")
            ),
        ],
        to: Annotated[
            date,
            strawberry.argument(description=both("末日（含，上海）", "The last day")),
        ],
        by: Annotated[
            list[TotalsBy],
            strawberry.argument(
                description=both(
                    "维度；空列表为一行总计", "Dimensions; an empty list gives one row"
                )
            ),
        ],
    ) -> list[TotalsRow] | None:
        """Sum up."""
        context = info.context
        rows = await sum_up(context, first=from_, last=to, by=by)
        return [_shown(context, row) for row in rows]


async def sum_up(
    context: RequestContext, *, first: date, last: date, by: Sequence[TotalsBy]
) -> Sequence[SummedRow]:
    """Return the sums that the caller may see.

    Raises:
        RequestError: the days cannot be, or the database is away.
    """
    is_sane = first.year >= FIRST_YEAR and last.year < LAST_YEAR
    if not is_sane or not 0 <= (last - first).days < MAX_DAYS:
        raise RequestError(f"from {first} to {last} is not 1 to {MAX_DAYS} days")
    try:
        return await context.services.ledger.totals(
            TotalsAsked(
                first=first,
                last=last,
                by=frozenset(by),
                authorities=await context.jurisdiction.of_caller(context.caller),
                districts=context.caller.districts_seen,
                authority_of=context.jurisdiction.authority_of,
            )
        )
    except StoreUnavailableError:
        raise store_unavailable() from None


def _shown(context: RequestContext, row: SummedRow) -> TotalsRow:
    place = row.place
    body = context.services.catalogue.bodies.get(place.authority or "")
    return TotalsRow(
        month=place.month,
        authority=None if body is None else body_of(body),
        district=place.district,
        item_code=place.item,
        level=None if place.level is None else Level(place.level),
        **asdict(row.measures),
    )
