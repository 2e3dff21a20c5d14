"""Decisions of the ledger as the graph shows them; of their people nothing."""

from collections.abc import Sequence
from datetime import date, datetime

import strawberry
from strawberry.dataloader import DataLoader

from bureau.caller import Scope
from bureau.ledger.entries import Decision as KeptDecision
from bureau.ledger.payments import ClaimPayment as KeptPayment
from bureau.ledger.reading import DecisionSelection
from bureau.scopes import SUM_UP
from connectors.errors import StoreUnavailableError
from resolvers.bilingual import both
from resolvers.bodies import Body, body_of
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import ClaimantCategory, Fund, Level
from resolvers.errors import store_unavailable
from resolvers.ledger.enums import DecisionOutcome
from resolvers.ledger.judgements import Judgement, judgement_shown
from resolvers.ledger.payments_shown import ClaimPayment, payment_shown
from resolvers.relay import PageInfo

FIRST = 50
"""How many decisions a page has where the question does not say."""
Payments = DataLoader[str, KeptPayment | None]
"""Asks for the payments of all claims of an answer at once."""


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both(
        "台账中的一项决定；不显示其人",
        "A decision of the ledger; whose it is is not shown",
    ),
)
class Decision:
    """A decision."""

    kept: strawberry.Private[KeptDecision]
    payments: strawberry.Private[Payments]
    id: strawberry.ID = strawberry.field(
        description=both("决定编号", "The decision's number")
    )
    claim: str = strawberry.field(description=both("申领编号", "The claim's id"))
    certificate: strawberry.ID = strawberry.field(
        description=both(
            "证书编号；据此查询须说明目的", "Certificate.id; asking needs a purpose"
        )
    )
    outcome: DecisionOutcome = strawberry.field(
        description=both("决定", "The decision")
    )
    district: str = strawberry.field(description=both("区代码", "The district"))
    amount_yuan: int | None = strawberry.field(
        description=both("金额（元）", "The amount in yuan")
    )
    category: ClaimantCategory | None = strawberry.field(
        description=both("人员类别", "The claimant's category")
    )
    fund: Fund | None = strawberry.field(
        description=both("资金渠道", "The fund that it is paid from")
    )
    item_code: str | None = strawberry.field(
        description=both("附件项目代码", "The item's code in the annex")
    )
    level: Level | None = strawberry.field(description=both("等级", "The grade"))
    evidence: str = strawberry.field(
        description=both(
            "所凭签名原文的 SHA-256 摘要（十六进制）",
            "SHA-256 of the signed bytes that were believed, in hexadecimal",
        )
    )
    ruling: str | None = strawberry.field(
        description=both("认定理由", "Why the bureau ruled that it pays")
    )
    decided_on: date = strawberry.field(description=both("决定日期", "The day"))
    recorded_at: datetime = strawberry.field(
        description=both("记录时间", "When it was recorded")
    )
    recorded_by: str = strawberry.field(
        description=both("调用方", "The caller that recorded it")
    )
    person: str = strawberry.federation.field(
        requires_scopes=[[Scope.AUDIT]],
        description=both(
            "其人的假名，与审计日志相同", "The holder's pseudonym, as on the audit log"
        ),
    )

    @strawberry.field(
        description=both("牵头的行业主管部门", "The authority that leads")
    )
    def authority(self, info: Info) -> Body | None:
        """Return the authority; ``None`` if it was not known."""
        known = info.context.services.catalogue.bodies.get(self.kept.authority)
        return None if known is None else body_of(known)

    @strawberry.field(
        description=both(
            "此申领的补贴现状及步骤；无补贴的为空",
            "The claim's payment as it is now, and its steps; null if there is none",
        )
    )
    async def payment(self) -> ClaimPayment | None:
        """Return the claim's payment."""
        try:
            found = await self.payments.load(self.claim)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return None if found is None else payment_shown(found)

    @strawberry.field(
        description=both(
            "记录时按规定计算的结果；此功能之前的决定为空",
            "What the rules came to; null for a decision of before it was kept",
        )
    )
    async def judgement(self, info: Info) -> Judgement | None:
        """Return what was computed."""
        try:
            found = await info.context.services.ledger.judgement(self.kept.id)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return None if found is None else judgement_shown(found)


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both("一项决定及其游标", "A decision and its cursor"),
)
class DecisionEdge:
    """Relay's edge."""

    node: Decision = strawberry.field(description=both("决定", "The decision"))
    cursor: str = strawberry.field(description=both("游标", "The cursor"))


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both("决定（Relay 连接），由新到旧", "Decisions, newest first"),
)
class DecisionConnection:
    """One page."""

    selection: strawberry.Private[DecisionSelection]
    nodes: list[Decision] = strawberry.field(
        directives=[list_of(FIRST)],
        description=both("本页各项", "The decisions of this page"),
    )
    page_info: PageInfo = strawberry.field(
        description=both("分页信息", "Where this page stands")
    )

    @strawberry.field(
        directives=[list_of(FIRST)],
        description=both("本页各项及游标", "The page with cursors"),
    )
    def edges(self) -> list[DecisionEdge]:
        """Return one edge a node."""
        return [DecisionEdge(node=node, cursor=node.id) for node in self.nodes]

    @strawberry.field(
        description=both("符合条件的总数", "How many were selected in all")
    )
    async def total_count(self, info: Info) -> int:
        """Count them, which reads all of them."""
        try:
            return await info.context.services.decisions.count(self.selection)
        except StoreUnavailableError:
            raise store_unavailable() from None


def kept_decisions_shown(
    context: RequestContext, decisions: Sequence[KeptDecision]
) -> list[Decision]:
    """Return decisions as the graph shows them."""
    payments = DataLoader(context.services.decisions.payments)
    return [_shown(decision, payments) for decision in decisions]


def _shown(decision: KeptDecision, payments: Payments) -> Decision:
    return Decision(
        kept=decision,
        payments=payments,
        id=strawberry.ID(str(decision.id)),
        claim=decision.claim,
        certificate=strawberry.ID(decision.certificate),
        outcome=decision.outcome,
        district=decision.district,
        amount_yuan=decision.amount_yuan,
        category=decision.category,
        fund=decision.fund,
        item_code=decision.item,
        level=decision.level,
        evidence=decision.evidence,
        ruling=decision.ruling,
        decided_on=decision.decided_on,
        recorded_at=decision.recorded_at,
        recorded_by=decision.recorded_by,
        person=decision.person,
    )
