"""A decision as it is stated in the graph."""

from datetime import date

import strawberry

from bureau.ledger.entries import (
    DecisionError,
    DecisionRefusal,
    Ruling,
    SeenCertificate,
    StatedDecision,
)
from policy import normal_form
from policy.evidence import Claim, Claimant
from policy.identity import IdentityError, parse_identity
from policy.names import stated_name
from resolvers.bilingual import both
from resolvers.certificates.claim import ClaimInput
from resolvers.enums import ClaimantCategory, Fund, IdType, Level
from resolvers.ledger.enums import DecisionOutcome


@strawberry.input(
    description=both(
        "对无法确定的条款，或对不同于计算所得的金额的认定",
        "A ruling on clauses that are undetermined, or (17-amount) on another sum than "
        "the computed one",
    )
)
class RulingInput:
    """A ruling as it is stated."""

    clauses: list[str] = strawberry.field(
        description=both(
            "所认定的条款，见 policy.clauses", "The clauses, see policy.clauses"
        )
    )
    reason: str = strawberry.field(
        description=both("理由（1至500字）", "Why, 1 to 500 characters")
    )
    officer: str = strawberry.field(
        description=both(
            "认定人（工号，1至64字），不得含证件号码",
            "Who ruled, by a staff number, 1 to 64 characters; no identity number",
        )
    )


@strawberry.input(
    description=both(
        "登记机构未答复时，经办人所见的证书；涉及证书的各条须逐条认定",
        "A certificate as an officer saw it, for when its registry does not answer: "
        "each clause about it needs a ruling by name",
    )
)
class SeenCertificateInput:
    """A certificate that nobody vouches for, as it is stated."""

    item_code: str = strawberry.field(
        description=both("附件项目代码", "The item's code in the annex")
    )
    level: Level = strawberry.field(description=both("等级", "The grade"))


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
        description=both(
            "金额（元）；已支付时必填，须为计算所得，另有认定的除外",
            "Yuan; needed if it was paid, and the computed sum unless it was ruled on",
        ),
    )
    category: ClaimantCategory | None = strawberry.field(
        default=None, description=both("人员类别", "The claimant's category")
    )
    fund: Fund | None = strawberry.field(
        default=None,
        description=both("资金渠道", "The fund that it is paid from"),
    )
    decided_on: date | None = strawberry.field(
        default=None,
        description=both(
            "决定日期，默认为今日（上海）；不早于发证之日",
            "The day; today by default, and not before the certificate's issue",
        ),
    )
    ruling: str | None = strawberry.field(
        default=None,
        description=both(
            "规定无法确定时，人力资源社会保障部门的认定理由（1至500字）",
            "Where a clause is undetermined: why the bureau ruled that it pays",
        ),
        deprecation_reason=both(
            "请改用 rulings，注明条款和认定人", "State rulings, with clause and officer"
        ),
    )
    rulings: list[RulingInput] = strawberry.field(
        default_factory=list,
        description=both(
            "认定：何人、依何理由、对何条款", "Rulings: who ruled on which clauses, why"
        ),
    )

    seen: SeenCertificateInput | None = strawberry.field(
        default=None,
        description=both(
            "登记机构未答复时据以认定的证书；有答复时不用",
            "What it is for, if its registry does not answer; else it is not looked at",
        ),
    )

    def stated(self, claim: ClaimInput | None) -> StatedDecision:
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
            facts=Claim() if claim is None else claim.facts(),
            fund=self.fund,
            seen=None
            if self.seen is None
            else SeenCertificate(
                item=normal_form.code(self.seen.item_code), level=self.seen.level
            ),
            rulings=tuple(
                Ruling(
                    clauses=tuple(ruling.clauses),
                    reason=ruling.reason,
                    officer=ruling.officer,
                )
                for ruling in self.rulings
            ),
        )


@strawberry.input(
    description=both(
        "申领人；与证书的持证人核对（219-2c），不留存",
        "Who claims; compared with the certificate's holder (219-2c), and not kept",
    )
)
class ClaimantInput:
    """A claimant as it is stated."""

    id_number: str = strawberry.field(
        description=both("证件号码", "The identity number")
    )
    id_type: IdType | None = strawberry.field(
        default=None,
        description=both(
            "证件类型；省略时按号码推得（护照须注明）",
            "The id type; inferred if left out (a passport's must be stated)",
        ),
    )
    name: str | None = strawberry.field(
        default=None,
        description=both("姓名；给出时核对", "The name; compared if stated"),
    )

    def stated(self) -> Claimant:
        """Return the claimant.

        Raises:
            DecisionError: the number cannot be one.
        """
        try:
            identity = parse_identity(self.id_number, self.id_type)
        except IdentityError:
            raise DecisionError(DecisionRefusal.BAD_CLAIMANT) from None
        return Claimant(identity, stated_name(self.name))
