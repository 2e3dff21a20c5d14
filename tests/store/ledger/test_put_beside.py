"""What is put beside a wrong payment is kept with all that a payment rests on."""

from dataclasses import replace

import pytest

from bureau.ledger.corrections import CorrectionRefusal
from bureau.ledger.entries import DecisionOutcome
from bureau.ledger.judging import Judged
from policy.payment_states import PaymentStep
from policy.recovery import RecoveryState
from signing.envelope import Envelope
from store.ledger.evidence import StoredEvidence
from store.ledger.ledger import StoredLedger
from store.store import Store
from tests.store.ledger.test_corrections import (
    BOB,
    answer,
    proposal,
    redrawn,
    refusal,
)
from tests.store.ledger.test_documents import PAID, states, taken
from tests.store.ledger.test_evidence import VAULT
from tests.store.ledger.test_ledger import (
    ALICE,
    JUDGEMENT,
    decision,
    free,
    once_by_count,
)
from tests.store.ledger.test_payments import approval, take

SIGNED = Envelope(b"signed.of.the.right.one")


@pytest.fixture(name="ledger")
def _ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


async def test_another_certificate_is_kept_with_bytes_judgement_and_document(
    ledger: StoredLedger, store: Store
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    digest = SIGNED.digest.hex()
    anew = replace(JUDGEMENT, computed_yuan=1600)
    right = replace(
        redrawn(
            wrong,
            certificate="sealed-right",
            person=BOB,
            evidence=digest,
            document=PAID,
        ),
        judge=lambda _: Judged(anew),
        evidence=[VAULT.seal(SIGNED)],
    )

    done = await ledger.answer_correction(answer(proposed), right)

    assert done.answered is not None
    assert done.answered.replaced_by is not None
    kept = await StoredEvidence(store).find(digest)
    assert kept is not None
    assert VAULT.open(kept) == SIGNED.came
    assert await ledger.judgement(done.answered.replaced_by) == anew
    assert await ledger.judgement(wrong.id) == JUDGEMENT
    # It is known by its document from now on, whatever id is sent.
    await taken(store, replace(PAID, place="elsewhere"))
    assert await states(ledger) == [RecoveryState.OPEN]


async def test_the_wrong_payment_bars_not_the_right_one(ledger: StoredLedger) -> None:
    wrong = await ledger.record(decision(), [ALICE], once_by_count)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    right = replace(redrawn(wrong), judge=once_by_count)

    done = await ledger.answer_correction(answer(proposed), right)

    assert done.answered is not None
    assert done.answered.replaced_by is not None


async def test_what_was_refused_was_not_paid(ledger: StoredLedger) -> None:
    refused = decision(outcome=DecisionOutcome.REFUSED, amount_yuan=None)
    recorded = await ledger.record(refused, [ALICE], free)

    found = await refusal(ledger.propose_correction(proposal(recorded.id)))

    assert found is CorrectionRefusal.NOT_PAID


async def test_an_approval_is_not_what_was_paid(ledger: StoredLedger) -> None:
    approved = await ledger.record(approval(), [ALICE], free)
    payment = await take(ledger, PaymentStep.PAY)
    paid = payment.history[-1].decision

    found = await refusal(ledger.propose_correction(proposal(approved.id)))

    assert paid != approved.id
    assert found is CorrectionRefusal.NOT_PAID
    assert (await ledger.propose_correction(proposal(paid))).claim == "c-1"


async def test_a_payment_says_who_corrected_it_and_why(ledger: StoredLedger) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    proposed = await ledger.propose_correction(proposal(wrong.id))

    done = await ledger.answer_correction(answer(proposed), redrawn(wrong))

    said = ("浦0018", "已核对", "another")
    answered, payment = done.answered, await ledger.payment("c-1")
    assert answered is not None
    assert payment is not None
    assert (answered.officer, answered.reason, answered.actor) == said
    booked = [(one.officer, one.reason, one.actor) for one in payment.history[1:]]
    assert booked == [said, said]


async def test_corrections_wait_oldest_first_and_not_too_many(
    ledger: StoredLedger,
) -> None:
    waiting = []
    for number in (1, 2, 3):
        paid = await ledger.record(decision(number), [ALICE], free)
        stated = proposal(paid.id, replacement=None)
        waiting.append(await ledger.propose_correction(stated))

    assert await ledger.open_corrections(2) == waiting[:2]
