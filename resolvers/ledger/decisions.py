"""What became of a decision, in the graph: recorded, or what stands against it."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from bureau.ledger.entries import AlreadyPaidError, Decision, DecisionError
from bureau.ledger.recording import NotVerifiedError
from bureau.scopes import PAY
from connectors.errors import StoreUnavailableError
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.finding import Finding, finding_of
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.enums import ClaimantCategory, Fund, Level, SourceOutcome
from resolvers.errors import store_unavailable
from resolvers.ledger.enums import (
    DECISION_REFUSALS,
    DecisionOutcome,
    DecisionRefusal,
)
from resolvers.ledger.judgements import Judgement, judgement_shown
from resolvers.ledger.payments_shown import ClaimPayment, payment_shown


@strawberry.federation.type(
    requires_scopes=PAY,
    description=both(
        "决定已记录；以同一请求键重发，答复不变",
        "The decision is recorded; sent again under its key, the answer is the same",
    ),
)
class DecisionRecorded:
    """One row of the ledger, as it was recorded."""

    id: strawberry.ID = strawberry.field(
        description=both("决定编号", "The decision's number")
    )
    claim: str = strawberry.field(description=both("申领编号", "The claim's id"))
    certificate: strawberry.ID = strawberry.field(
        description=both("证书编号", "Certificate.id")
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
            "所凭签名原文的 SHA-256 摘要（十六进制）；登记机构未答复而经认定的为空串",
            "SHA-256 of the signed bytes that were believed, in hexadecimal; empty if "
            "the registry was silent and that was ruled on",
        )
    )
    ruling: str | None = strawberry.field(
        description=both("认定理由", "Why the bureau ruled that it pays")
    )
    decided_on: date = strawberry.field(description=both("决定日期", "The day"))
    recorded_at: datetime = strawberry.field(
        description=both("记录时间", "When it was recorded")
    )

    @strawberry.field(
        description=both(
            "此申领的补贴现状；未审核通过的为空",
            "The claim's payment as it is now; null if nothing is to be paid",
        )
    )
    async def payment(self, info: Info) -> ClaimPayment | None:
        """Return the claim's payment."""
        try:
            context = info.context
            found = await context.services.ledger.payment(
                self.claim, context.caller.districts_seen
            )
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
            found = await info.context.services.ledger.judgement(int(self.id))
        except StoreUnavailableError:
            raise store_unavailable() from None
        return None if found is None else judgement_shown(found)


@strawberry.federation.type(
    requires_scopes=PAY,
    description=both(
        "此前已补贴，不得再次支付（17-once）；不显示该笔补贴的内容",
        "It was paid for before and is not paid again (17-once); nothing else is told",
    ),
)
class AlreadyPaid:
    """A payment bars this one."""

    said: strawberry.Private[Text]
    # As nullable as a refusal's, so that one document may ask both without aliases.
    clause: str | None = strawberry.field(
        description=both("条款编号，见 policy.clauses", "See policy.clauses")
    )

    @strawberry.field(description=both("理由", "The reason"))
    def reason(self, language: InLanguage = Language.ZH) -> str:
        """Return the reason in ``language``."""
        return said(self.said, language)


@strawberry.federation.type(
    requires_scopes=PAY,
    description=both(
        "证书未能核验：没有此证书，或登记机构未给出可信的答复；未作记录",
        "The certificate did not verify: there is none, or its registry gave no answer "
        "that can be believed; nothing was recorded",
    ),
)
class CertificateNotVerified:
    """Nobody vouches for the certificate now."""

    said: strawberry.Private[Text]
    source: SourceOutcome | None = strawberry.field(
        description=both(
            "登记机构的答复结果；没有此证书时为空",
            "How asking its registry ended; null if there is no such certificate",
        )
    )

    @strawberry.field(description=both("原因", "The reason"))
    def reason(self, language: InLanguage = Language.ZH) -> str:
        """Return the reason in ``language``."""
        return said(self.said, language)


@strawberry.federation.type(
    requires_scopes=PAY,
    description=both("决定未予记录", "The decision was not recorded"),
)
class DecisionRefused:
    """A decision that was not recorded, and the reason."""

    refusal: strawberry.Private[DecisionError]
    code: DecisionRefusal = strawberry.field(
        description=both("原因代码", "Why, as a code")
    )
    clause: str | None = strawberry.field(
        description=both(
            "所涉条款（首条），见 policy.clauses", "The clause, if it is one; the first"
        )
    )
    findings: list[Finding] = strawberry.field(
        directives=[list_of(15)],
        description=both("所涉各条的结论", "All findings that stand against it"),
    )

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        words = said(DECISION_REFUSALS[self.code], language)
        reasons = [said(one.reason, language) for one in self.refusal.findings]
        return f"{words}: {'; '.join(reasons)}" if reasons else words


DecisionAnswer = Annotated[
    DecisionRecorded | AlreadyPaid | CertificateNotVerified | DecisionRefused,
    strawberry.union(
        "DecisionAnswer",
        description=both("记录一项决定的结果", "What recording a decision gives"),
    ),
]


def decision_shown(decision: Decision) -> DecisionRecorded:
    """Return a decision that was recorded."""
    return DecisionRecorded(
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
    )


def already_paid_shown(error: AlreadyPaidError) -> AlreadyPaid:
    """Return the answer that a payment bars this one."""
    return AlreadyPaid(said=error.finding.reason, clause=error.finding.clause)


def refusal_shown(error: DecisionError) -> DecisionRefused:
    """Return why a decision is not recorded."""
    findings = error.findings
    return DecisionRefused(
        refusal=error,
        code=error.refusal,
        clause=findings[0].clause if findings else None,
        findings=[*map(finding_of, findings)],
    )


def not_verified_shown(error: NotVerifiedError) -> CertificateNotVerified:
    """Return that nobody vouches for the certificate."""
    return CertificateNotVerified(said=error.reason, source=error.outcome)
