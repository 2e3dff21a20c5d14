"""False claims are claimed back, and a proof is taken back by two and not by one."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from bureau.ledger.book import Proof, ProvedBeforeError
from bureau.ledger.entries import DecisionError, DecisionOutcome, DecisionRefusal
from bureau.ledger.proofs import (
    FalseClaim,
    NotProvedError,
    SamePersonError,
    UnknownClaimError,
    Withdrawal,
)
from policy.certificate import CertificateState
from policy.recovery import (
    FalsePart,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
)
from store.ledger.ledger import StoredLedger
from store.ledger.tables import false_claims, false_record_withdrawals, false_records
from store.store import Store
from tests.store.ledger.test_documents import PAID
from tests.store.ledger.test_ledger import ALICE, NOON, all_of, change, decision, free

PROOF = Proof(certificate="sealed-1", reason="r", evidence="e", actor="b", at=NOON)
FIRST = Withdrawal(
    certificate="sealed-1",
    document=None,
    reason="查错了人",
    officer="浦0017",
    actor="bureau-1",
    at=NOON,
)
SECOND = replace(FIRST, officer="浦0018", actor="bureau-2")
CLAIM = FalseClaim(
    claim="c-1",
    part=FalsePart.HUKOU,
    reason="户籍材料系伪造",
    evidence="沪人社查〔2026〕3号",
    officer="浦0017",
    actor="bureau",
    at=NOON,
)
REVOKED, VALID = CertificateState.REVOKED, CertificateState.VALID


@pytest.fixture(name="ledger")
async def _ledger(store: Store) -> StoredLedger:
    """A ledger with two payments, of two certificates."""
    ledger = StoredLedger(store)
    for number in (1, 2):
        await ledger.record(decision(number), [ALICE], free)
    return ledger


async def only(ledger: StoredLedger) -> tuple[RecoveryCause, RecoveryState]:
    (recovery,) = await all_of(ledger)
    return recovery.cause, recovery.progress.state


async def test_it_takes_two_to_take_a_proof_back(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.prove_false(PROOF)

    first = await ledger.withdraw_proof(FIRST)
    between = await only(ledger)
    second = await ledger.withdraw_proof(SECOND)

    assert (first, second) == (False, True)
    assert between == (RecoveryCause.FALSE_RECORD, RecoveryState.OPEN)
    assert await only(ledger) == (RecoveryCause.FALSE_RECORD, RecoveryState.WITHDRAWN)
    words = select(false_record_withdrawals.c.officer)
    kept = await store.writer.read(lambda c: [*c.execute(words).scalars()])
    assert sorted(kept) == ["浦0017", "浦0018"]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(FIRST, id="the same"),
        pytest.param(replace(SECOND, actor="bureau-1"), id="the same caller"),
        pytest.param(replace(SECOND, officer=" 浦0017 "), id="the same officer"),
        pytest.param(replace(SECOND, officer="浦００１７"), id="in full width"),
    ],
)
async def test_one_person_is_not_two(ledger: StoredLedger, again: Withdrawal) -> None:
    await ledger.prove_false(PROOF)
    await ledger.withdraw_proof(FIRST)

    with pytest.raises(SamePersonError):
        await ledger.withdraw_proof(again)

    assert await only(ledger) == (RecoveryCause.FALSE_RECORD, RecoveryState.OPEN)


async def test_what_was_not_proved_is_not_taken_back(ledger: StoredLedger) -> None:
    with pytest.raises(NotProvedError):
        await ledger.withdraw_proof(FIRST)
    await ledger.prove_false(PROOF)
    for word in (FIRST, SECOND):
        await ledger.withdraw_proof(word)
    with pytest.raises(NotProvedError):
        await ledger.withdraw_proof(replace(SECOND, officer="x", actor="y"))


async def test_after_it_the_certificate_may_be_paid_for_and_proved_false_again(
    ledger: StoredLedger,
) -> None:
    proof = replace(PROOF, certificate="sealed-3")
    third = decision(3)
    await ledger.prove_false(proof)
    with pytest.raises(DecisionError) as refused:
        await ledger.record(third, [ALICE], free)
    for word in (FIRST, SECOND):
        await ledger.withdraw_proof(replace(word, certificate="sealed-3"))

    await ledger.record(third, [ALICE], free)
    (opened,) = await ledger.prove_false(proof)

    assert refused.value.refusal is DecisionRefusal.PROVED_FALSE
    assert opened.claim == "c-3"
    with pytest.raises(ProvedBeforeError):
        await ledger.prove_false(proof)


async def test_what_else_calls_for_it_goes_on(
    ledger: StoredLedger, store: Store
) -> None:
    await change(store, 1, REVOKED)
    await ledger.prove_false(PROOF)
    for word in (FIRST, SECOND):
        await ledger.withdraw_proof(word)
    revoked = await only(ledger)
    await change(store, 2, VALID)

    assert revoked == (RecoveryCause.REVOKED, RecoveryState.OPEN)
    assert await only(ledger) == (RecoveryCause.REVOKED, RecoveryState.WITHDRAWN)


async def test_a_proof_is_taken_back_under_any_id_of_the_document(
    ledger: StoredLedger,
) -> None:
    await ledger.record(decision(3, document=PAID), [ALICE], free)
    await ledger.prove_false(replace(PROOF, certificate="sealed-3"))
    elsewhere = {"certificate": "by another connector", "document": PAID}

    words = [
        await ledger.withdraw_proof(replace(word, **elsewhere))  # type: ignore[arg-type]  # by name
        for word in (FIRST, SECOND)
    ]

    assert words == [False, True]
    assert await only(ledger) == (RecoveryCause.FALSE_RECORD, RecoveryState.WITHDRAWN)


async def test_a_false_claim_opens_the_recovery_of_its_payment_alone(
    ledger: StoredLedger, store: Store
) -> None:
    (opened,) = await ledger.prove_claim_false(CLAIM)

    assert opened.claim == "c-1"
    assert await only(ledger) == (RecoveryCause.FALSE_CLAIM, RecoveryState.OPEN)
    assert opened.source is RecoverySource.PROOF
    ((event,),) = await ledger.histories([opened.id])
    assert (event.step, event.reason) == (RecoveryStep.OPEN, "HUKOU: 户籍材料系伪造")
    # The certificate is as good as ever, and a lifting of it changes nothing.
    await change(store, 1, VALID)
    assert await only(ledger) == (RecoveryCause.FALSE_CLAIM, RecoveryState.OPEN)


async def test_a_claim_is_proved_false_once_and_if_it_was_paid(
    ledger: StoredLedger,
) -> None:
    await ledger.prove_claim_false(CLAIM)
    refused = decision(
        9, outcome=DecisionOutcome.REFUSED, amount_yuan=None, certificate="sealed-9"
    )
    await ledger.record(refused, [ALICE], free)

    with pytest.raises(ProvedBeforeError):
        await ledger.prove_claim_false(CLAIM)
    elsewhere = replace(CLAIM, claim="c-2", districts=frozenset({"310101"}))
    for unknown in (
        *(replace(CLAIM, claim=claim) for claim in ("c-9", "unknown")),
        elsewhere,
    ):
        with pytest.raises(UnknownClaimError):
            await ledger.prove_claim_false(unknown)
    assert await ledger.prove_claim_false(
        replace(elsewhere, districts=frozenset({"310115"}))
    )


async def test_what_was_revoked_is_of_a_false_claim_from_then_on(
    ledger: StoredLedger, store: Store
) -> None:
    await change(store, 1, REVOKED)

    assert await ledger.prove_claim_false(CLAIM) == []

    await change(store, 2, VALID)
    assert await only(ledger) == (RecoveryCause.FALSE_CLAIM, RecoveryState.OPEN)


async def test_none_of_it_is_ever_changed_or_removed(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.prove_false(PROOF)
    await ledger.withdraw_proof(FIRST)
    await ledger.prove_claim_false(replace(CLAIM, claim="c-2"))

    for table in (false_records, false_record_withdrawals, false_claims):
        for statement in (delete(table), update(table).values(reason="another")):
            with pytest.raises(IntegrityError):
                async with store.engine.begin() as connection:
                    await connection.execute(statement)
