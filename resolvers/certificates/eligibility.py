"""Eligibility in the graph: a verdict with one finding a clause."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Annotated, ClassVar

import strawberry

from bureau.caller import Scope
from connectors.answer import AttestedCertificate
from policy.eligibility import Eligibility as PolicyEligibility
from policy.eligibility import evaluate
from policy.evidence import Claim, Claimant, Evidence, Payment
from policy.finding import Finding as PolicyFinding
from policy.payments import Payments, payments_before
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.context import RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import (
    Acquisition,
    ClaimantCategory,
    EligibilityOutcome,
    FindingOutcome,
    Fund,
    Hukou,
    Level,
)
from resolvers.errors import RequestError

CLAIM_IN_FUTURE = "CLAIM_IN_FUTURE"
"""The code of the refusal of a claim whose day has not come."""


@strawberry.input(
    description=both("此前已发放的一笔补贴", "A subsidy paid to the claimant before")
)
class PaymentInput:
    """One earlier payment."""

    item_code: str | None = strawberry.field(
        default=None, description=both("项目代码", "The item's code")
    )
    level: Level | None = strawberry.field(
        default=None, description=both("等级", "The grade")
    )
    category: ClaimantCategory | None = strawberry.field(
        default=None,
        description=both("当时的人员类别", "The claimant's category at that time"),
    )
    fund: Fund | None = strawberry.field(
        default=None, description=both("资金渠道", "The fund that it was paid from")
    )


@strawberry.input(
    description=both(
        "一次补贴申领的事实；未给出的视为未知",
        "The facts of one claim; what is left out is not known",
    )
)
class ClaimInput:
    """A claim under notice 17."""

    claimed_on: date | None = strawberry.field(
        default=None,
        description=both(
            "申领日期，不得晚于今日（上海）",
            "The day of the claim, not after today in Shanghai",
        ),
    )
    category: ClaimantCategory | None = strawberry.field(
        default=None, description=both("人员类别", "The claimant's category")
    )
    hukou: Hukou | None = strawberry.field(
        default=None, description=both("户籍", "Household registration")
    )
    studies_in_shanghai: bool | None = strawberry.field(
        default=None,
        description=both("在沪就读（毕业学年学生）", "Studies in Shanghai"),
    )
    discharged_on: date | None = strawberry.field(
        default=None,
        description=both("退役日期（退役士兵）", "The day of discharge, for veterans"),
    )
    payments: list[PaymentInput] | None = strawberry.field(
        default=None,
        description=both(
            "台账之外此前已发放的补贴；本网关台账所记一并计入，不能以空列表否认",
            "Earlier payments that the gateway's ledger may lack; those that it has "
            "count in any case",
        ),
    )
    is_civil_servant: bool | None = strawberry.field(
        default=None,
        description=both("是否公务员或参公人员", "Is the claimant a civil servant"),
    )
    acquisition: Acquisition | None = strawberry.field(
        default=None,
        description=both("证书取得方式", "How the certificate was come by"),
    )

    def facts(self) -> Claim:
        """Return what is stated of the claim, as policy knows it."""
        stated = self.payments
        return Claim(
            claimed_on=self.claimed_on,
            category=self.category,
            hukou=self.hukou,
            studies_in_shanghai=self.studies_in_shanghai,
            discharged_on=self.discharged_on,
            payments=None
            if stated is None
            else tuple(
                Payment(
                    item_code=p.item_code,
                    level=p.level,
                    category=p.category,
                    fund=p.fund,
                )
                for p in stated
            ),
            is_civil_servant=self.is_civil_servant,
            acquisition=self.acquisition,
        )

    def as_claim(self, paid: Payments | None, today: date) -> Claim:
        """Return the claim as policy knows it, with what the ledger has ``paid``.

        Raises:
            RequestError: it is dated after ``today``.
        """
        if self.claimed_on is not None and self.claimed_on > today:
            raise RequestError(
                f"申领日期{self.claimed_on}尚未到来，请更正 / claimedOn is "
                f"{self.claimed_on}, which has not come; today in Shanghai is {today}",
                CLAIM_IN_FUTURE,
            )
        facts = self.facts()
        return replace(facts, payments=payments_before(facts.payments, paid))


AsOf = Annotated[
    date | None,
    strawberry.argument(
        description=both(
            "所问之日，默认为今日（上海）；今日以后之事未知",
            "The day asked about; today in Shanghai by default. Of a day after today "
            "nothing is known but what a date decides",
        )
    ),
]
ClaimArgument = Annotated[
    ClaimInput | None,
    strawberry.argument(
        description=both(
            "申领的事实；省略时只判断219号通知各条",
            "The facts of a claim; without, the clauses of notice 219 alone",
        )
    ),
]


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("一条规定的结论与理由", "One clause's outcome and the reason"),
)
class Finding:
    """One clause."""

    is_phrase: ClassVar = True

    said: strawberry.Private[Text]
    clause: str = strawberry.field(
        description=both("条款编号，见 policy.clauses", "See policy.clauses")
    )
    outcome: FindingOutcome = strawberry.field(description=both("结论", "The outcome"))

    @strawberry.field(description=both("理由", "The reason"))
    def reason(self, language: InLanguage = Language.ZH) -> str:
        """Return the reason in ``language``."""
        return said(self.said, language)

    # What is equal is one object (``finding_of``), and found again as that.
    __hash__ = object.__hash__


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "是否符合补贴条件：每条规定都有结论，最差的一条决定",
        "Whether the notice pays: every clause is reported, the worst decides",
    ),
)
class Eligibility:
    """A verdict."""

    outcome: EligibilityOutcome = strawberry.field(
        description=both("总结论", "The verdict")
    )
    findings: list[Finding] = strawberry.field(
        directives=[list_of(15)],
        description=both("逐条结论，按附件顺序", "One finding a clause, in order"),
    )
    amount_yuan: int | None = strawberry.field(
        description=both(
            "补贴金额（元）；仅在给出 claim 且结论为符合时有值",
            "The amount in yuan; only for a claim that is eligible",
        )
    )
    share_percent: int | None = strawberry.field(
        description=both("补贴比例（%）", "The share of the standard amount, percent")
    )


# A clause comes out in few ways, but for the days of issue: eleven years of them.
@lru_cache(maxsize=4096)
def finding_of(finding: PolicyFinding) -> Finding:
    """Return a finding as the graph shows it."""
    clause, outcome, reason = finding
    return Finding(said=reason, clause=clause, outcome=outcome)


def shown(
    eligibility: PolicyEligibility, masked: Callable[[Text], Text] | None = None
) -> Eligibility:
    """Return a verdict as the graph shows it, its reasons ``masked``."""
    findings = eligibility.findings
    return Eligibility(
        outcome=eligibility.outcome,
        findings=[*map(finding_of, findings)]
        if masked is None
        else [
            finding_of(PolicyFinding(f.clause, f.outcome, masked(f.reason)))
            for f in findings
        ],
        amount_yuan=eligibility.amount_yuan,
        share_percent=eligibility.share_percent,
    )


def evaluated(
    attested: AttestedCertificate,
    claimant: Claimant,
    context: RequestContext,
    *,
    as_of: date,
    claim: Claim | None,
) -> Eligibility:
    """Evaluate the clauses against one certificate."""
    evidence = Evidence(
        record=attested.record,
        attestation=attested.attestation,
        claimant=claimant,
        claim=claim,
        as_of=as_of,
        today=context.today,
    )
    services = context.services
    verdict = evaluate(
        evidence, catalogue=services.catalogue, parameters=services.parameters
    )
    if context.mask.lifted:
        return shown(verdict)
    return shown(verdict, lambda reason: context.mask.text(reason, attested.record))
