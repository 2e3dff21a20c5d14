"""Propose and confirm corrections of payments.

A correction that leaves certificate and category as they are changes where and how much
was paid: it rests on what was signed and judged then, and nobody is asked. Any other is
judged like a payment of today, about bytes that are vouched for now.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bureau.ledger.book import Districts
from bureau.ledger.corrections import (
    Answer,
    Correction,
    CorrectionAnswer,
    CorrectionError,
    CorrectionRefusal,
    Proposal,
    Redrawn,
)
from bureau.ledger.entries import (
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    StatedDecision,
)
from bureau.ledger.judging import Judged, Judgement
from bureau.ledger.objections import of_amount
from bureau.ledger.payments import is_said
from bureau.ledger.recording import Find, Recording, Request
from policy import normal_form
from policy.payments import Payments


@dataclass(frozen=True, slots=True)
class Correcting:
    """A corrector of payments, which judges as recording does."""

    recording: Recording

    async def propose(
        self, proposal: Proposal, request: Request | None, districts: Districts = None
    ) -> Correction:
        """Propose a correction; ``request`` states what should have been recorded.

        Raises:
            CorrectionError: it cannot be proposed.
            DecisionError: the replacement cannot be a decision.
            StoreUnavailableError: the database is away.
        """
        if not is_said(proposal.officer, proposal.reason):
            raise CorrectionError(CorrectionRefusal.NOT_SAID)
        if request is not None:
            if request.stated.outcome is not DecisionOutcome.PAID:
                raise CorrectionError(CorrectionRefusal.NOT_A_PAYMENT)
            self.recording.require_well_formed(request)
        return await self.recording.ledger.propose_correction(proposal, districts)

    async def answer(
        self, answer: Answer, find: Find, districts: Districts = None
    ) -> Correction:
        """Confirm or reject a correction.

        Raises:
            CorrectionError: it cannot be answered.
            NotVerifiedError: nobody vouches for the right certificate now.
            AlreadyPaidError: a payment bars the right one.
            DecisionError: something else stands against it.
            StoreUnavailableError: the database is away.
        """
        if not is_said(answer.officer, answer.reason):
            raise CorrectionError(CorrectionRefusal.NOT_SAID)
        ledger = self.recording.ledger
        if answer.answer is CorrectionAnswer.REJECT:
            return await ledger.answer_correction(answer, None, districts)
        correction = await ledger.correction(answer.correction, districts)
        if correction is None:
            raise CorrectionError(CorrectionRefusal.UNKNOWN_CORRECTION)
        wrong = await ledger.decision(correction.proposal.decision)
        assert wrong is not None  # noqa: S101 - a correction is of one that is kept
        # Before anybody is looked up for it.
        require_another(correction, answer)
        stated = correction.proposal.replacement
        redrawn = None
        if stated is not None:
            if districts is not None and stated.district not in districts:
                raise DecisionError(DecisionRefusal.NOT_YOUR_DISTRICT)
            request = _request(correction, stated, answer)
            redrawn = (
                self._amended(request, wrong, await ledger.judgement(wrong.id))
                if _rests_on_the_same(stated, wrong)
                else await self._judged_anew(request, find)
            )
        return await ledger.answer_correction(answer, redrawn, districts)

    async def _judged_anew(self, request: Request, find: Find) -> Redrawn:
        vouched = await self.recording.vouched(request, find)
        decision, people, judge = self.recording.drawn_up(request, vouched)
        return Redrawn(
            decision=decision,
            people=people,
            judge=judge,
            evidence=self.recording.sealed(vouched),
        )

    def _amended(
        self, request: Request, wrong: Decision, kept: Judgement | None
    ) -> Redrawn:
        stated = request.stated
        judgement = kept or self.recording.rules.unjudged(
            stated.decided_on or wrong.decided_on
        )
        judgement = replace(judgement, rulings=(*judgement.rulings, *stated.rulings))

        def judge(_: Payments) -> Judged:
            return Judged(judgement, tuple(of_amount(stated, judgement.computed_yuan)))

        decision = replace(
            wrong,
            amount_yuan=stated.amount_yuan,
            district=stated.district,
            fund=stated.fund or wrong.fund,
            ruling=stated.ruling or wrong.ruling,
            decided_on=stated.decided_on or wrong.decided_on,
            recorded_at=request.now,
            recorded_by=request.caller,
            request_key=request.key,
            request_digest=stated.digest,
        )
        return Redrawn(decision=decision, people=[wrong.person], judge=judge)


def require_another(correction: Correction, answer: Answer) -> None:
    """Refuse an answer that is there already, or by the person who proposed.

    Whoever proposed may reject it, which withdraws it.

    Raises:
        CorrectionError: see there.
    """
    if correction.answered is not None:
        raise CorrectionError(CorrectionRefusal.ANSWERED_BEFORE)
    if answer.answer is CorrectionAnswer.REJECT:
        return
    proposal = correction.proposal
    # Whatever would be one name to a clerk is one person.
    officers = {normal_form.name(one.officer) for one in (proposal, answer)}
    if answer.actor == proposal.actor or len(officers) == 1:
        raise CorrectionError(CorrectionRefusal.SAME_PERSON)


def _rests_on_the_same(stated: StatedDecision, wrong: Decision) -> bool:
    category = stated.claimant_category
    return stated.certificate == wrong.certificate and category in (
        None,
        wrong.category,
    )


def _request(correction: Correction, stated: StatedDecision, answer: Answer) -> Request:
    now: datetime = answer.at
    return Request(
        # No caller's key has a blank.
        key=f"correction {correction.id}",
        stated=stated,
        caller=answer.actor,
        now=now,
        today=answer.day,
    )
