"""A payment goes from state to state, each step once, whoever takes it."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bureau.ledger.book import Proof
from bureau.ledger.entries import (
    AlreadyPaidError,
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
)
from bureau.ledger.judging import Judge, Judged
from bureau.ledger.moves import ClaimMove
from bureau.ledger.payments import (
    ClaimPayment,
    PayingRules,
    PaymentChangedError,
    PaymentStepStated,
    Unfit,
    UnfitPaymentError,
    UnknownPaymentError,
)
from bureau.ledger.proofs import FalseClaim
from bureau.ledger.seen import SeenRevocation
from bureau.ledger.sums import TotalsBy
from policy.certificate import CertificateState
from policy.documents import Document
from policy.payment_states import PaymentState, PaymentStep, PaymentStepError
from policy.payments import Payments
from policy.recovery import (
    FalsePart,
    Progress,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
)
from store.ledger.ledger import StoredLedger
from store.ledger.tables import seen_revocations
from store.store import Store
from tests.store.ledger.test_ledger import (
    ALICE,
    JUDGEMENT,
    NOON,
    all_of,
    change,
    decision,
    free,
    once_by_count,
)
from tests.store.ledger.test_ledger import (
    step as of_recovery,
)
from tests.store.ledger.test_totals import asked

P = PaymentStep
DAY = date(2026, 11, 25)
FREELY = PayingRules(lambda _: 0)
"""Nothing need be published, and nobody is frozen."""


@pytest.fixture(name="ledger")
def _ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


def approval(number: int = 1, **changes: object) -> Decision:
    return decision(
        number, **{"outcome": DecisionOutcome.APPROVED, "amount_yuan": None, **changes}
    )


def publishing(days: int) -> Judge:
    def judge(_: Payments) -> Judged:
        return Judged(JUDGEMENT, publication_days=days)

    return judge


def stated(step: PaymentStep, version: int, **changes: object) -> PaymentStepStated:
    usual = {
        "claim": "c-1",
        "version": version,
        "step": step,
        "day": DAY,
        "officer": "浦0017",
        "reason": "凭证 2026-88",
        "actor": "hr",
        "at": NOON + timedelta(minutes=version),
    }
    return PaymentStepStated(**{**usual, **changes})  # type: ignore[arg-type]  # by name


async def take(
    ledger: StoredLedger, step: PaymentStep, *, days: int = 0, **changes: object
) -> ClaimPayment:
    """Take a step on the version that there is."""
    now = await ledger.payment(str(changes.get("claim", "c-1")))
    version = 0 if now is None else now.version
    asked_for = stated(step, version, **changes)
    return await ledger.take_payment_step(asked_for, PayingRules(lambda _: days))


async def test_a_payment_goes_its_way(ledger: StoredLedger) -> None:
    await ledger.record(approval(), [ALICE], free)
    days = [DAY + timedelta(days=n) for n in range(4)]
    for step, day in zip((P.PUBLISH, P.PAY, P.RETURN, P.PAY), days, strict=True):
        await take(ledger, step, day=day)
    payment = await ledger.payment("c-1")

    assert payment is not None
    assert [(event.step, event.after) for event in payment.history] == [
        (P.APPROVE, PaymentState.APPROVED),
        (P.PUBLISH, PaymentState.PUBLISHED),
        (P.PAY, PaymentState.PAID),
        (P.RETURN, PaymentState.RETURNED),
        (P.PAY, PaymentState.PAID),
    ]
    assert [event.amount_yuan for event in payment.history] == [0, 0, 2000, -2000, 2000]
    assert [event.booked_on for event in payment.history[1:]] == days
    last = payment.history[-1]
    assert (last.officer, last.reason, last.actor) == ("浦0017", "凭证 2026-88", "hr")
    # One decision PAID, however often it was paid.
    paid = {event.decision for event in payment.history[2:]}
    assert len(paid) == 1
    assert payment.history[0].decision not in paid


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((), P.RETURN),
        ((P.PUBLISH,), P.PUBLISH),
        ((P.PUBLISH,), P.RETURN),
        ((P.PAY,), P.CANCEL),
        ((P.PAY,), P.PAY),
        ((P.PAY,), P.PUBLISH),
        ((P.PAY, P.RETURN), P.RETURN),
        ((P.CANCEL,), P.PAY),
        ((P.CANCEL,), P.CANCEL),
    ],
)
async def test_an_illegal_step_is_refused_and_leaves_nothing(
    ledger: StoredLedger, steps: tuple[PaymentStep, ...], wrong: PaymentStep
) -> None:
    await ledger.record(approval(), [ALICE], free)
    for step in steps:
        await take(ledger, step)
    before = await ledger.payment("c-1")

    with pytest.raises(PaymentStepError):
        await take(ledger, wrong)

    assert await ledger.payment("c-1") == before


async def test_of_two_who_take_a_step_at_once_one_is_told(ledger: StoredLedger) -> None:
    await ledger.record(approval(), [ALICE], free)

    async def pay() -> str:
        try:
            await ledger.take_payment_step(stated(P.PAY, 1), FREELY)
        except PaymentChangedError:
            return "changed"
        return "paid"

    answers = await asyncio.gather(*(pay() for _ in range(8)))

    assert sorted(answers) == ["changed"] * 7 + ["paid"]
    with pytest.raises(UnknownPaymentError):
        await take(ledger, P.PAY, claim="c-9")


async def test_what_is_paid_or_under_way_bars_and_what_came_to_nothing_does_not(
    ledger: StoredLedger,
) -> None:
    await ledger.record(approval(1), [ALICE], once_by_count)
    for step in (P.PUBLISH, P.PAY, P.RETURN):
        with pytest.raises(AlreadyPaidError):
            await ledger.record(approval(2), [ALICE], once_by_count)
        with pytest.raises(AlreadyPaidError):
            await ledger.record(decision(2), [ALICE], once_by_count)
        await take(ledger, step)
    assert len((await ledger.payments_of([[ALICE]]))[0]) == 1

    await take(ledger, P.CANCEL)

    assert list(await ledger.payments_of([[ALICE]])) == [()]
    assert (await ledger.record(approval(2), [ALICE], once_by_count)).id
    # The cancelled claim itself may be decided anew, but for the other one's payment.
    again = approval(1, request_key="k-1b", request_digest="1b")
    with pytest.raises(AlreadyPaidError):
        await ledger.record(again, [ALICE], once_by_count)


async def test_of_two_districts_that_approve_one_claim_one_does(
    ledger: StoredLedger,
) -> None:
    async def approve(number: int) -> str:
        one = approval(number, claim="c", certificate="s")
        try:
            await ledger.record(one, [ALICE], free)
        except DecisionError as error:
            return error.refusal
        return "approved"

    answers = await asyncio.gather(*map(approve, range(8)))

    assert sorted(answers) == sorted([*["CLAIM_UNDER_WAY"] * 7, "approved"])


def refused_later(**changes: object) -> Decision:
    later = {"request_key": "later", "request_digest": "later", **changes}
    return replace(approval(), **later)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("steps", "outcome", "refusal"),
    [
        ((), "APPROVED", DecisionRefusal.CLAIM_UNDER_WAY),
        ((), "REFUSED", DecisionRefusal.CLAIM_UNDER_WAY),
        ((P.PAY,), "REFUSED", DecisionRefusal.CLAIM_PAID),
        ((P.PAY, P.RETURN), "PAID", DecisionRefusal.CLAIM_UNDER_WAY),
    ],
)
async def test_a_claim_that_is_under_way_is_not_decided_again(
    ledger: StoredLedger,
    steps: tuple[PaymentStep, ...],
    outcome: str,
    refusal: DecisionRefusal,
) -> None:
    await ledger.record(approval(), [ALICE], free)
    for step in steps:
        await take(ledger, step)

    later = refused_later(outcome=DecisionOutcome(outcome), amount_yuan=2000)
    with pytest.raises(DecisionError) as error:
        await ledger.record(later, [ALICE], free)

    assert error.value.refusal is refusal


async def test_decided_and_paid_in_one_is_paid_and_may_follow_an_approval(
    ledger: StoredLedger,
) -> None:
    await ledger.record(decision(1), [ALICE], free)
    await ledger.record(approval(2), [ALICE], free)
    later = decision(2, request_key="paid", request_digest="paid")
    await ledger.record(later, [ALICE], free)
    one, two = await ledger.payment("c-1"), await ledger.payment("c-2")

    assert one is not None
    assert two is not None
    assert [event.step for event in one.history] == [P.PAY]
    assert [event.step for event in two.history] == [P.APPROVE, P.PAY]


async def test_what_has_to_be_published_is_not_paid_in_one(
    ledger: StoredLedger,
) -> None:
    judge = publishing(7)
    with pytest.raises(DecisionError) as at_once:
        await ledger.record(decision(1), [ALICE], judge)
    await ledger.record(approval(2), [ALICE], judge)
    paid = decision(2, request_key="paid", request_digest="paid")
    with pytest.raises(DecisionError) as approved:
        await ledger.record(paid, [ALICE], judge)
    await take(ledger, P.PUBLISH, claim="c-2", days=7)
    with pytest.raises(DecisionError) as running:
        await ledger.record(paid, [ALICE], judge)

    found = [error.value.refusal for error in (at_once, approved, running)]
    assert found == ["NOT_PUBLISHED", "NOT_PUBLISHED", "PUBLICATION_RUNNING"]
    late = replace(paid, decided_on=DAY + timedelta(days=7))
    assert (await ledger.record(late, [ALICE], judge)).id


async def test_what_was_revoked_or_proved_false_since_is_not_paid(
    ledger: StoredLedger, store: Store
) -> None:
    for number in (1, 2):
        await ledger.record(approval(number), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)
    await ledger.prove_false(
        Proof(certificate="sealed-2", reason="r", evidence="e", actor="b", at=NOON)
    )

    for number, reason in ((1, Unfit.NOT_IN_FORCE), (2, Unfit.PROVED_FALSE)):
        with pytest.raises(UnfitPaymentError) as error:
            await take(ledger, P.PAY, claim=f"c-{number}")
        assert error.value.reason is reason


FALSE = FalseClaim(
    claim="c-1",
    part=FalsePart.HUKOU,
    reason="户籍材料系伪造",
    evidence="沪人社查〔2026〕3号",
    officer="浦0017",
    actor="bureau",
    at=NOON,
)
SEEN = SeenRevocation(
    certificate="sealed-1",
    document=Document(place="sealed-1"),
    source=RecoverySource.LIVE_ANSWER,
    since=None,
    connector="transport",
    evidence="e" * 64,
    seen_at=NOON,
)


async def unfit(ledger: StoredLedger, claim: str = "c-1", **more: object) -> Unfit:
    with pytest.raises(UnfitPaymentError) as error:
        await take(ledger, P.PAY, claim=claim, **more)  # type: ignore[arg-type]  # by name
    return error.value.reason


async def test_what_was_read_as_revoked_is_not_paid_until_that_is_lifted(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(approval(), [ALICE], free)
    opened = [await ledger.open_seen([SEEN, SEEN], NOON) for _ in range(2)]

    refused = await unfit(ledger)
    await change(store, 1, CertificateState.VALID)
    # Bytes of before the lifting say nothing new.
    await ledger.open_seen([SEEN], NOON)
    paid = await take(ledger, P.PAY)

    assert opened == [0, 0]
    assert refused is Unfit.NOT_IN_FORCE
    assert paid.state is PaymentState.PAID
    async with store.engine.connect() as connection:
        kept = await connection.execute(
            select(func.count()).select_from(seen_revocations)
        )
        assert kept.scalar_one() == 1


async def test_a_registry_that_is_silent_vouches_for_nothing_that_was_read_otherwise(
    ledger: StoredLedger,
) -> None:
    await ledger.record(approval(), [ALICE], free)
    await ledger.open_seen([SEEN], NOON)
    pay = decision(1, request_key="p", request_digest="p", evidence="")
    # Of another nothing was read.
    assert (await ledger.record(decision(2, evidence=""), ["b" * 64], free)).id

    with pytest.raises(DecisionError) as error:
        await ledger.record(pay, [ALICE], free)

    assert error.value.refusal is DecisionRefusal.NOT_IN_FORCE
    # One that answers now is newer than what was read.
    assert (await ledger.record(replace(pay, evidence="f" * 64), [ALICE], free)).id


async def test_a_claim_that_was_proved_false_is_not_paid_again(
    ledger: StoredLedger,
) -> None:
    await ledger.record(decision(), [ALICE], free)
    (opened,) = await ledger.prove_claim_false(FALSE)
    await take(ledger, P.RETURN)

    refused = await unfit(ledger)
    await take(ledger, P.CANCEL)
    anew = decision(1, request_key="n", request_digest="n")
    with pytest.raises(DecisionError) as error:
        await ledger.record(anew, [ALICE], free)

    assert refused is Unfit.CLAIM_FALSE
    assert error.value.refusal is DecisionRefusal.CLAIM_FALSE
    # What came back is not owed any more.
    (recovery,) = await all_of(ledger)
    assert recovery.id == opened.id
    assert recovery.progress == Progress(RecoveryState.WITHDRAWN, 0)


async def test_what_a_frozen_agency_signed_is_not_paid(ledger: StoredLedger) -> None:
    await ledger.record(approval(), [ALICE], free)
    rules = PayingRules(lambda _: 0, lambda connector: connector == "transport")

    with pytest.raises(UnfitPaymentError) as error:
        await ledger.take_payment_step(stated(P.PAY, 1), rules)
    # It may be published and cancelled still.
    await ledger.take_payment_step(stated(P.PUBLISH, 1), rules)

    assert error.value.reason is Unfit.AGENCY_FROZEN


async def test_what_came_back_and_was_paid_again_is_owed_again(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(decision(), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)
    (recovery,) = await all_of(ledger)
    await ledger.take(of_recovery(recovery, RecoveryStep.REPAY, 700), None)

    await take(ledger, P.RETURN)
    (returned,) = await all_of(ledger)
    await change(store, 2, CertificateState.VALID)
    await take(ledger, P.PAY)
    await change(store, 3, CertificateState.REVOKED)

    assert returned.progress == Progress(RecoveryState.WITHDRAWN, 0, 700)
    (recovery,) = await all_of(ledger)
    assert recovery.progress == Progress(RecoveryState.PARTLY_RECOVERED, 2000, 700)
    (events,) = await ledger.histories([recovery.id])
    assert [(event.step, event.owed_yuan) for event in events] == [
        *((RecoveryStep.OPEN, 2000), (RecoveryStep.REPAY, None)),
        *((RecoveryStep.REVERSE, -2000), (RecoveryStep.REOPEN, 2000)),
    ]


async def test_what_is_paid_by_a_step_is_claimed_back_like_any_other(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(approval(), [ALICE], free)
    for step in (P.PAY, P.RETURN, P.PAY):
        await take(ledger, step)

    await change(store, 1, CertificateState.REVOKED)

    (recovery,) = await all_of(ledger)
    assert (recovery.claim, recovery.progress.owed_yuan) == ("c-1", 2000)


async def test_sums_are_right_on_either_side_of_the_months_end(
    ledger: StoredLedger,
) -> None:
    """Paid in October, come back in October, paid again in November."""
    october, november = date(2026, 10, 31), date(2026, 11, 1)
    approved = approval(decided_on=date(2026, 10, 30))
    await ledger.record(approved, [ALICE], free)
    await take(ledger, P.PAY, day=october)
    await take(ledger, P.RETURN, day=october)
    await take(ledger, P.PAY, day=november)

    async def sums(month: int) -> tuple[int, ...]:
        (row,) = await ledger.totals(asked(TotalsBy.DISTRICT, month=month))
        found = row.measures
        return found.paid, found.paid_yuan, found.returned, found.returned_yuan

    assert await sums(11) == (1, 2000, 0, 0)
    # ``asked`` ends on the 30th.
    (row,) = [
        row
        for row in await ledger.totals(
            replace(asked(TotalsBy.MONTH, month=10), last=november)
        )
        if row.place.month == "2026-10"
    ]
    found = row.measures
    assert (found.paid, found.paid_yuan, found.returned, found.returned_yuan) == (
        *(0, 0, 1, 2000),
    )
    assert found.approved == 1


async def test_a_district_takes_steps_on_its_own_claims_alone(
    ledger: StoredLedger,
) -> None:
    await ledger.record(approval(), [ALICE], free)
    own, other = frozenset({"310115"}), frozenset({"310101"})

    for districts in (other, frozenset[str]()):
        with pytest.raises(UnknownPaymentError):
            await ledger.take_payment_step(stated(P.PAY, 1), FREELY, districts)
    taken = await ledger.take_payment_step(stated(P.PAY, 1), FREELY, own)

    assert taken.state is PaymentState.PAID


async def test_a_claim_that_was_moved_is_paid_by_whom_it_was_moved_to(
    ledger: StoredLedger,
) -> None:
    await ledger.record(approval(), [ALICE], free)
    await ledger.move(
        ClaimMove(
            claim="c-1",
            from_district="310115",
            to_district="310101",
            reason="r",
            officer=None,
            moved_by="hr",
            moved_at=NOON,
        ),
        None,
        None,
    )

    with pytest.raises(UnknownPaymentError):
        await ledger.take_payment_step(stated(P.PAY, 1), FREELY, frozenset({"310115"}))
    taken = await ledger.take_payment_step(
        stated(P.PAY, 1), FREELY, frozenset({"310101"})
    )

    assert taken.district == "310101"


async def test_what_came_back_from_the_bank_is_not_claimed_back(
    ledger: StoredLedger, store: Store
) -> None:
    for number in (1, 2):
        await ledger.record(decision(number), [ALICE], free)
    await take(ledger, PaymentStep.RETURN)

    for number in (1, 2):
        await change(store, number, CertificateState.REVOKED, f"sealed-{number}")

    assert [one.claim for one in await all_of(ledger)] == ["c-2"]
