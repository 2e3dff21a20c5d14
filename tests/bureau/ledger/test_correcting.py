"""A correction rests on what was signed then, or is judged anew; two people make it."""

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

import pytest

from bureau.ledger.book import Districts, LedgerBook
from bureau.ledger.correcting import Correcting
from bureau.ledger.corrections import (
    Answer,
    Answered,
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
)
from bureau.ledger.judging import Judgement, Rules
from policy.catalogue import load_catalogue
from policy.evidence import ClaimantCategory, Fund
from policy.parameters import load_parameters
from tests.bureau.ledger.recording import (
    NOW,
    STATED,
    Office,
    eligible,
    request,
    ruled,
)

TODAY = date(2026, 11, 25)
WRONG = replace(STATED, amount_yuan=1500)
MORE = replace(WRONG, decided_on=None, rulings=ruled("17-amount"), amount_yuan=1700)
JUDGEMENT = Rules(catalogue=load_catalogue(), parameters=load_parameters()).unjudged(
    TODAY
)
KEPT = replace(JUDGEMENT, computed_yuan=1600, rulings=ruled("17-share"))


@dataclass
class Corrections:
    """A ledger with one payment, and corrections of it, in memory."""

    wrong: Decision | None
    kept: Judgement | None = KEPT
    corrections: dict[int, Correction] = field(default_factory=dict)
    answered: list[tuple[Answer, Redrawn | None, Districts]] = field(
        default_factory=list
    )

    async def propose_correction(
        self, proposal: Proposal, districts: Districts
    ) -> Correction:
        assert districts is None or "310115" in districts
        made = Correction(id=1, claim="c-1", proposal=proposal, answered=None)
        self.corrections[1] = made
        return made

    async def correction(self, id_: int, districts: Districts) -> Correction | None:
        assert districts is None or "310115" in districts
        return self.corrections.get(id_)

    async def decision(self, id_: int) -> Decision | None:
        assert id_ == 5
        return self.wrong

    async def judgement(self, id_: int) -> Judgement | None:
        assert id_ == 5
        return self.kept

    async def answer_correction(
        self, answer: Answer, redrawn: Redrawn | None, districts: Districts
    ) -> Correction:
        self.answered.append((answer, redrawn, districts))
        return self.corrections[answer.correction]


@dataclass
class Desk:
    """Who corrects the payment of an office."""

    office: Office = field(default_factory=lambda: Office(eligible()))
    ledger: Corrections = field(default_factory=lambda: Corrections(None))

    @property
    def correcting(self) -> Correcting:
        ledger = cast("LedgerBook", self.ledger)
        return Correcting(replace(self.office.recording, ledger=ledger))

    async def answer(self, answer: Answer, districts: Districts = None) -> Correction:
        return await self.correcting.answer(answer, self.office.find, districts)


PROPOSAL = Proposal(
    decision=5,
    replacement=None,
    officer="浦0017",
    reason="金额录错",
    actor="one",
    at=NOW,
)
CONFIRM = Answer(
    correction=1,
    answer=CorrectionAnswer.CONFIRM,
    officer="浦0018",
    reason="已核对",
    actor="another",
    at=NOW,
    day=TODAY,
)
REJECT = replace(CONFIRM, answer=CorrectionAnswer.REJECT)


async def desk_with(proposal: Proposal = PROPOSAL) -> Desk:
    """Return a desk before which a correction of decision 5 is proposed."""
    desk = Desk()
    paid = await Office(eligible()).record(STATED)
    desk.ledger.wrong = replace(paid, id=5)
    await desk.ledger.propose_correction(proposal, None)
    return desk


async def refusal(work: Awaitable[object]) -> CorrectionRefusal:
    with pytest.raises(CorrectionError) as error:
        await work
    assert str(error.value) == error.value.refusal
    return error.value.refusal


async def test_a_correction_is_proposed_of_what_may_have_been_a_payment() -> None:
    desk = Desk()
    propose = desk.correcting.propose

    assert await propose(PROPOSAL, None) == desk.ledger.corrections[1]
    assert (await propose(PROPOSAL, request(STATED), {"310115"})).id == 1
    for bad in ({"officer": ""}, {"reason": " "}):
        unsaid = replace(PROPOSAL, **bad)  # type: ignore[arg-type]  # by name
        assert await refusal(propose(unsaid, None)) is CorrectionRefusal.NOT_SAID
    refused = replace(STATED, outcome=DecisionOutcome.REFUSED, amount_yuan=None)
    not_paid = propose(PROPOSAL, request(refused))
    assert await refusal(not_paid) is CorrectionRefusal.NOT_A_PAYMENT
    with pytest.raises(DecisionError) as error:
        await propose(PROPOSAL, request(replace(STATED, amount_yuan=0)))
    assert error.value.refusal is DecisionRefusal.BAD_AMOUNT


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"officer": ""}, CorrectionRefusal.NOT_SAID),
        ({"reason": ""}, CorrectionRefusal.NOT_SAID),
        ({"correction": 2}, CorrectionRefusal.UNKNOWN_CORRECTION),
        ({"actor": "one"}, CorrectionRefusal.SAME_PERSON),
        ({"officer": "浦 ００17"}, CorrectionRefusal.SAME_PERSON),
    ],
)
async def test_another_person_says_who_they_are_and_why(
    changes: dict[str, object], expected: CorrectionRefusal
) -> None:
    desk = await desk_with()

    answer = desk.answer(replace(CONFIRM, **changes))  # type: ignore[arg-type]  # by name

    assert await refusal(answer) is expected
    assert desk.ledger.answered == []


