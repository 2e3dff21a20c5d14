"""Corrections in the graph, and why one is not proposed or answered."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import strawberry

from bureau.ledger.corrections import Correction as Kept
from bureau.ledger.corrections import CorrectionAnswer, CorrectionRefusal
from bureau.ledger.entries import StatedDecision
from bureau.scopes import PAY, SEE_CORRECTIONS
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, described_enum, said
from resolvers.enums import ClaimantCategory
from resolvers.ledger.enums import OTHER_OFFICER

__all__ = ["CorrectionAnswer", "CorrectionRefusal"]

MEANINGS: Mapping[CorrectionRefusal, Text] = MappingProxyType(
    {
        CorrectionRefusal.UNKNOWN_DECISION: Text(
            "没有此编号的决定", "there is no decision of this number"
        ),
        CorrectionRefusal.NOT_PAID: Text(
            "该决定不是现行的支付：未支付、已退票或已取消的，无须更正",
            "the claim is not paid by this decision now; what was not paid, or came "
            "back, is cancelled or decided anew",
        ),
        CorrectionRefusal.REVERSED_BEFORE: Text(
            "该支付已冲销，冲销不得再冲销；确应支付的，请重新作出决定",
            "this payment was reversed; a reversal is not reversed: decide the claim "
            "anew",
        ),
        CorrectionRefusal.PROPOSED_BEFORE: Text(
            "已有待确认的更正，请先确认或驳回",
            "a correction of it waits for an answer; answer that first",
        ),
        CorrectionRefusal.NOT_SAID: Text(
            "须注明经办人（1至64字）和理由（1至500字），且不得含证件号码",
            "an officer of 1 to 64 characters and a reason of 1 to 500 are needed, "
            "without identity numbers",
        ),
        CorrectionRefusal.NOT_A_PAYMENT: Text(
            "更正后的决定须为 PAID；不应支付的，不填 replacement",
            "what replaces a payment is PAID; if nothing was to be paid, leave out "
            "replacement",
        ),
        CorrectionRefusal.OTHER_CLAIM: Text(
            "更正后的决定须属同一申领；申领编号有误的，请先冲销，再就正确的申领作出决定",
            "what replaces a payment is of the same claim; if that is wrong, reverse "
            "it, and decide on the right claim",
        ),
        CorrectionRefusal.UNKNOWN_CORRECTION: Text(
            "没有此编号的更正", "there is no correction of this number"
        ),
        CorrectionRefusal.ANSWERED_BEFORE: Text(
            "此更正已确认或驳回", "this correction was answered before"
        ),
        CorrectionRefusal.SAME_PERSON: Text(
            "提出更正者不得确认，须由另一人（另一调用方、另一经办人）确认",
            "whoever proposed a correction does not confirm it: another caller and "
            "another officer do",
        ),
        CorrectionRefusal.OTHER_OFFICER: OTHER_OFFICER,
    }
)
described_enum(
    CorrectionRefusal,
    both("更正未予受理的原因", "Why a correction was not proposed or answered"),
    {code: both(text.zh, text.en) for code, text in MEANINGS.items()},
)
described_enum(
    CorrectionAnswer,
    both("对一项更正的答复", "What the second person says of a correction"),
    {
        CorrectionAnswer.CONFIRM: both("确认", "It is done"),
        CorrectionAnswer.REJECT: both("驳回；提出者亦可撤回", "It is not"),
    },
)


@strawberry.federation.type(
    requires_scopes=SEE_CORRECTIONS,
    description=both("更正后的支付", "What should have been recorded"),
)
class Replacement:
    """A payment as it should have been recorded."""

    certificate: strawberry.ID = strawberry.field(
        description=both("证书编号", "Certificate.id")
    )
    district: str = strawberry.field(description=both("区代码", "The district"))
    amount_yuan: int | None = strawberry.field(
        description=both("金额（元）", "The amount in yuan")
    )
    category: ClaimantCategory | None = strawberry.field(
        description=both("人员类别", "The claimant's category")
    )


@strawberry.federation.type(
    requires_scopes=SEE_CORRECTIONS,
    description=both("对更正的答复", "The second person's answer"),
)
class CorrectionAnswered:
    """An answer that was given."""

    answer: CorrectionAnswer = strawberry.field(description=both("答复", "The answer"))
    officer: str = strawberry.field(description=both("经办人", "Who answered"))
    reason: str = strawberry.field(description=both("理由", "Why"))
    actor: str = strawberry.field(description=both("调用方", "The caller"))
    at: datetime = strawberry.field(description=both("时间", "When"))
    replaced_by: strawberry.ID | None = strawberry.field(
        description=both(
            "更正后的决定编号；仅冲销的为空",
            "The number of the right decision; null if the wrong one was but reversed",
        )
    )


@strawberry.federation.type(
    requires_scopes=SEE_CORRECTIONS,
    description=both(
        "对一笔错误支付的更正，由一人提出、另一人确认",
        "The correction of a wrong payment, proposed by one and confirmed by another",
    ),
)
class Correction:
    """A correction."""

    id: strawberry.ID = strawberry.field(description=both("编号", "Its number"))
    decision: strawberry.ID = strawberry.field(
        description=both("被更正的决定编号", "The number of the wrong decision")
    )
    claim: str = strawberry.field(description=both("申领编号", "The claim's id"))
    replacement: Replacement | None = strawberry.field(
        description=both(
            "更正后的支付；仅冲销的为空", "The right payment; null if there is none"
        )
    )
    officer: str = strawberry.field(description=both("提出人", "Who proposed it"))
    reason: str = strawberry.field(description=both("理由", "Why"))
    proposed_by: str = strawberry.field(description=both("调用方", "The caller"))
    proposed_at: datetime = strawberry.field(description=both("提出时间", "When"))
    answered: CorrectionAnswered | None = strawberry.field(
        description=both("答复；待确认的为空", "The answer; null if there is none yet")
    )


@strawberry.federation.type(
    requires_scopes=PAY,
    description=both("更正未予受理，未作任何变更", "Nothing was done"),
)
class CorrectionRefused:
    """A correction that was not proposed or answered, and the reason."""

    code: CorrectionRefusal = strawberry.field(
        description=both("原因代码", "Why, as a code")
    )

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        return said(MEANINGS[self.code], language)


def correction_shown(correction: Kept) -> Correction:
    """Return a correction as the graph shows it."""
    proposal, answered = correction.proposal, correction.answered
    return Correction(
        id=strawberry.ID(str(correction.id)),
        decision=strawberry.ID(str(proposal.decision)),
        claim=correction.claim,
        replacement=_replacement(proposal.replacement),
        officer=proposal.officer,
        reason=proposal.reason,
        proposed_by=proposal.actor,
        proposed_at=proposal.at,
        answered=None
        if answered is None
        else CorrectionAnswered(
            answer=answered.answer,
            officer=answered.officer,
            reason=answered.reason,
            actor=answered.actor,
            at=answered.at,
            replaced_by=None
            if answered.replaced_by is None
            else strawberry.ID(str(answered.replaced_by)),
        ),
    )


def _replacement(stated: StatedDecision | None) -> Replacement | None:
    if stated is None:
        return None
    return Replacement(
        certificate=strawberry.ID(stated.certificate),
        district=stated.district,
        amount_yuan=stated.amount_yuan,
        category=stated.claimant_category,
    )
