"""The ledger on both databases: one answer a key, one payment, what follows."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, select

from bureau.ledger.book import (
    ChangedMeanwhileError,
    Proof,
    ProvedBeforeError,
    Recovery,
    RecoverySelection,
    StepStated,
    UnknownRecoveryError,
)
from bureau.ledger.entries import (
    AlreadyPaidError,
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    Ruling,
)
from bureau.ledger.judging import Judge, Judged, Judgement
from connectors.errors import StoreUnavailableError
from policy.certificate import CertificateState
from policy.documents import Document
from policy.eligibility import EligibilityOutcome
from policy.evidence import Claim, ClaimantCategory, Hukou, Payment
from policy.finding import Finding, FindingOutcome
from policy.level import Level
from policy.payments import Payments
from policy.recovery import RecoveryCause, RecoveryError, RecoveryState, RecoveryStep
from policy.text import Text
from store.ledger.causes import follow_change
from store.ledger.decisions import record
from store.ledger.ledger import StoredLedger
from store.ledger.tables import decisions
from store.status.intake import NewChange, StatesIntake
from store.status.tables import state_changes
from store.store import Store
from tests.store.status.sent import CHANGE

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ALICE, BEFORE_ROTATION = "a" * 64, "b" * 64
AUTHORITY, OTHER = "transport-commission", "fire-rescue"
EVERYBODYS = RecoverySelection(authorities=None)


def decision(number: int = 1, **changes: object) -> Decision:
    """Return a payment for a claim, a certificate and a request of its own."""
    stated = {
        "claim": f"c-{number}",
        "outcome": DecisionOutcome.PAID,
        "amount_yuan": 2000,
        "district": "310115",
        "person": ALICE,
        "certificate": f"sealed-{number}",
        "connector": "transport",
        "authority": AUTHORITY,
        "item": "4-02-01-01",
        "level": Level.LEVEL_4,
        "category": ClaimantCategory.EMPLOYED,
        "evidence": "e" * 64,
        "ruling": None,
        "decided_on": date(2026, 11, 25),
        "recorded_at": NOON,
        "recorded_by": "hr",
        "request_key": f"k-{number}",
        "request_digest": f"{number}",
    }
    return Decision(**{**stated, **changes})  # type: ignore[arg-type]  # by name


JUDGEMENT = Judgement(
    verdict=EligibilityOutcome.ELIGIBLE,
    findings=(Finding("17-once", FindingOutcome.MET, Text("未曾补贴", "not paid")),),
    computed_yuan=2000,
    figures_from=date(2022, 8, 22),
    figures_digest="f" * 64,
    facts=Claim(claimed_on=date(2026, 11, 1), hukou=Hukou.SHANGHAI, payments=()),
    rulings=(Ruling(clauses=("219-3b",), reason="核实", officer="浦0017"),),
    status_list="5" * 64,
)
PAID_BEFORE = Finding("17-once", FindingOutcome.UNMET, Text("已补贴", "paid"))


def once_by_count(paid: Payments) -> Judged:
    """Bar everything beside any payment."""
    return Judged(JUDGEMENT, (AlreadyPaidError(PAID_BEFORE),) if paid else ())


def never_sure(_: Payments) -> Judged:
    return Judged(JUDGEMENT, (DecisionError(DecisionRefusal.UNDETERMINED),))


def free(_: Payments) -> Judged:
    return Judged(JUDGEMENT)


@pytest.fixture(name="ledger")
def _ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


async def change(
    store: Store,
    number: int,
    state: CertificateState,
    certificate: str = "sealed-1",
    document: Document | None = None,
) -> None:
    """Let the agency send a change of a certificate's state."""
    states = StatesIntake(store, follow_change)
    sent = NewChange(
        connector="transport",
        sequence=number,
        digest=f"{number:064}",
        certificate=certificate,
        document=document or Document(place=f"place of {certificate}"),
        person=ALICE,
        state=state,
        effective_on=date(2026, 11, 20),
        reason="弄虚作假",
        envelope="e.y.J",
        key_id="transport-1",
        signed_at=NOON,
        received_at=NOON + timedelta(minutes=number),
    )

    def work(connection: Connection) -> None:
        states.add(connection, sent)

    await store.writer.write(work)


async def all_of(ledger: StoredLedger) -> Sequence[Recovery]:
    return await ledger.recoveries(EVERYBODYS, first=100, before=None)


