"""Why there is no bundle to give, on a database of each kind."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from bureau.evidence.bundle import Subject, SubjectKind
from bureau.evidence.making import EvidenceRefusal, NotMadeError
from bureau.ledger.evidence import KEY_BYTES, Vault
from bureau.transparency.log import KeptCheckpoint
from gateway.evidence.bundle import StoredEvidenceMaker
from signing.envelope import Envelope
from signing.transparency.checkpoints import Checkpoint
from store.ledger.ledger import StoredLedger
from store.store import Store, open_store
from store.transparency.checkpoints import StoredCheckpoints
from tests.gateway.evidence.logs import policy_text
from tests.store.ledger.test_bases import based
from tests.store.ledger.test_ledger import ALICE, NOON, decision

SIGNED = Envelope(b"signed.by.agency")
VAULT, OTHER = Vault([b"1" * KEY_BYTES]), Vault([b"2" * KEY_BYTES])
TODAY = date(2026, 12, 1)
TRUSTED = policy_text()
EMPTY = Checkpoint("log.example", 0, bytes(32)).text
UNSIGNED = f"{EMPTY}\n— log.example AAAAAAAA\n"


@pytest.fixture(name="store")
async def _store(database_url: str) -> AsyncIterator[Store]:
    """A ledger with one decision, which nobody logged."""
    async with open_store(database_url) as store:
        stated = decision(evidence=SIGNED.digest.hex())
        ledger = StoredLedger(store)
        await ledger.record(stated, [ALICE], based, [VAULT.seal(SIGNED)])
        yield store


async def refusal(
    store: Store,
    vault: Vault | None = VAULT,
    policy: str | None = TRUSTED,
    id_: int = 1,
) -> EvidenceRefusal:
    maker = StoredEvidenceMaker(store, vault, policy)
    with pytest.raises(NotMadeError) as refused:
        await maker.make(Subject(SubjectKind.DECISION, str(id_)), TODAY, NOON)
    return refused.value.refusal


async def checkpoint(store: Store, note: str) -> None:
    kept = KeptCheckpoint(size=0, note=note, at=NOON, is_witnessed=False)
    await StoredCheckpoints(store).keep(kept)


async def test_each_reason_has_a_code_of_its_own(store: Store) -> None:
    assert await refusal(store, None) is EvidenceRefusal.NO_KEY
    assert await refusal(store, policy=None) is EvidenceRefusal.NOT_SIGNED
    assert await refusal(store, id_=2) is EvidenceRefusal.UNKNOWN
    assert await refusal(store, OTHER) is EvidenceRefusal.OTHER_KEY
    assert await refusal(store) is EvidenceRefusal.NOT_SIGNED


async def test_what_is_not_in_the_signed_log_is_pending(store: Store) -> None:
    await checkpoint(store, UNSIGNED)

    assert await refusal(store) is EvidenceRefusal.PENDING


async def test_a_checkpoint_that_is_none_proves_nothing(store: Store) -> None:
    await checkpoint(store, "no note")

    assert await refusal(store) is EvidenceRefusal.ALTERED
