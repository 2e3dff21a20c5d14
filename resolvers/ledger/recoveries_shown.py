"""Recoveries as the graph shows them."""

from collections.abc import Sequence
from datetime import datetime

import strawberry
from strawberry.dataloader import DataLoader

from bureau.ledger.book import Recovery as KeptRecovery
from bureau.ledger.book import RecoveryEvent as KeptEvent
from bureau.ledger.book import RecoverySums
from bureau.scopes import SEE_RECOVERIES
from connectors.errors import StoreUnavailableError
from resolvers.bilingual import both
from resolvers.bodies import Body, body_of
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import Level
from resolvers.errors import store_unavailable
from resolvers.ledger.enums import (
    RecoveryCause,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
)
from resolvers.relay import PageInfo

FIRST = 50
"""How many recoveries a page has where the question does not say."""
Histories = DataLoader[int, Sequence[KeptEvent]]
"""Asks for the steps of all recoveries of an answer at once."""


@strawberry.federation.type(
    requires_scopes=SEE_RECOVERIES,
    description=both("追回办理记录", "One step of a recovery"),
)
class RecoveryEvent:
    """One step of a recovery."""

    step: RecoveryStep = strawberry.field(description=both("步骤", "The step"))
    after: RecoveryState = strawberry.field(
        description=both("此后的进度", "How far it was then")
    )
    at: datetime = strawberry.field(description=both("时间", "When"))
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


@strawberry.federation.type(
    requires_scopes=SEE_RECOVERIES,
    description=both(
        "一笔应追回的补贴；由行业主管部门牵头（通知三（二））",
        "A subsidy that is claimed back, led by the authority (notice, part 3.2)",
    ),
)
class Recovery:
    """A payment that is claimed back."""

    kept: strawberry.Private[KeptRecovery]
    histories: strawberry.Private[Histories]
    id: strawberry.ID = strawberry.field(description=both("追回编号", "Its number"))
    version: int = strawberry.field(
        description=both("版本，办理步骤时须注明", "To be stated with a step")
    )
    state: RecoveryState = strawberry.field(description=both("进度", "How far it is"))
    cause: RecoveryCause = strawberry.field(description=both("起因", "Why"))
    source: RecoverySource | None = strawberry.field(
        description=both(
            "由何得知；此前立案而未留存者为空",
            "What said so; null if that was not kept",
        )
    )
    holder_differs: bool = strawberry.field(
        description=both(
            "立案所据的证书（同一机构、编号、项目和等级）持证人不同，须由经办人判断："
            "核实后通知，或结案",
            "What opened it (the same institution, number, item and grade) names "
            "another holder; an officer decides: notify, or close it",
        )
    )
    amount_yuan: int = strawberry.field(
        description=both(
            "应追回金额（元），以更正后的支付为准",
            "What is owed, in yuan, by the payment as it was corrected",
        )
    )
    recovered_yuan: int = strawberry.field(
        description=both("已追回金额（元）", "What was paid back, in yuan")
    )
    claim: str = strawberry.field(description=both("申领编号", "The claim's id"))
    certificate: strawberry.ID = strawberry.field(
        description=both(
            "证书编号；据此查询须说明目的", "Certificate.id; asking needs a purpose"
        )
    )
    district: str = strawberry.field(
        description=both("支付的区", "The district that paid")
    )
    item_code: str | None = strawberry.field(
        description=both("附件项目代码", "The item's code in the annex")
    )
    level: Level | None = strawberry.field(description=both("等级", "The grade"))
    opened_at: datetime = strawberry.field(
        description=both("立案时间", "When it was opened")
    )
    changed_at: datetime = strawberry.field(
        description=both("最近办理时间", "When something was last done")
    )

    @strawberry.field(
        description=both("牵头的行业主管部门", "The authority that leads")
    )
    def authority(self, info: Info) -> Body | None:
        """Return the authority; ``None`` if the payment's was not known."""
        known = info.context.services.catalogue.bodies.get(self.kept.authority)
        return None if known is None else body_of(known)

    @strawberry.field(
        directives=[list_of(10)],
        description=both("办理经过，由旧到新", "Steps, oldest first"),
    )
    async def history(self) -> list[RecoveryEvent]:
        """Return every step."""
        try:
            events = await self.histories.load(self.kept.id)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return [_event_shown(event) for event in events]


