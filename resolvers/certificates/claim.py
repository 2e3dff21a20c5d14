"""A claim under notice 17 as a question states it, and the refusal of tomorrow's."""

from dataclasses import replace
from datetime import date
from typing import Annotated

import strawberry

from bureau.caller import Scope
from policy import normal_form
from policy.evidence import Claim, HeldLevel, Payment
from policy.payments import Payments, payments_before
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.enums import Acquisition, ClaimantCategory, Fund, Hukou, Level
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
    paid_on: date | None = strawberry.field(
        default=None, description=both("发放日期", "The day on which it was paid")
    )
    amount_yuan: int | None = strawberry.field(
        default=None, description=both("金额（元）", "The sum in yuan")
    )

    @property
    def payment(self) -> Payment:
        """Return it as the clauses know payments."""
        return Payment(
            item_code=normal_form.code(self.item_code or "") or None,
            level=self.level,
            category=self.category,
            fund=self.fund,
            paid_on=self.paid_on,
            amount_yuan=self.amount_yuan,
        )


@strawberry.input(
    description=both("申请人持有的另一证书", "Another certificate that is held")
)
class HeldInput:
    """One certificate that is held."""

    item_code: str | None = strawberry.field(
        default=None, description=both("项目代码", "The item's code")
    )
    level: Level | None = strawberry.field(
        default=None, description=both("等级", "The grade")
    )

    @property
    def held(self) -> HeldLevel:
        """Return it as the clauses know it."""
        return HeldLevel(
            item_code=normal_form.code(self.item_code or "") or None, level=self.level
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
    held: list[HeldInput] | None = strawberry.field(
        default=None,
        description=both(
            "申请人持有的其他证书；仅在启用 17-held 时使用",
            "What else the claimant holds; looked at where 17-held is on",
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

    def in_future(self, today: date) -> "ClaimInFuture | None":
        """Refuse a claim that is dated after ``today``; ``None`` if it is not."""
        if self.claimed_on is None or self.claimed_on <= today:
            return None
        return ClaimInFuture(claimed_on=self.claimed_on, today=today)

    def facts(self) -> Claim:
        """Return what is stated of the claim, as policy knows it."""
        stated, held = self.payments, self.held
        return Claim(
            claimed_on=self.claimed_on,
            category=self.category,
            hukou=self.hukou,
            studies_in_shanghai=self.studies_in_shanghai,
            discharged_on=self.discharged_on,
            payments=None if stated is None else tuple(p.payment for p in stated),
            held=None if held is None else tuple(one.held for one in held),
            is_civil_servant=self.is_civil_servant,
            acquisition=self.acquisition,
        )

    def as_claim(self, paid: Payments | None) -> Claim:
        """Return the claim as policy knows it, with what the ledger has ``paid``."""
        facts = self.facts()
        return replace(facts, payments=payments_before(facts.payments, paid))


ClaimArgument = Annotated[
    ClaimInput | None,
    strawberry.argument(
        description=both(
            "申领的事实；省略时只判断219号通知各条",
            "The facts of a claim; without, the clauses of notice 219 alone",
        ),
        deprecation_reason=(
            "请用 claimEligibility，其以类型拒绝今日以后的申领；下一版本取消 / "
            "use claimEligibility, which refuses a claim of a day after today by type; "
            "goes with the next version"
        ),
    ),
]
StatedClaim = Annotated[
    ClaimInput,
    strawberry.argument(description=both("申领的事实", "The facts of the claim")),
]


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "申领日期在今日（上海）以后：未予判断",
        "The claim is dated after today in Shanghai; nothing was judged",
    ),
)
class ClaimInFuture:
    """A claim of a day that has not come."""

    claimed_on: date = strawberry.field(
        description=both("所述申领日期", "The stated day of the claim")
    )
    today: date = strawberry.field(
        description=both("今日（上海）", "Today in Shanghai")
    )

    @strawberry.field(description=both("说明与处理办法", "What to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the message in ``language``."""
        return said(self._text, language)

    @property
    def as_error(self) -> RequestError:
        """Return it as the deprecated argument of ``eligibility`` has it refused."""
        return RequestError(f"{self._text.zh} / {self._text.en}", CLAIM_IN_FUTURE)

    @property
    def _text(self) -> Text:
        return Text(
            f"申领日期{self.claimed_on}尚未到来，请更正",
            f"claimedOn is {self.claimed_on}, which has not come; today in Shanghai is "
            f"{self.today}",
        )
