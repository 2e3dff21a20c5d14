"""An agency's data quality in the graph: four rates, over a day, a week or a month."""

from datetime import timedelta
from enum import Enum
from typing import Annotated

import strawberry

from bureau.scopes import READER
from connectors.errors import StoreUnavailableError
from connectors.quality import Dimension, Measure, Sums, failed, rate
from resolvers.bilingual import both, described_enum
from resolvers.context import Info
from resolvers.errors import store_unavailable


class QualityWindow(Enum):
    """A window of days that ends today."""

    DAY = 1
    WEEK = 7
    MONTH = 30


described_enum(
    QualityWindow,
    both("统计期间", "Over how long quality is told"),
    {
        QualityWindow.DAY: both("当日", "Today"),
        QualityWindow.WEEK: both("近7日", "The last 7 days"),
        QualityWindow.MONTH: both("近30日", "The last 30 days"),
    },
)


@strawberry.federation.type(
    requires_scopes=READER,
    description=both("一个方面的质量", "One dimension of quality"),
)
class QualityRate:
    """A rate."""

    rate: float | None = strawberry.field(
        description=both(
            "合格率（0至1）；无数据时为空", "The share in order; null if none counted"
        )
    )
    failed: int = strawberry.field(description=both("不合格数", "How many were not"))
    counted: int = strawberry.field(description=both("总数", "Of how many"))


@strawberry.federation.type(
    requires_scopes=READER,
    description=both(
        "数据质量：合法性、真实性、完整性、及时性", "Data quality in four dimensions"
    ),
)
class DataQuality:
    """The four rates."""

    legality: QualityRate = strawberry.field(
        description=both("合法性：签名者有权证明", "Its signer may attest it")
    )
    authenticity: QualityRate = strawberry.field(
        description=both(
            "真实性：签名有效，未被改动或倒签，不自相矛盾",
            "Signed as it has to be, not altered, not dated back, at one with itself",
        )
    )
    completeness: QualityRate = strawberry.field(
        description=both(
            "完整性：所需字段齐全", "The fields that clauses need are there"
        )
    )
    timeliness: QualityRate = strawberry.field(
        description=both(
            "及时性：签发后30日内首次可见", "First seen within 30 days of its issue"
        )
    )
    mean_delay_days: float | None = strawberry.field(
        description=both(
            "签发至首次可见的平均天数", "Days from issue to first sight, on average"
        )
    )
    altered: int = strawberry.field(
        description=both("已见证书被改动数", "Certificates that came with other facts")
    )
    back_dated: int = strawberry.field(
        description=both(
            "倒签数：早于已签名的完整清单而当时未列",
            "Certificates older than a signed list without them",
        )
    )
    contradictory: int = strawberry.field(
        description=both(
            "自相矛盾的证书数，见 Certificate.warnings",
            "Certificates that contradict themselves, see Certificate.warnings",
        )
    )


WindowArgument = Annotated[
    QualityWindow,
    strawberry.argument(description=both("统计期间", "Over how long")),
]


async def quality_of(agency: str, window: QualityWindow, info: Info) -> DataQuality:
    """Return the quality of one agency's data.

    Raises:
        RequestError: the database is away.
    """
    context = info.context
    since = context.today - timedelta(days=window.value - 1)
    try:
        sums = await context.services.quality.sums(agency, since)
    except StoreUnavailableError:
        raise store_unavailable() from None
    first_seen = sums.get(Measure.FIRST_SEEN, 0)
    delay = sums.get(Measure.DELAY_DAYS, 0)
    return DataQuality(
        legality=_shown(Dimension.LEGALITY, sums),
        authenticity=_shown(Dimension.AUTHENTICITY, sums),
        completeness=_shown(Dimension.COMPLETENESS, sums),
        timeliness=_shown(Dimension.TIMELINESS, sums),
        mean_delay_days=delay / first_seen if first_seen else None,
        altered=sums.get(Measure.ALTERED, 0),
        back_dated=sums.get(Measure.BACK_DATED, 0),
        contradictory=sums.get(Measure.CONTRADICTORY, 0),
    )


def _shown(dimension: Dimension, sums: Sums) -> QualityRate:
    bad, all_ = failed(dimension, sums)
    return QualityRate(rate=rate(dimension, sums), failed=bad, counted=all_)
