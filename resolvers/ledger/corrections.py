"""Corrections of payments as mutations: one person proposes, another answers."""

from typing import Annotated

import strawberry

from bureau.ledger.correcting import Correcting
from bureau.ledger.corrections import (
    Answer,
    CorrectionError,
    CorrectionRefusal,
    Proposal,
)
from bureau.ledger.entries import AlreadyPaidError, DecisionError
from bureau.ledger.recording import NotVerifiedError
from bureau.scopes import PAY, SEE_CORRECTIONS
from connectors.errors import StoreUnavailableError
from resolvers.bilingual import both
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import LooksUpPeople, list_of
from resolvers.errors import store_unavailable
from resolvers.ledger.corrections_shown import (
    Correction,
    CorrectionAnswer,
    CorrectionRefused,
    correction_shown,
)
from resolvers.ledger.deciding import Claimed
from resolvers.ledger.decision_inputs import DecisionInput
from resolvers.ledger.decisions import (
    AlreadyPaid,
    CertificateNotVerified,
    DecisionRefused,
    already_paid_shown,
    not_verified_shown,
    refusal_shown,
)
from resolvers.ledger.recording import PREVIEW, finder, recording_of, request_of
from resolvers.ledger.recoveries import CURSOR

MAX_OPEN = 100

ProposedAnswer = Annotated[
    Correction | CorrectionRefused | DecisionRefused,
    strawberry.union(
        "ProposedAnswer",
        description=both("提出一项更正的结果", "What proposing a correction gives"),
    ),
]
CorrectedAnswer = Annotated[
    Correction
    | CorrectionRefused
    | AlreadyPaid
    | CertificateNotVerified
    | DecisionRefused,
    strawberry.union(
        "CorrectedAnswer",
        description=both("答复一项更正的结果", "What answering a correction gives"),
    ),
]


@strawberry.input(
    description=both("拟对一笔支付作出的更正", "A correction that is proposed")
)
class CorrectionInput:
    """A correction as it is stated."""

    decision: strawberry.ID = strawberry.field(
        description=both(
            "错误支付的决定编号，DecisionRecorded.id",
            "The number of the wrong payment's decision, DecisionRecorded.id",
        )
    )
    replacement: DecisionInput | None = strawberry.field(
        default=None,
        description=both(
            "本应记录的支付；本不应支付的不填",
            "What should have been recorded; leave it out if nothing was to be paid",
        ),
    )
    officer: str = strawberry.field(
        description=both(
            "提出人（工号，1至64字），不得含证件号码",
            "Who proposes it, by a staff number of 1 to 64 characters; no identity "
            "number",
        )
    )
    reason: str = strawberry.field(
        description=both("理由（1至500字）", "Why, 1 to 500 characters")
    )


@strawberry.input(description=both("另一人对更正的答复", "The second person's answer"))
class CorrectionAnswerInput:
    """An answer as it is stated."""

    id: strawberry.ID = strawberry.field(description=both("更正编号", "Correction.id"))
    answer: CorrectionAnswer = strawberry.field(description=both("答复", "The answer"))
    officer: str = strawberry.field(
        description=both(
            "确认人（工号，1至64字），不得含证件号码",
            "Who answers, by a staff number, 1 to 64 characters; no identity number",
        )
    )
    reason: str = strawberry.field(
        description=both("理由（1至500字）", "Why, 1 to 500 characters")
    )


def _refused(
    context: RequestContext, officer: str, number: str, unknown: CorrectionRefusal
) -> CorrectionRefused | None:
    """Refuse what nobody need be asked about: another officer, or no number."""
    if not context.caller.may_be(officer):
        return CorrectionRefused(code=CorrectionRefusal.OTHER_OFFICER)
    return None if CURSOR.fullmatch(number) else CorrectionRefused(code=unknown)


@strawberry.federation.type(authenticated=True)
class CorrectionSteps:
    """The two steps of a correction."""

    @strawberry.federation.field(
        requires_scopes=PAY,
        description=both(
            "提出更正：冲销一笔错误支付，并在其旁记录正确的支付；由另一人确认",
            "Propose to reverse a wrong payment, and what to put beside it; another "
            "person confirms",
        ),
    )
    async def propose_correction(
        self,
        info: Info,
        correction: Annotated[
            CorrectionInput,
            strawberry.argument(description=both("更正", "The correction")),
        ],
        claim: Claimed = None,
    ) -> ProposedAnswer | None:
        """Propose a correction."""
        context, stated = info.context, correction.replacement
        unknown = CorrectionRefusal.UNKNOWN_DECISION
        refused = _refused(context, correction.officer, correction.decision, unknown)
        if refused is not None:
            return refused
        replacement = None if stated is None else stated.stated(claim)
        proposal = Proposal(
            decision=int(correction.decision),
            replacement=replacement,
            officer=correction.officer,
            reason=correction.reason,
            actor=context.caller.id,
            at=context.now,
        )
        request = None
        if replacement is not None:
            request = request_of(context, PREVIEW, replacement)
        try:
            kept = await Correcting(recording_of(context)).propose(
                proposal, request, context.caller.districts
            )
        except CorrectionError as error:
            return CorrectionRefused(code=error.refusal)
        except DecisionError as error:
            return refusal_shown(error)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return correction_shown(kept)

    @strawberry.federation.field(
        directives=[LooksUpPeople()],
        requires_scopes=PAY,
        description=both(
            "确认或驳回他人提出的更正；证书或人员类别有变的，当即核验并重新判断",
            "Confirm or reject a correction that another proposed; where certificate "
            "or category change, the certificate is verified and judged now",
        ),
    )
    async def answer_correction(
        self,
        info: Info,
        answer: Annotated[
            CorrectionAnswerInput,
            strawberry.argument(description=both("答复", "The answer")),
        ],
    ) -> CorrectedAnswer | None:
        """Answer a correction."""
        context = info.context
        unknown = CorrectionRefusal.UNKNOWN_CORRECTION
        refused = _refused(context, answer.officer, answer.id, unknown)
        if refused is not None:
            return refused
        stated = Answer(
            correction=int(answer.id),
            answer=answer.answer,
            officer=answer.officer,
            reason=answer.reason,
            actor=context.caller.id,
            at=context.now,
            day=context.today,
        )
        try:
            kept = await Correcting(recording_of(context)).answer(
                stated, finder(context), context.caller.districts
            )
        except CorrectionError as error:
            return CorrectionRefused(code=error.refusal)
        except NotVerifiedError as error:
            return not_verified_shown(error)
        except AlreadyPaidError as error:
            return already_paid_shown(error)
        except DecisionError as error:
            return refusal_shown(error)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return correction_shown(kept)


@strawberry.federation.type(authenticated=True)
class CorrectionQuestions:
    """What waits for a second person."""

    @strawberry.federation.field(
        requires_scopes=SEE_CORRECTIONS,
        directives=[list_of(MAX_OPEN)],
        description=both(
            "待确认的更正，先提出的在前，至多100项",
            "Corrections that wait for an answer, oldest first, 100 at most",
        ),
    )
    async def open_corrections(self, info: Info) -> list[Correction]:
        """Return what waits for an answer."""
        try:
            found = await info.context.services.ledger.open_corrections(
                MAX_OPEN, info.context.caller.districts_seen
            )
        except StoreUnavailableError:
            raise store_unavailable() from None
        return [*map(correction_shown, found)]
