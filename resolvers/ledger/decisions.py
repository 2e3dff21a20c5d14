"""Payment feedback: a decision on a claim is recorded, once, about verified bytes."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from bureau.ledger.entries import (
    AlreadyPaidError,
    Decision,
    DecisionError,
    StatedDecision,
)
from bureau.ledger.recording import NotVerifiedError
from bureau.scopes import PAY
from connectors.errors import StoreUnavailableError
from policy import normal_form
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.context import Info
from resolvers.documents.directives import LooksUpPeople
from resolvers.enums import ClaimantCategory, Level, SourceOutcome
from resolvers.errors import store_unavailable
from resolvers.ledger.enums import (
    DECISION_REFUSALS,
    DecisionOutcome,
    DecisionRefusal,
)
from resolvers.ledger.recording import recorded


@strawberry.input(
    description=both("对一次补贴申领的决定", "A decision on a claim for a subsidy")
)
class DecisionInput:
    """A decision as it is stated."""

    claim: str = strawberry.field(
        description=both(
            "申领编号（经办平台），不得含证件号码",
            "The claim's id at the platform; no identity number",
        )
    )
    certificate: strawberry.ID = strawberry.field(
        description=both("所凭证书，Certificate.id", "Certificate.id of what it is for")
    )
    outcome: DecisionOutcome = strawberry.field(
        description=both("决定", "The decision")
    )
    district: str = strawberry.field(
        description=both("区代码（GB/T 2260，六位）", "The district, GB/T 2260")
    )
    amount_yuan: int | None = strawberry.field(
        default=None,
        description=both("金额（元）；已支付时必填", "Yuan; needed if it was paid"),
    )
    category: ClaimantCategory | None = strawberry.field(
        default=None, description=both("人员类别", "The claimant's category")
    )
    decided_on: date | None = strawberry.field(
        default=None,
        description=both("决定日期，默认为今日（上海）", "The day; today by default"),
    )
    ruling: str | None = strawberry.field(
        default=None,
        description=both(
            "规定无法确定时，人力资源社会保障部门的认定理由（1至500字）",
            "Where a clause is undetermined: why the bureau ruled that it pays",
        ),
    )

    def stated(self) -> StatedDecision:
        """Return it as the ledger knows it."""
        return StatedDecision(
            claim=normal_form.text(self.claim),
            certificate=self.certificate,
            outcome=self.outcome,
            district=normal_form.code(self.district),
            amount_yuan=self.amount_yuan,
            category=self.category,
            decided_on=self.decided_on,
            ruling=self.ruling,
        )


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
        description=both("所涉条款，见 policy.clauses", "The clause, if it is one")
    )

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        finding = self.refusal.finding
        words = said(DECISION_REFUSALS[self.code], language)
        return (
            words if finding is None else f"{words}: {said(finding.reason, language)}"
        )


DecisionAnswer = Annotated[
    DecisionRecorded | AlreadyPaid | CertificateNotVerified | DecisionRefused,
    strawberry.union(
        "DecisionAnswer",
        description=both("记录一项决定的结果", "What recording a decision gives"),
    ),
]


@strawberry.federation.type(authenticated=True)
class PaymentSteps:
    """The feedback of the human-resources platform."""

    @strawberry.federation.field(
        directives=[LooksUpPeople()],
        requires_scopes=PAY,
        description=both(
            "记录对一次申领的决定；证书须当即核验通过，同一请求键只记录一次",
            "Record a decision on a claim; the certificate has to verify now, and one "
            "key records once",
        ),
    )
    async def record_decision(
        self,
        info: Info,
        key: Annotated[
            str,
            strawberry.argument(
                description=both(
                    "请求键，由调用方自定且唯一；重发时不变",
                    "The request's key, the caller's own; the same when sent again",
                )
            ),
        ],
        decision: Annotated[
            DecisionInput,
            strawberry.argument(description=both("决定", "The decision")),
        ],
    ) -> DecisionAnswer | None:
        """Record a decision."""
        context = info.context
        try:
            return _shown(await recorded(context, key, decision.stated()))
        except NotVerifiedError as error:
            return CertificateNotVerified(said=error.reason, source=error.outcome)
        except AlreadyPaidError as error:
            finding = error.finding
            return AlreadyPaid(said=finding.reason, clause=finding.clause)
        except DecisionError as error:
            return DecisionRefused(
                refusal=error,
                code=error.refusal,
                clause=None if error.finding is None else error.finding.clause,
            )
        except StoreUnavailableError:
            raise store_unavailable() from None


def _shown(decision: Decision) -> DecisionRecorded:
    return DecisionRecorded(
        id=strawberry.ID(str(decision.id)),
        claim=decision.claim,
        certificate=strawberry.ID(decision.certificate),
        outcome=decision.outcome,
        district=decision.district,
        amount_yuan=decision.amount_yuan,
        category=decision.category,
        item_code=decision.item,
        level=decision.level,
        evidence=decision.evidence,
        ruling=decision.ruling,
        decided_on=decision.decided_on,
        recorded_at=decision.recorded_at,
    )
