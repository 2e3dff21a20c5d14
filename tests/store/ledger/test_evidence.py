"""Signed bytes and judgements are kept with their decision, and erased by one way."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import IntegrityError

from bureau.ledger.entries import DecisionError
from bureau.ledger.evidence import SealedEvidence, Vault
from signing.envelope import Envelope
from store.ledger.evidence import StoredEvidence
from store.ledger.ledger import StoredLedger
from store.ledger.payment_tables import evidence, evidence_erasures
from store.store import Store
from tests.store.ledger.test_ledger import ALICE, JUDGEMENT, NOON, decision, free

BOB = "b" * 64
VAULT = Vault([bytes(32)])
SIGNED = Envelope(b"signed.by.agency")
DIGEST = SIGNED.digest.hex()
OLD, LATER = NOON + timedelta(days=1), NOON + timedelta(days=400)


@pytest.fixture(name="ledger")
def _ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


def sealed(envelope: Envelope = SIGNED) -> list[SealedEvidence]:
    return [VAULT.seal(envelope)]


async def count(store: Store) -> int:
    def work(connection: Connection) -> int:
        return connection.scalar(select(func.count()).select_from(evidence)) or 0

    return await store.writer.read(work)


async def test_what_was_computed_is_kept_as_it_was(ledger: StoredLedger) -> None:
    recorded = await ledger.record(decision(), [ALICE], free, sealed())

    assert await ledger.judgement(recorded.id) == JUDGEMENT
    assert await ledger.judgement(recorded.id + 1) is None


async def test_bytes_are_kept_once_however_many_decisions_rest_on_them(
    ledger: StoredLedger, store: Store
) -> None:
    for number in (1, 2, 3):
        await ledger.record(decision(number, evidence=DIGEST), [ALICE], free, sealed())

    found = await StoredEvidence(store).find(DIGEST)

    assert await count(store) == 1
    assert found is not None
    assert VAULT.open(found) == SIGNED.came


async def test_a_person_s_bytes_are_erased_and_others_stay(
    ledger: StoredLedger, store: Store
) -> None:
    shared, other = Envelope(b"of.both"), Envelope(b"of.bob")
    for number, (person, envelope) in enumerate(
        ((ALICE, SIGNED), (ALICE, shared), (BOB, shared), (BOB, other)), 1
    ):
        stated = decision(number, person=person, evidence=envelope.digest.hex())
        await ledger.record(stated, [person], free, sealed(envelope))
    kept = StoredEvidence(store)

    assert await kept.erase_of_person([ALICE, "c" * 64], "依本人申请", OLD) == 1

    assert await kept.find(DIGEST) is None
    assert await kept.find(shared.digest.hex()) is not None
    assert await kept.find(other.digest.hex()) is not None
    # The decision and its digest stay, and the erasure is on record.
    first = await ledger.first_answer("hr", "k-1")
    assert first is not None
    assert first.evidence == DIGEST
    said = await store.writer.read(lambda c: c.execute(select(evidence_erasures)).one())
    assert (said.digest, said.reason, said.erased_at) == (DIGEST, "依本人申请", OLD)
    # Once nobody else's decision rests on them, neither do the shared ones.
    assert await kept.erase_of_person([ALICE, BOB], "r", OLD) == 2


async def test_old_bytes_are_erased_unless_a_later_decision_rests_on_them(
    ledger: StoredLedger, store: Store
) -> None:
    again = Envelope(b"used.again")
    for number, (envelope, at) in enumerate(
        ((SIGNED, NOON), (again, NOON), (again, LATER)), 1
    ):
        stated = decision(
            number, evidence=envelope.digest.hex(), recorded_at=at, claim=f"e-{number}"
        )
        await ledger.record(stated, [ALICE], free, sealed(envelope))
    kept = StoredEvidence(store)

    assert await kept.erase_before(NOON, "r", LATER) == 0
    assert await kept.erase_before(OLD, "r", LATER) == 1
    assert await kept.find(DIGEST) is None
    assert await kept.find(again.digest.hex()) is not None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM evidence",
        "UPDATE evidence SET sealed = nonce",
        "UPDATE evidence_erasures SET reason = 'r'",
        "DELETE FROM evidence_erasures",
    ],
)
async def test_bytes_are_not_removed_or_changed_by_another_way(
    ledger: StoredLedger, store: Store, statement: str
) -> None:
    await ledger.record(decision(evidence=DIGEST), [ALICE], free, sealed())
    other = Envelope(b"other")
    stated = decision(2, evidence=other.digest.hex())
    await ledger.record(stated, [ALICE], free, sealed(other))
    kept = StoredEvidence(store)
    with_row = "DELETE FROM evidence_erasures", "UPDATE evidence_erasures"
    if statement.startswith(with_row):
        await kept.erase_of_person([ALICE], "r", OLD)

    async with store.engine.connect() as connection:
        with pytest.raises(IntegrityError, match="append-only"):
            await connection.execute(text(statement))


async def test_what_is_refused_leaves_no_bytes(
    ledger: StoredLedger, store: Store
) -> None:
    await ledger.record(decision(), [ALICE], free)
    again = decision(2, claim="c-1")

    with pytest.raises(DecisionError):
        await ledger.record(again, [ALICE], free, sealed())

    assert await count(store) == 0
