"""What a change does not undo: what is newer, and what another holder's opened."""

import pytest

from policy.certificate import CertificateState
from policy.documents import Document
from policy.recovery import RecoveryState
from store.ledger.ledger import StoredLedger
from store.store import Store
from tests.store.ledger.test_documents import H1, H2, differing, paid
from tests.store.ledger.test_ledger import change

REVOKED, VALID = CertificateState.REVOKED, CertificateState.VALID


@pytest.fixture(name="ledger")
async def _ledger(store: Store) -> StoredLedger:
    ledger = StoredLedger(store)
    await paid(ledger, H1)
    return ledger


@pytest.mark.parametrize(
    ("certificate", "document", "differs"),
    [
        pytest.param("sealed-1", H1, False, id="of the holder"),
        pytest.param("another id", H2, True, id="of another holder"),
    ],
)
async def test_a_revocation_before_a_lifting_opens_nothing_nor_a_lifting_before_it(
    ledger: StoredLedger,
    store: Store,
    certificate: str,
    document: Document,
    *,
    differs: bool,
) -> None:
    await change(store, 3, VALID, certificate, document)
    await change(store, 2, REVOKED, certificate, document)
    lifted_since = await differing(ledger)
    await change(store, 5, REVOKED, certificate, document)
    await change(store, 4, VALID, certificate, document)

    assert lifted_since == []
    assert await differing(ledger) == [(RecoveryState.OPEN, differs)]


async def test_a_lifting_of_another_holder_s_withdraws_not_what_was_certain(
    ledger: StoredLedger, store: Store
) -> None:
    await change(store, 1, REVOKED, "sealed-1", H1)
    await change(store, 2, VALID, "another id", H2)

    assert await differing(ledger) == [(RecoveryState.OPEN, False)]