async def test_a_request_that_comes_again_is_answered_as_it_was(
    ledger: StoredLedger,
) -> None:
    first = await ledger.record(decision(), [ALICE], once_by_count)
    again = replace(decision(), recorded_at=NOON + timedelta(days=1))

    assert await ledger.record(again, [ALICE], once_by_count) == first
    assert await ledger.first_answer("hr", "k-1") == first
    assert await ledger.first_answer("somebody-else", "k-1") is None
    assert replace(first, id=0) == decision()


async def test_a_key_is_for_one_request(ledger: StoredLedger) -> None:
    await ledger.record(decision(), [ALICE], free)

    with pytest.raises(DecisionError) as refused:
        await ledger.record(decision(request_digest="other"), [ALICE], free)

    assert refused.value.refusal is DecisionRefusal.KEY_USED
    # Of another caller it is another key.
    other = decision(2, recorded_by="another", request_key="k-1")
    assert (await ledger.record(other, [ALICE], free)).recorded_by == "another"


async def test_of_fifty_who_pay_at_one_moment_one_pays(
    ledger: StoredLedger, store: Store
) -> None:
    async def pay(number: int) -> str:
        stated = decision(number, certificate="sealed", claim="c")
        try:
            await ledger.record(stated, [ALICE], once_by_count)
        except AlreadyPaidError as error:
            return error.finding.clause
        return "paid"

    answers = await asyncio.gather(*map(pay, range(50)))

    assert sorted(answers) == ["17-once"] * 49 + ["paid"]
    rows = await store.writer.read(lambda c: c.execute(select(decisions)).all())
    assert len(rows) == 1


async def test_whom_the_key_named_before_it_was_rotated_is_the_same_person(
    ledger: StoredLedger,
) -> None:
    await ledger.record(decision(person=BEFORE_ROTATION), [BEFORE_ROTATION], free)
    paid = Payment(
        item_code="4-02-01-01",
        level=Level.LEVEL_4,
        category=ClaimantCategory.EMPLOYED,
    )

    found = await ledger.payments_of([[ALICE, BEFORE_ROTATION], [ALICE], ["c" * 64]])

    assert list(found) == [(paid,), (), ()]
    with pytest.raises(AlreadyPaidError):
        await ledger.record(decision(2), [ALICE, BEFORE_ROTATION], once_by_count)
    await ledger.record(decision(2), [ALICE], once_by_count)


async def test_what_was_refused_bars_nothing(ledger: StoredLedger) -> None:
    stated = decision(1, outcome=DecisionOutcome.REFUSED, amount_yuan=None)
    await ledger.record(stated, [ALICE], once_by_count)

    assert list(await ledger.payments_of([[ALICE]])) == [()]
    assert (await ledger.record(decision(3), [ALICE], once_by_count)).amount_yuan


async def test_what_stands_against_a_decision_keeps_it_out(
    ledger: StoredLedger,
) -> None:
    with pytest.raises(DecisionError) as refused:
        await ledger.record(decision(), [ALICE], never_sure)

    assert refused.value.refusal is DecisionRefusal.UNDETERMINED
    assert await ledger.first_answer("hr", "k-1") is None


async def test_what_is_weighed_is_what_would_be_recorded_and_keeps_nothing(
    ledger: StoredLedger,
) -> None:
    approved = decision(outcome=DecisionOutcome.APPROVED, amount_yuan=None)

    weighed = await ledger.weigh(approved, [ALICE], free)
    assert await ledger.first_answer("hr", "k-1") is None
    recorded = await ledger.record(approved, [ALICE], free)
    await ledger.record(decision(2), [ALICE], free)
    barred = await ledger.weigh(decision(3), [ALICE], once_by_count)

    assert replace(weighed.decision, id=recorded.id) == recorded
    # The computed sum, where none is stated.
    assert (recorded.amount_yuan, weighed.objections) == (2000, ())
    assert [type(one) for one in barred.objections] == [AlreadyPaidError]


