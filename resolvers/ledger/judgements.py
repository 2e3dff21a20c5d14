"""What was computed when a decision was recorded, in the graph."""

from datetime import date

import strawberry

from bureau.ledger.judging import Judgement as Computed
from bureau.scopes import SUM_UP
from resolvers.bilingual import both
from resolvers.certificates.finding import Finding, finding_of
from resolvers.documents.directives import list_of
from resolvers.enums import EligibilityOutcome


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both("一项认定：何人、依何理由、对何条款", "A ruling of a person"),
)
class Ruling:
    """Who ruled on which clauses, and why."""

    clauses: list[str] = strawberry.field(
        directives=[list_of(3)],
        description=both("所认定的条款，见 policy.clauses", "The clauses"),
    )
    reason: str = strawberry.field(description=both("理由", "Why"))
    officer: str = strawberry.field(description=both("认定人", "Who ruled"))


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both(
        "记录决定时按规定计算的结果，此后不变",
        "What the rules came to when the decision was recorded; it stays as it was",
    ),
)
class Judgement:
    """What was computed."""

    verdict: EligibilityOutcome = strawberry.field(
        description=both("总结论", "The verdict")
    )
    findings: list[Finding] = strawberry.field(
        directives=[list_of(15)],
        description=both("逐条结论", "One finding a clause, in order"),
    )
    computed_yuan: int | None = strawberry.field(
        description=both(
            "按规定计算的金额（元）；无法计算时为空",
            "The sum by the figures; null where it cannot be computed",
        )
    )
    figures_from: date = strawberry.field(
        description=both(
            "所用参数自何日起施行", "From which day on the figures used are in force"
        )
    )
    figures_digest: str = strawberry.field(
        description=both(
            "参数文件的 SHA-256 摘要", "SHA-256 of the file of the figures"
        )
    )
    rulings: list[Ruling] = strawberry.field(
        directives=[list_of(3)], description=both("认定", "The rulings")
    )
    status_list: str | None = strawberry.field(
        description=both(
            "所凭状态清单的 SHA-256 摘要；未用清单时为空",
            "SHA-256 of the status list that said the state, if one did",
        )
    )


def judgement_shown(computed: Computed) -> Judgement:
    """Return what was computed."""
    return Judgement(
        verdict=computed.verdict,
        findings=[*map(finding_of, computed.findings)],
        computed_yuan=computed.computed_yuan,
        figures_from=computed.figures_from,
        figures_digest=computed.figures_digest,
        rulings=[
            Ruling(
                clauses=[*ruling.clauses], reason=ruling.reason, officer=ruling.officer
            )
            for ruling in computed.rulings
        ],
        status_list=computed.status_list,
    )
