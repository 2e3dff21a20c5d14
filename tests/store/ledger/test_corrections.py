"""A wrong payment is reversed beside itself, by two people; both months are right."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bureau.ledger.book import Proof
from bureau.ledger.correcting import Correcting
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
    AlreadyPaidError,
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    Ruling,
    StatedDecision,
)
from bureau.ledger.payments import Unfit
from bureau.ledger.sums import Measures, TotalsBy
from policy.calendar import SHANGHAI
from policy.certificate import CertificateState
from policy.evidence import Claim, ClaimantCategory, Hukou, Payment
from policy.payment_states import PaymentState, PaymentStep
from policy.recovery import Progress, RecoveryError, RecoveryState, RecoveryStep
from store.ledger.ledger import StoredLedger
from store.store import Store
from tests.bureau.ledger.recording import Office
from tests.store.ledger.test_ledger import (
    ALICE,
    NOON,
    all_of,
    change,
    decision,
    free,
    once_by_count,
    step,
)
from tests.store.ledger.test_payments import FALSE, approval, take, unfit
from tests.store.ledger.test_totals import asked

BOB = "b" * 64
NEXT_MONTH = date(2026, 12, 1)
STATED = StatedDecision(
    claim="c-1",
    outcome=DecisionOutcome.PAID,
    district="310101",
    amount_yuan=1600,
    category=ClaimantCategory.EMPLOYED,
    decided_on=date(2026, 11, 25),
    ruling=None,
    certificate="sealed-1",
    facts=Claim(
        claimed_on=date(2026, 11, 1),
        hukou=Hukou.SHANGHAI,
        payments=(Payment(item_code="1.1", level=None, category=None),),
    ),
    rulings=(Ruling(clauses=("17-amount",), reason="r", officer="o"),),
)


@pytest.fixture(name="ledger")
def _ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


def proposal(decision_: int, **changes: object) -> Proposal:
    stated = {
        "decision": decision_,
        "replacement": STATED,
        "officer": "浦0017",
        "reason": "金额录错",
        "actor": "one",
        "at": NOON,
    }
    return Proposal(**{**stated, **changes})  # type: ignore[arg-type]  # by name


def answer(proposed: Correction, **changes: object) -> Answer:
    stated = {
        "correction": proposed.id,
        "answer": CorrectionAnswer.CONFIRM,
        "officer": "浦0018",
        "reason": "已核对",
        "actor": "another",
        "at": NOON + timedelta(days=7),
        "day": NEXT_MONTH,
    }
    return Answer(**{**stated, **changes})  # type: ignore[arg-type]  # by name


def redrawn(wrong: Decision, **changes: object) -> Redrawn:
    stated = {
        "amount_yuan": 1600,
        "district": "310101",
        "request_key": f"correction of {wrong.id}",
        **changes,
    }
    right = replace(wrong, **stated)  # type: ignore[arg-type]  # by name
    return Redrawn(decision=right, people=[right.person], judge=free)


async def refusal(work: Awaitable[object]) -> CorrectionRefusal:
    with pytest.raises(CorrectionError) as error:
        await work
    return error.value.refusal


async def measures(ledger: StoredLedger, month: int, district: str) -> Measures:
    rows = await ledger.totals(asked(TotalsBy.DISTRICT, month=month))
    return next((r.measures for r in rows if r.place.district == district), Measures())


async def test_a_correction_is_booked_in_its_own_month_beside_what_was_wrong(
    ledger: StoredLedger,
) -> None:
    wrong = await ledger.record(decision(amount_yuan=100_000), [ALICE], free)
    november = await measures(ledger, 11, "310115")
    proposed = await ledger.propose_correction(proposal(wrong.id))
    assert await ledger.open_corrections(9) == [proposed]
    assert (proposed.claim, proposed.proposal) == ("c-1", proposal(wrong.id))

    corrected = await ledger.answer_correction(answer(proposed), redrawn(wrong))

    # What was wrong stays as it was, and so does the month it was recorded in.
    assert await ledger.decision(wrong.id) == wrong
    assert await measures(ledger, 11, "310115") == november
    assert (november.paid, november.paid_yuan) == (1, 100_000)
    reversed_ = await measures(ledger, 12, "310115")
    right = await measures(ledger, 12, "310101")
    assert (reversed_.paid, reversed_.paid_yuan) == (-1, -100_000)
    assert (reversed_.corrected, reversed_.corrected_yuan) == (1, -100_000)
    assert (right.paid, right.paid_yuan, right.corrected_yuan) == (1, 1600, 1600)
    (both,) = await ledger.totals(
        replace(asked(month=11), last=date(2026, 12, 31), by=frozenset())
    )
    assert (both.measures.paid, both.measures.paid_yuan) == (1, 1600)
    # Both people are on record.
    assert corrected.answered is not None
    assert (corrected.proposal.actor, corrected.answered.actor) == ("one", "another")
    payment = await ledger.payment("c-1")
    assert payment is not None
    assert [event.step for event in payment.history] == [
        *(PaymentStep.PAY, PaymentStep.REVERSE, PaymentStep.CORRECT),
    ]
    assert (payment.state, payment.amount_yuan) == (PaymentState.PAID, 1600)
    assert payment.history[-1].decision == corrected.answered.replaced_by
    assert await ledger.open_corrections(9) == []


async def test_the_other_person_is_paid_and_the_wrong_one_is_not_barred(
    ledger: StoredLedger,
) -> None:
    wrong = await ledger.record(decision(), [ALICE], once_by_count)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    right = redrawn(wrong, person=BOB, certificate="sealed-bob")

    await ledger.answer_correction(answer(proposed), right)

    found = await ledger.payments_of([[ALICE], [BOB]])
    assert [len(paid) for paid in found] == [0, 1]
    # Alice may be paid for her own certificate now, and Bob for his no more.
    own = decision(2, certificate="sealed-1")
    assert (await ledger.record(own, [ALICE], once_by_count)).id
    bob_s = decision(3, person=BOB, certificate="sealed-bob")
    with pytest.raises(AlreadyPaidError):
        await ledger.record(bob_s, [BOB], free)


async def test_what_is_put_beside_is_judged_and_else_nothing_is_done(
    ledger: StoredLedger,
) -> None:
    wrong = await ledger.record(decision(1), [ALICE], free)
    await ledger.record(decision(2, person=BOB), [BOB], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    to_bob = replace(
        redrawn(wrong, person=BOB, certificate="sealed-3"), judge=once_by_count
    )

    with pytest.raises(AlreadyPaidError):
        await ledger.answer_correction(answer(proposed), to_bob)

    payment = await ledger.payment("c-1")
    assert payment is not None
    assert payment.state is PaymentState.PAID
    assert await ledger.open_corrections(9) == [proposed]


async def test_a_payment_that_should_not_have_been_is_reversed_alone(
    ledger: StoredLedger,
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id, replacement=None))

    await ledger.answer_correction(answer(proposed), None)

    payment = await ledger.payment("c-1")
    assert payment is not None
    assert payment.state is PaymentState.REVERSED
    assert list(await ledger.payments_of([[ALICE]])) == [()]
    # The claim may be decided anew, about another certificate, too.
    anew = decision(1, certificate="other", request_key="n", request_digest="n")
    assert (await ledger.record(anew, [ALICE], free)).id


async def test_what_was_reversed_is_not_claimed_back(ledger: StoredLedger) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proof = Proof(
        certificate="sealed-1",
        reason="r",
        evidence="e",
        actor="b",
        at=wrong.recorded_at,
    )
    proposed = await ledger.propose_correction(proposal(wrong.id, replacement=None))
    await ledger.answer_correction(answer(proposed), None)

    assert await ledger.prove_false(proof) == []


async def test_a_reversal_is_not_reversed(ledger: StoredLedger) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    corrected = await ledger.answer_correction(answer(proposed), redrawn(wrong))
    assert corrected.answered is not None
    right = corrected.answered.replaced_by
    assert right is not None

    again = await refusal(ledger.propose_correction(proposal(wrong.id)))
    twice = await refusal(ledger.answer_correction(answer(proposed), None))
    # What was put beside is a payment like any other.
    second = await ledger.propose_correction(proposal(right))

    assert again is CorrectionRefusal.REVERSED_BEFORE
    assert twice is CorrectionRefusal.ANSWERED_BEFORE
    assert second.answered is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"actor": "one"}, CorrectionRefusal.SAME_PERSON),
        ({"officer": "浦0017 "}, CorrectionRefusal.SAME_PERSON),
        ({"officer": "浦００１７"}, CorrectionRefusal.SAME_PERSON),
        ({"officer": "浦·00\ufe0f17"}, CorrectionRefusal.SAME_PERSON),
        ({"correction": 99}, CorrectionRefusal.UNKNOWN_CORRECTION),
    ],
)
async def test_another_person_confirms(
    ledger: StoredLedger, changes: dict[str, object], expected: CorrectionRefusal
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))

    found = await refusal(ledger.answer_correction(answer(proposed, **changes), None))

    assert found is expected
    payment = await ledger.payment("c-1")
    assert payment is not None
    assert payment.version == 1


async def test_a_district_corrects_its_own_payments_alone(
    ledger: StoredLedger,
) -> None:
    own, other = frozenset({"310115"}), frozenset({"310101"})
    wrong = await ledger.record(decision(), [ALICE], free)

    unknown = await refusal(ledger.propose_correction(proposal(wrong.id), other))
    proposed = await ledger.propose_correction(proposal(wrong.id), own)
    not_theirs = await refusal(ledger.answer_correction(answer(proposed), None, other))
    done = await ledger.answer_correction(answer(proposed), None, own)

    assert unknown is CorrectionRefusal.UNKNOWN_DECISION
    assert not_theirs is CorrectionRefusal.UNKNOWN_CORRECTION
    assert done.answered is not None


async def test_a_district_sees_its_own_open_corrections_alone(
    ledger: StoredLedger,
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))

    assert await ledger.open_corrections(9, frozenset({"310101"})) == []
    assert await ledger.open_corrections(9, frozenset({"310115"})) == [proposed]


async def test_whoever_proposed_may_withdraw_and_another_may_be_proposed(
    ledger: StoredLedger,
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    second = await refusal(ledger.propose_correction(proposal(wrong.id)))

    rejected = await ledger.answer_correction(
        answer(proposed, answer=CorrectionAnswer.REJECT, actor="one", officer="浦0017"),
        None,
    )

    assert second is CorrectionRefusal.PROPOSED_BEFORE
    assert rejected.answered is not None
    assert rejected.answered.answer is CorrectionAnswer.REJECT
    assert (await ledger.propose_correction(proposal(wrong.id))).id != proposed.id
    payment = await ledger.payment("c-1")
    assert payment is not None
    assert payment.version == 1


async def test_only_what_is_paid_now_is_corrected(ledger: StoredLedger) -> None:
    approved = await ledger.record(
        decision(1, outcome=DecisionOutcome.APPROVED), [ALICE], free
    )
    returned = await ledger.record(decision(2), [ALICE], free)
    await take(ledger, PaymentStep.RETURN, claim="c-2")
    paid = await ledger.record(decision(3), [ALICE], free)

    found = [
        await refusal(ledger.propose_correction(proposal(id_)))
        for id_ in (approved.id, returned.id, 99, paid.id)
    ]

    assert found == ["NOT_PAID", "NOT_PAID", "UNKNOWN_DECISION", "OTHER_CLAIM"]


async def test_what_came_back_after_it_was_proposed_is_not_corrected(
    ledger: StoredLedger,
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    await take(ledger, PaymentStep.RETURN)

    found = await refusal(ledger.answer_correction(answer(proposed), redrawn(wrong)))

    assert found is CorrectionRefusal.NOT_PAID


async def test_of_two_who_confirm_at_once_one_does(ledger: StoredLedger) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))

    async def confirm(number: int) -> str:
        stated = answer(proposed, actor=f"officer-{number}")
        try:
            await ledger.answer_correction(stated, redrawn(wrong))
        except CorrectionError as error:
            return error.refusal
        return "done"

    answers = await asyncio.gather(*map(confirm, range(8)))

    assert sorted(answers) == sorted([*["ANSWERED_BEFORE"] * 7, "done"])


async def test_what_is_put_beside_is_claimed_back_in_its_stead(
    ledger: StoredLedger, store: Store
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    right = redrawn(wrong, certificate="sealed-right", person=BOB)
    await ledger.answer_correction(answer(proposed), right)

    await change(store, 1, CertificateState.REVOKED, "sealed-1")
    of_wrong = await all_of(ledger)
    await change(store, 2, CertificateState.REVOKED, "sealed-right")
    (of_right,) = await all_of(ledger)

    assert of_wrong == []
    assert (of_right.claim, of_right.progress.owed_yuan) == ("c-1", 1600)


@pytest.mark.parametrize(
    ("at", "month"),
    [
        # 23:59:59 and 00:00:00 in Shanghai.
        (datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), "2026-11"),
        (datetime(2026, 11, 30, 16, 0, 0, tzinfo=UTC), "2026-12"),
    ],
)
async def test_a_month_ends_at_midnight_in_shanghai(
    ledger: StoredLedger, at: datetime, month: str
) -> None:
    """By the day that the gateway takes ``at`` for, as ``RequestContext.today``."""
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id, replacement=None))
    day = at.astimezone(SHANGHAI).date()

    await ledger.answer_correction(answer(proposed, at=at, day=day), None)

    both = replace(asked(TotalsBy.MONTH, month=11), last=date(2026, 12, 31))
    rows = {row.place.month: row.measures for row in await ledger.totals(both)}
    assert [name for name, found in rows.items() if found.corrected] == [month]
    assert sum(found.paid_yuan for found in rows.values()) == 0


async def owed(ledger: StoredLedger) -> tuple[str, Progress]:
    (recovery,) = await all_of(ledger)
    return recovery.district, recovery.progress


async def test_what_is_owed_follows_the_corrected_payment_in_its_own_month(
    ledger: StoredLedger, store: Store
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)
    (recovery,) = await all_of(ledger)
    await ledger.take(step(recovery, RecoveryStep.REPAY, 700), None)
    november = await measures(ledger, 11, "310115")

    proposed = await ledger.propose_correction(proposal(wrong.id))
    await ledger.answer_correction(answer(proposed), redrawn(wrong))

    partly = RecoveryState.PARTLY_RECOVERED
    assert await owed(ledger) == ("310101", Progress(partly, 1600, 700))
    # The month that is over stays as it was; the next one has the difference.
    assert await measures(ledger, 11, "310115") == november
    assert (november.recoveries_opened_yuan, november.recovered_yuan) == (2000, 700)
    reversed_ = await measures(ledger, 12, "310115")
    right = await measures(ledger, 12, "310101")
    assert (reversed_.recoveries_opened, reversed_.recoveries_opened_yuan) == (
        *(-1, -2000),
    )
    assert (right.recoveries_opened, right.recoveries_opened_yuan) == (1, 1600)
    (events,) = await ledger.histories([recovery.id])
    assert [(event.step, event.owed_yuan) for event in events] == [
        *((RecoveryStep.OPEN, 2000), (RecoveryStep.REPAY, None)),
        *((RecoveryStep.REVERSE, -2000), (RecoveryStep.CORRECT, 1600)),
    ]
    assert (events[-1].actor, events[-1].reason) == ("another", "已核对")
    # Whatever says it again claims the one payment back once.
    await change(store, 2, CertificateState.REVOKED)
    (recovery,) = await all_of(ledger)
    with pytest.raises(RecoveryError):
        await ledger.take(step(recovery, RecoveryStep.REPAY, 901), None)
    done = await ledger.take(step(recovery, RecoveryStep.REPAY, 900), None)
    assert done.progress == Progress(RecoveryState.RECOVERED, 1600, 1600)


async def test_nothing_is_owed_of_what_should_not_have_been_paid(
    ledger: StoredLedger, store: Store
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)
    (recovery,) = await all_of(ledger)
    await ledger.take(step(recovery, RecoveryStep.REPAY, 700), None)

    proposed = await ledger.propose_correction(proposal(wrong.id, replacement=None))
    await ledger.answer_correction(answer(proposed), None)

    assert await owed(ledger) == (
        *("310115", Progress(RecoveryState.WITHDRAWN, 0, 700)),
    )


@pytest.mark.parametrize("is_claim", [True, False])
async def test_another_certificate_takes_a_false_claim_along_and_no_revocation(
    ledger: StoredLedger, store: Store, *, is_claim: bool
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    if is_claim:
        await ledger.prove_claim_false(FALSE)
    else:
        await change(store, 1, CertificateState.REVOKED)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    # It is paid for another certificate of another person.
    right = redrawn(wrong, person=BOB, certificate="sealed-bob")

    if is_claim:
        with pytest.raises(DecisionError):
            await ledger.answer_correction(answer(proposed), right)
        await ledger.answer_correction(answer(proposed), redrawn(wrong))
        expected = Progress(RecoveryState.OPEN, 1600)
    else:
        await ledger.answer_correction(answer(proposed), right)
        expected = Progress(RecoveryState.WITHDRAWN, 0)

    (recovery,) = await all_of(ledger)
    assert recovery.progress == expected


async def test_nothing_is_paid_while_the_certificates_money_is_claimed_back(
    ledger: StoredLedger,
) -> None:
    first = await ledger.record(decision(), [ALICE], free)
    (recovery,) = await ledger.prove_claim_false(FALSE)
    await ledger.take(step(recovery, RecoveryStep.REPAY, 2000), None)
    after = approval(2, certificate="sealed-1", may_follow_recovered=True)
    await ledger.record(after, [ALICE], free)

    # More was paid than was thought, so some of it is owed still.
    more = await ledger.propose_correction(proposal(first.id))
    await ledger.answer_correction(answer(more), redrawn(first, amount_yuan=2500))

    assert await unfit(ledger, "c-2") is Unfit.RECOVERY_OPEN
    (recovery,) = await all_of(ledger)
    await ledger.take(step(recovery, RecoveryStep.REPAY, 500), None)
    assert (await take(ledger, PaymentStep.PAY, claim="c-2")).state is PaymentState.PAID


async def test_an_answer_is_looked_at_before_anybody_is_looked_up(
    ledger: StoredLedger,
) -> None:
    office = Office()
    correcting = Correcting(replace(office.recording, ledger=ledger))
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))

    unknown = await refusal(
        correcting.answer(answer(proposed, correction=99), office.find)
    )
    with pytest.raises(DecisionError) as elsewhere:
        # What is put beside it is another district's.
        await correcting.answer(
            answer(proposed), office.find, frozenset({wrong.district})
        )

    assert unknown is CorrectionRefusal.UNKNOWN_CORRECTION
    assert elsewhere.value.refusal is DecisionRefusal.NOT_YOUR_DISTRICT
    assert office.asked == 0