async def test_a_certificate_is_paid_for_once_whatever_is_ruled(
    ledger: StoredLedger,
) -> None:
    await ledger.record(decision(item=None), [ALICE], free)
    again = decision(2, certificate="sealed-1", item=None, ruling="项目不明")

    with pytest.raises(AlreadyPaidError):
        await ledger.record(again, [ALICE], free)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        (
            {"certificate": "sealed-2"},
            DecisionRefusal.CLAIM_OF_ANOTHER_CERTIFICATE,
        ),
        (
            {"outcome": DecisionOutcome.REFUSED, "amount_yuan": None},
            DecisionRefusal.CLAIM_PAID,
        ),
    ],
)
async def test_a_claim_that_was_paid_is_decided(
    ledger: StoredLedger, changes: dict[str, object], refusal: DecisionRefusal
) -> None:
    await ledger.record(decision(), [ALICE], free)
    later = replace(decision(), request_key="k-2", request_digest="2", **changes)  # type: ignore[arg-type]  # by name

    with pytest.raises(DecisionError) as refused:
        await ledger.record(later, [ALICE], free)

    assert refused.value.refusal is refusal


async def test_a_change_of_what_was_paid_for_is_of_something_known(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(decision(1), [ALICE], free)
    of_paid = replace(CHANGE, certificate="sealed-1")
    of_other = replace(CHANGE, certificate="sealed-2", sequence=2, digest="2" * 64)

    found = await StatesIntake(store, follow_change).take(
        "transport", [of_paid, of_other], NOON
    )

    assert [one.is_of_unknown for one in found] == [False, True]


async def test_a_revocation_opens_a_recovery_of_each_payment_on_it_alone(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(decision(1), [ALICE], free)
    await ledger.record(decision(2), [ALICE], free)
    refused = decision(
        3, outcome=DecisionOutcome.REFUSED, amount_yuan=None, certificate="sealed-1"
    )
    await ledger.record(refused, [ALICE], free)

    await change(store, 1, CertificateState.REVOKED)

    (opened,) = await all_of(ledger)
    assert (opened.claim, opened.certificate) == ("c-1", "sealed-1")
    assert (opened.authority, opened.cause) == (AUTHORITY, RecoveryCause.REVOKED)
    assert opened.progress.owed_yuan == 2000
    ((event,),) = await ledger.histories([opened.id])
    assert (event.step, event.actor) == (RecoveryStep.OPEN, "agency:transport")
    # The agency's own words may name the holder.
    assert event.reason == "撤销 / revoked, 2026-11-20"


async def test_a_revocation_finds_what_was_paid_under_the_id_of_its_spelling(
    store: Store, ledger: StoredLedger
) -> None:
    spelt = Document(place="of the spelling")
    await ledger.record(decision(1, document=spelt), [ALICE], free)
    await ledger.record(decision(2), [ALICE], free)
    document = Document(place="of the form", number="n", former=spelt.place)

    await change(store, 1, CertificateState.REVOKED, "sealed-new", document)
    (opened,) = await all_of(ledger)
    await change(store, 2, CertificateState.VALID, "sealed-new", document)
    (withdrawn,) = await all_of(ledger)

    assert (opened.claim, opened.certificate) == ("c-1", "sealed-1")
    assert withdrawn.progress.state is RecoveryState.WITHDRAWN


@pytest.mark.parametrize(
    "state", sorted(set(CertificateState) - {CertificateState.REVOKED})
)
async def test_no_other_change_opens_one(
    ledger: StoredLedger, store: Store, state: CertificateState
) -> None:
    await ledger.record(decision(), [ALICE], free)

    await change(store, 1, state)

    assert await all_of(ledger) == []


async def test_what_is_revoked_or_false_is_paid_for_no_more(
    ledger: StoredLedger, store: Store
) -> None:
    await change(store, 1, CertificateState.REVOKED)
    # What comes after it does not hide it.
    await change(store, 2, CertificateState.SUSPENDED)
    await ledger.prove_false(
        Proof(certificate="sealed-2", reason="r", evidence="e", actor="b", at=NOON)
    )
    found = []
    for number in (1, 2):
        with pytest.raises(DecisionError) as refused:
            await ledger.record(decision(number), [ALICE], free)
        found.append(refused.value.refusal)

    assert found == [DecisionRefusal.NOT_IN_FORCE, DecisionRefusal.PROVED_FALSE]
    await change(store, 3, CertificateState.VALID)
    assert (await ledger.record(decision(1), [ALICE], free)).id


async def test_a_revocation_and_a_payment_at_one_moment_leave_no_payment_unclaimed(
    ledger: StoredLedger, store: Store
) -> None:
    """Whichever comes first: it is not paid, or it is claimed back."""

    async def pay(number: int) -> bool:
        try:
            await ledger.record(decision(number), [ALICE], free)
        except DecisionError:
            return False
        return True

    numbers = range(1, 9)
    paid, _ = await asyncio.gather(
        asyncio.gather(*map(pay, numbers)),
        asyncio.gather(
            *(
                change(store, n, CertificateState.REVOKED, f"sealed-{n}")
                for n in numbers
            )
        ),
    )

    claims = {recovery.claim for recovery in await all_of(ledger)}
    assert claims == {
        f"c-{n}" for n, was_paid in zip(numbers, paid, strict=True) if was_paid
    }


async def test_a_lifting_withdraws_and_a_new_revocation_opens_again(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(decision(), [ALICE], free)
    states = []
    for number, state in enumerate(("REVOKED", "REVOKED", "VALID", "REVOKED"), 1):
        await change(store, number, CertificateState(state))
        (recovery,) = await all_of(ledger)
        states.append((recovery.progress.state, recovery.version))

    assert states == [("OPEN", 1), ("OPEN", 1), ("WITHDRAWN", 2), ("OPEN", 3)]


async def test_a_false_record_stays_false_when_a_revocation_is_lifted(
    ledger: StoredLedger, store: Store
) -> None:
    proof = Proof(certificate="sealed-1", reason="r", evidence="e", actor="b", at=NOON)
    await ledger.record(decision(), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)

    assert await ledger.prove_false(proof) == []
    await change(store, 2, CertificateState.VALID)

    (recovery,) = await all_of(ledger)
    assert recovery.progress.state is RecoveryState.OPEN
    assert recovery.cause is RecoveryCause.FALSE_RECORD
    with pytest.raises(ProvedBeforeError):
        await ledger.prove_false(proof)


def step(recovery: Recovery, kind: RecoveryStep, yuan: int | None = None) -> StepStated:
    return StepStated(
        recovery=recovery.id,
        version=recovery.version,
        step=kind,
        amount_yuan=yuan,
        reason="催缴",
        actor="agency:transport",
        at=NOON,
    )


async def test_of_two_who_take_a_step_at_once_one_is_told(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(decision(), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)
    (recovery,) = await all_of(ledger)

    async def repay() -> str:
        try:
            await ledger.take(step(recovery, RecoveryStep.REPAY, 1500), None)
        except ChangedMeanwhileError:
            return "changed"
        return "taken"

    answers = await asyncio.gather(*(repay() for _ in range(8)))

    assert sorted(answers) == ["changed"] * 7 + ["taken"]
    (now,) = await all_of(ledger)
    assert now.progress.recovered_yuan == 1500
    with pytest.raises(RecoveryError):
        await ledger.take(step(now, RecoveryStep.REPAY, 501), None)
    done = await ledger.take(step(now, RecoveryStep.REPAY, 500), None)
    assert done.progress.state is RecoveryState.RECOVERED
    ((*_, last),) = await ledger.histories([recovery.id])
    assert (last.step, last.amount_yuan, last.after) == (
        *(RecoveryStep.REPAY, 500, RecoveryState.RECOVERED),
    )


async def test_who_does_not_lead_finds_nothing(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(decision(), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)
    (recovery,) = await all_of(ledger)
    others, nobodys = frozenset({OTHER}), frozenset[str]()

    for seen in (others, nobodys):
        selection = RecoverySelection(authorities=seen)
        assert await ledger.recoveries(selection, first=10, before=None) == []
        assert (await ledger.sums(selection)).count == 0
        assert await ledger.recovery(recovery.id, seen) is None
        with pytest.raises(UnknownRecoveryError):
            await ledger.take(step(recovery, RecoveryStep.NOTIFY), seen)
    own = frozenset({AUTHORITY, OTHER})
    assert await ledger.recovery(recovery.id, own) == recovery
    assert (await ledger.take(step(recovery, RecoveryStep.NOTIFY), own)).version == 2


async def test_recoveries_are_selected_paged_and_summed(
    ledger: StoredLedger, store: Store
) -> None:
    for number in range(1, 5):
        district = "310115" if number % 2 else "310101"
        await ledger.record(decision(number, district=district), [ALICE], free)
        await change(store, number, CertificateState.REVOKED, f"sealed-{number}")
    pudong = replace(EVERYBODYS, district="310115", states=[RecoveryState.OPEN])

    (first,) = await ledger.recoveries(pudong, first=1, before=None)
    rest = await ledger.recoveries(pudong, first=9, before=first.id)
    await ledger.take(step(first, RecoveryStep.REPAY, 700), None)
    sums = await ledger.sums(replace(pudong, states=None))

    assert [one.claim for one in (first, *rest)] == ["c-3", "c-1"]
    assert (sums.count, sums.owed_yuan, sums.recovered_yuan) == (2, 4000, 700)
    assert sums.by_state == {RecoveryState.OPEN: 1, RecoveryState.PARTLY_RECOVERED: 1}
    for other in (
        replace(EVERYBODYS, causes=[RecoveryCause.FALSE_RECORD]),
        replace(EVERYBODYS, items=["1.1"]),
        replace(EVERYBODYS, claim="c-9"),
        replace(EVERYBODYS, certificate="x"),
        replace(EVERYBODYS, opened_from=NOON + timedelta(days=1)),
        replace(EVERYBODYS, opened_before=NOON + timedelta(minutes=1)),
    ):
        assert (await ledger.sums(other)).count == 0
    for own, count in (
        (replace(EVERYBODYS, causes=[RecoveryCause.REVOKED]), 4),
        (replace(EVERYBODYS, items=["4-02-01-01"]), 4),
        (replace(EVERYBODYS, claim="c-2"), 1),
        (replace(EVERYBODYS, certificate="sealed-2"), 1),
        # The first moment is included, and the last is not.
        (replace(EVERYBODYS, opened_from=NOON + timedelta(minutes=4)), 1),
        (replace(EVERYBODYS, opened_before=NOON + timedelta(minutes=4)), 3),
    ):
        assert (await ledger.sums(own)).count == count


async def test_a_store_that_is_away_is_no_empty_ledger(
    ledger: StoredLedger, store: Store
) -> None:
    def drop(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE decisions RENAME TO decisions_gone")

    await store.writer.write(drop)

    with pytest.raises(StoreUnavailableError):
        await ledger.payments_of([[ALICE]])
    with pytest.raises(StoreUnavailableError):
        await ledger.record(decision(), [ALICE], free)


async def test_what_a_transaction_refuses_leaves_nothing(
    ledger: StoredLedger, store: Store
) -> None:
    def work(connection: Connection) -> None:
        record(connection, decision(), [ALICE], free)
        raise DecisionError(DecisionRefusal.PROVED_FALSE)

    with pytest.raises(DecisionError):
        await store.writer.write(work)

    assert await ledger.first_answer("hr", "k-1") is None


async def test_what_was_paid_back_bars_as_the_figures_say(
    ledger: StoredLedger, store: Store
) -> None:
    """Another certificate of the same occupation, after the first was repaid."""
    await ledger.record(decision(), [ALICE], once_by_count)
    await change(store, 1, CertificateState.REVOKED)

    def once(paid: Payments) -> Judged:
        return once_by_count(tuple(one for one in paid if not one.is_recovered))

    async def is_barred(by: Judge) -> bool:
        try:
            await ledger.record(decision(2), [ALICE], by)
        except AlreadyPaidError:
            return True
        return False

    barred = []
    for yuan in (1999, 1):
        (recovery,) = await all_of(ledger)
        await ledger.take(step(recovery, RecoveryStep.REPAY, yuan), None)
        barred.append(await is_barred(once))

    # In part is not enough, and in full it is.
    assert barred == [True, False]


async def test_a_certificate_that_was_repaid_is_paid_for_again_as_the_figures_say(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(decision(), [ALICE], free)
    await change(store, 1, CertificateState.REVOKED)
    (recovery,) = await all_of(ledger)
    await ledger.take(step(recovery, RecoveryStep.REPAY, 2000), None)
    again = decision(2, certificate="sealed-1")
    lenient = replace(again, may_follow_recovered=True)

    with pytest.raises(DecisionError):
        # It is revoked still, whatever was repaid.
        await ledger.record(lenient, [ALICE], free)
    async with store.engine.begin() as connection:
        # As if the claim had been false, and not the certificate.
        await connection.execute(delete(state_changes))
    with pytest.raises(AlreadyPaidError):
        await ledger.record(again, [ALICE], free)
    assert (await ledger.record(lenient, [ALICE], free)).id