@strawberry.federation.type(
    requires_scopes=SEE_RECOVERIES,
    description=both("处于某一进度的追回笔数", "How many recoveries are in a state"),
)
class RecoveryCount:
    """One state."""

    state: RecoveryState = strawberry.field(description=both("进度", "The state"))
    count: int = strawberry.field(description=both("笔数", "How many"))


@strawberry.federation.type(
    requires_scopes=SEE_RECOVERIES,
    description=both("所筛选各笔的合计", "What all that were selected come to"),
)
class RecoveryTotals:
    """Sums over all pages."""

    amount_yuan: int = strawberry.field(
        description=both("应追回金额（元）", "What is owed, in yuan")
    )
    recovered_yuan: int = strawberry.field(
        description=both("已追回金额（元）", "What was paid back, in yuan")
    )
    by_state: list[RecoveryCount] = strawberry.field(
        directives=[list_of(10)],
        description=both("各进度的笔数", "How many are in each state"),
    )


@strawberry.federation.type(
    requires_scopes=SEE_RECOVERIES,
    description=both("一笔追回及其游标", "A recovery and its cursor"),
)
class RecoveryEdge:
    """Relay's edge."""

    node: Recovery = strawberry.field(description=both("追回", "The recovery"))
    cursor: str = strawberry.field(description=both("游标", "The cursor"))


@strawberry.federation.type(
    requires_scopes=SEE_RECOVERIES,
    description=both("追回（Relay 连接），由新到旧", "Recoveries, newest first"),
)
class RecoveryConnection:
    """One page."""

    nodes: list[Recovery] = strawberry.field(
        directives=[list_of(FIRST)],
        description=both("本页各笔", "The recoveries of this page"),
    )
    page_info: PageInfo = strawberry.field(
        description=both("分页信息", "Where this page stands")
    )
    total_count: int = strawberry.field(
        description=both("符合条件的总笔数", "How many were selected in all")
    )
    totals: RecoveryTotals = strawberry.field(
        description=both("合计（不限本页）", "Sums, of all pages")
    )

    @strawberry.field(
        directives=[list_of(FIRST)],
        description=both("本页各笔及游标", "The page with cursors"),
    )
    def edges(self) -> list[RecoveryEdge]:
        """Return one edge a node."""
        return [RecoveryEdge(node=node, cursor=node.id) for node in self.nodes]


def totals_shown(sums: RecoverySums) -> RecoveryTotals:
    """Return the sums of a selection."""
    return RecoveryTotals(
        amount_yuan=sums.owed_yuan,
        recovered_yuan=sums.recovered_yuan,
        by_state=[
            RecoveryCount(state=state, count=sums.by_state[state])
            for state in RecoveryState
            if state in sums.by_state
        ],
    )


def recoveries_shown(
    context: RequestContext, recoveries: Sequence[KeptRecovery]
) -> list[Recovery]:
    """Return recoveries as the graph shows them."""
    histories = DataLoader(context.services.ledger.histories)
    return [_shown(recovery, histories) for recovery in recoveries]


def _shown(recovery: KeptRecovery, histories: Histories) -> Recovery:
    return Recovery(
        kept=recovery,
        histories=histories,
        id=strawberry.ID(str(recovery.id)),
        version=recovery.version,
        state=recovery.progress.state,
        cause=recovery.cause,
        source=recovery.source,
        holder_differs=recovery.holder_differs,
        amount_yuan=recovery.progress.owed_yuan,
        recovered_yuan=recovery.progress.recovered_yuan,
        claim=recovery.claim,
        certificate=strawberry.ID(recovery.certificate),
        district=recovery.district,
        item_code=recovery.item,
        level=recovery.level,
        opened_at=recovery.opened_at,
        changed_at=recovery.changed_at,
    )


def _event_shown(event: KeptEvent) -> RecoveryEvent:
    return RecoveryEvent(
        step=event.step,
        after=event.after,
        at=event.at,
        actor=event.actor,
        reason=event.reason,
        amount_yuan=event.amount_yuan,
        owed_yuan=event.owed_yuan,
    )
