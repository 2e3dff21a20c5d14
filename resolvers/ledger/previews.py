"""A dry run of a decision in the graph: what would be recorded."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import strawberry

from bureau.ledger.book import Weighed
from bureau.ledger.entries import DecisionError, Objection
from bureau.scopes import PAY
from resolvers.bilingual import both
from resolvers.documents.directives import list_of
from resolvers.enums import Level
from resolvers.ledger.decisions import (
    AlreadyPaid,
    CertificateNotVerified,
    DecisionRefused,
    already_paid_shown,
    refusal_shown,
)
from resolvers.ledger.judgements import Judgement, judgement_shown

DecisionObjection = Annotated[
    AlreadyPaid | DecisionRefused,
    strawberry.union(
        "DecisionObjection",
        description=both("不予记录一项决定的原因", "What stands against a decision"),
    ),
]


@strawberry.federation.type(
    requires_scopes=PAY,
    description=both(
        "试算：若现在记录将如何；未作任何记录",
        "A dry run: what would be recorded now; nothing was",
    ),
)
class DecisionPreview:
    """A decision as it would be recorded."""

    judgement: Judgement = strawberry.field(
        description=both("按规定计算的结果", "What the rules come to")
    )
    amount_yuan: int | None = strawberry.field(
        description=both("将记录的金额（元）", "The yuan that would be recorded")
    )
    item_code: str | None = strawberry.field(
        description=both("附件项目代码", "The item's code in the annex")
    )
    level: Level | None = strawberry.field(description=both("等级", "The grade"))
    evidence: str = strawberry.field(
        description=both("所凭签名原文的 SHA-256 摘要", "SHA-256 of the signed bytes")
    )
    decided_on: date = strawberry.field(description=both("决定日期", "The day"))
    objections: list[DecisionObjection] = strawberry.field(
        directives=[list_of(10)],
        description=both(
            "不予记录的全部原因；为空即可记录",
            "All that stands against it; it would be recorded if there is nothing",
        ),
    )


DecisionPreviewAnswer = Annotated[
    DecisionPreview | CertificateNotVerified | DecisionRefused,
    strawberry.union(
        "DecisionPreviewAnswer",
        description=both("试算一项决定的结果", "What a dry run gives"),
    ),
]


def preview_shown(weighed: Weighed) -> DecisionPreview:
    """Return what would be recorded, and what stands against it."""
    decision = weighed.decision
    return DecisionPreview(
        judgement=judgement_shown(weighed.judgement),
        amount_yuan=decision.amount_yuan,
        item_code=decision.item,
        level=decision.level,
        evidence=decision.evidence,
        decided_on=decision.decided_on,
        objections=_told_once(weighed.objections),
    )


def _told_once(objections: Sequence[Objection]) -> list[DecisionObjection]:
    """Return objections as answers; that something was paid before is told once."""
    shown: list[DecisionObjection] = []
    for objection in objections:
        if isinstance(objection, DecisionError):
            shown.append(refusal_shown(objection))
        elif not any(isinstance(one, AlreadyPaid) for one in shown):
            shown.append(already_paid_shown(objection))
    return shown