async def test_who_proposed_may_withdraw_and_confirms_nothing_else() -> None:
    desk = await desk_with()
    withdrawn = replace(REJECT, actor="one", officer="浦0017")

    await desk.answer(withdrawn, {"310115"})

    assert desk.ledger.answered == [(withdrawn, None, {"310115"})]
    desk.ledger.corrections[1] = replace(
        desk.ledger.corrections[1],
        answered=Answered(
            answer=CorrectionAnswer.REJECT,
            officer="o",
            reason="r",
            actor="one",
            at=NOW,
            replaced_by=None,
        ),
    )
    again = desk.answer(CONFIRM)
    assert await refusal(again) is CorrectionRefusal.ANSWERED_BEFORE


async def test_what_should_not_have_been_paid_is_put_beside_nothing() -> None:
    desk = await desk_with()

    await desk.answer(CONFIRM)

    assert desk.ledger.answered == [(CONFIRM, None, None)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"ruling": "r", "fund": Fund.SKILLS, "decided_on": TODAY}),
        (
            {"fund": Fund.OTHER, "ruling": "s", "decided_on": date(2026, 11, 20)},
            {"fund": Fund.OTHER, "ruling": "s", "decided_on": date(2026, 11, 20)},
        ),
        ({"category": None, "district": "310104"}, {"district": "310104"}),
    ],
)
async def test_where_and_how_much_rests_on_what_was_signed_then(
    changes: dict[str, object], expected: dict[str, object]
) -> None:
    right = replace(MORE, **changes)  # type: ignore[arg-type]  # by name
    desk = await desk_with(replace(PROPOSAL, replacement=right))
    assert desk.ledger.wrong is not None
    wrong = replace(desk.ledger.wrong, ruling="r", fund=Fund.SKILLS)
    desk.ledger.wrong = wrong

    await desk.answer(CONFIRM)

    ((_, redrawn, _),) = desk.ledger.answered
    assert redrawn is not None
    assert desk.office.asked == 0
    assert redrawn.people == [wrong.person]
    fields = {"amount_yuan": 1700, "district": right.district, **expected}
    assert redrawn.decision == replace(
        wrong,
        recorded_at=NOW,
        recorded_by="another",
        request_key="correction 1",
        request_digest=right.digest,
        **fields,  # type: ignore[arg-type]  # by name
    )
    judged = redrawn.judge(())
    assert judged.judgement.rulings == (*ruled("17-share"), *right.rulings)
    assert judged.objections == ()


async def test_a_sum_that_is_not_the_computed_one_needs_a_ruling_here_too() -> None:
    unruled = replace(MORE, rulings=())
    desk = await desk_with(replace(PROPOSAL, replacement=unruled))
    await desk.answer(CONFIRM)
    desk.ledger.kept = None
    await desk.answer(CONFIRM)

    objections = []
    for _, redrawn, _ in desk.ledger.answered:
        assert redrawn is not None
        objections.append(redrawn.judge(()).objections)
    ((differs,), of_unjudged) = objections
    assert isinstance(differs, DecisionError)
    assert differs.refusal is DecisionRefusal.AMOUNT_DIFFERS
    # Nothing was computed when it was recorded, so any sum may be right.
    assert of_unjudged == ()


@pytest.mark.parametrize(
    "changes", [{"category": ClaimantCategory.UNEMPLOYED}, {"certificate": "another"}]
)
async def test_whatever_else_is_wrong_is_judged_about_bytes_of_now(
    changes: dict[str, object],
) -> None:
    right = replace(STATED, **changes)  # type: ignore[arg-type]  # by name
    desk = await desk_with(replace(PROPOSAL, replacement=right))
    assert desk.ledger.wrong is not None
    if "certificate" in changes:
        desk.ledger.wrong = replace(desk.ledger.wrong, certificate="that")
        desk.ledger.corrections[1] = replace(
            desk.ledger.corrections[1], proposal=replace(PROPOSAL, replacement=STATED)
        )

    await desk.answer(CONFIRM)

    assert desk.office.asked == 1
    ((_, redrawn, _),) = desk.ledger.answered
    assert redrawn is not None
    assert redrawn.decision.request_key == "correction 1"
    assert redrawn.decision.recorded_by == "another"
    assert len(redrawn.evidence) == 1
    assert desk.ledger.wrong.person in redrawn.people


async def test_nobody_puts_a_payment_into_a_district_that_is_not_theirs() -> None:
    elsewhere = replace(MORE, district="310104")
    desk = await desk_with(replace(PROPOSAL, replacement=elsewhere))

    with pytest.raises(DecisionError) as error:
        await desk.answer(CONFIRM, {"310115"})

    assert error.value.refusal is DecisionRefusal.NOT_YOUR_DISTRICT
    assert desk.ledger.answered == []
