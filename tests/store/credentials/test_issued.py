"""Places are drawn once, and what revokes shows to whoever opens the database next."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from bureau.ledger.book import Proof
from bureau.ledger.seen import SeenRevocation
from bureau.versions.memory import SeenVersion
from policy.certificate import CertificateState
from policy.documents import Document
from policy.recovery import RecoverySource
from store.audit.retention import forget_marks
from store.credentials import issued
from store.credentials.causes import CredentialStatus
from store.credentials.issued import NewCredential, NotInForceError, StoredCredentials
from store.credentials.tables import issued_credentials
from store.ledger.evidence import StoredEvidence
from store.ledger.ledger import StoredLedger
from store.quality.versions import StoredVersions
from store.store import Store
from tests.store.status.sent import ALICE, BOB, CHANGE, LIFTING, NOON, added

TODAY = NOON.date()
DOCUMENT = Document(place="p" * 64, number="n" * 64, code="c" * 64)
NEW = NewCredential(
    form="SD_JWT_VC",
    certificate="sealed-1",
    person=ALICE,
    documents=[DOCUMENT],
    version_marks=["m" * 40],
    said="5" * 16,
    signed_at=NOON,
    issued_at=NOON,
    expires_at=NOON + timedelta(days=90),
)
BOBS = replace(NEW, certificate="b", person=BOB, documents=[Document(place="b" * 64)])
REVOKED = replace(CHANGE, state=CertificateState.REVOKED)
VERSION = SeenVersion(NOON, "6" * 16, "7" * 16, "k", NOON)
INVALID, SUSPENDED = CredentialStatus.INVALID, CredentialStatus.SUSPENDED


@pytest.fixture(name="credentials")
def _credentials(store: Store) -> StoredCredentials:
    """Draw 0, 1, 2 and so on."""
    numbers = count()
    return StoredCredentials(store, lambda _: next(numbers))


async def shown(store: Store) -> dict[int, CredentialStatus]:
    """Return what a gateway shows that knows nothing yet but the database."""
    another = StoredCredentials(store, lambda _: 0)
    return dict(await another.statuses(0, TODAY))


def test_a_status_is_the_number_that_verifiers_know_it_by() -> None:
    registered = {"VALID": 0, "INVALID": 1, "SUSPENDED": 2}

    assert {status.name: status.value for status in CredentialStatus} == registered


async def test_what_is_issued_is_valid_until_something_comes(
    store: Store, credentials: StoredCredentials
) -> None:
    await credentials.issue(NEW, TODAY)
    await credentials.issue(BOBS, TODAY)
    assert await shown(store) == {}

    await added(store, CHANGE)
    assert await shown(store) == {0: SUSPENDED}
    await added(store, LIFTING)
    assert await shown(store) == {}
    await added(store, replace(REVOKED, sequence=9, digest="9" * 64))
    assert await shown(store) == {0: INVALID}


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(Document(place="p" * 64), id="its place"),
        pytest.param(replace(DOCUMENT, place="q" * 64), id="its number"),
        pytest.param(Document(place="x" * 64, former="p" * 64), id="a former spelling"),
    ],
)
async def test_a_change_is_of_it_however_it_is_spelt(
    store: Store, credentials: StoredCredentials, of: Document
) -> None:
    await credentials.issue(NEW, TODAY)

    await added(store, replace(REVOKED, certificate="another-id", document=of))

    assert await shown(store) == {0: INVALID}


async def test_a_change_of_another_item_of_that_number_is_not_of_it(
    store: Store, credentials: StoredCredentials
) -> None:
    await credentials.issue(NEW, TODAY)
    other = replace(DOCUMENT, place="q" * 64, code="d" * 64)

    await added(store, replace(REVOKED, certificate="another-id", document=other))

    assert await shown(store) == {}


async def test_a_change_of_an_older_version_revokes_it(
    store: Store, credentials: StoredCredentials
) -> None:
    older = Document(place="o" * 64)
    await credentials.issue(replace(NEW, documents=[DOCUMENT, older]), TODAY)

    await added(store, replace(REVOKED, certificate="another-id", document=older))

    assert await shown(store) == {0: INVALID}


async def test_what_takes_effect_later_shows_from_then_on(
    store: Store, credentials: StoredCredentials
) -> None:
    await credentials.issue(NEW, TODAY)
    later = TODAY + timedelta(days=2)

    await added(store, replace(CHANGE, effective_on=later))

    assert await shown(store) == {}
    assert await credentials.statuses(0, later) == {0: SUSPENDED}


async def test_nothing_is_issued_of_what_was_revoked_meanwhile(
    store: Store, credentials: StoredCredentials
) -> None:
    await added(store, REVOKED)

    with pytest.raises(NotInForceError):
        await credentials.issue(NEW, TODAY)

    # Nor is a place taken.
    await credentials.issue(BOBS, TODAY)
    assert await shown(store) == {}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(VERSION, {0: INVALID}, id="says something else"),
        pytest.param(VERSION._replace(said=NEW.said), {}, id="says the same"),
        pytest.param(
            VERSION._replace(signed_at=NOON - timedelta(days=1)), {}, id="is older"
        ),
    ],
)
async def test_a_version_revokes_what_showed_another(
    store: Store,
    credentials: StoredCredentials,
    version: SeenVersion,
    expected: dict[int, CredentialStatus],
) -> None:
    await credentials.issue(NEW, TODAY)

    await StoredVersions(store).keep({"m" * 40: version})

    assert await shown(store) == expected


async def test_what_is_read_as_revoked_is_revoked_though_nothing_was_paid(
    store: Store, credentials: StoredCredentials
) -> None:
    await credentials.issue(NEW, TODAY)
    seen = SeenRevocation(
        certificate="sealed-1",
        document=DOCUMENT,
        source=RecoverySource.STATUS_LIST,
        since=None,
        connector="transport",
        evidence="e" * 64,
        seen_at=NOON,
    )

    await StoredLedger(store).open_seen([seen], NOON)

    assert await shown(store) == {0: INVALID}
    with pytest.raises(NotInForceError):
        await credentials.issue(NEW, TODAY)


async def test_a_record_that_is_proved_false_revokes_it(
    store: Store, credentials: StoredCredentials
) -> None:
    await credentials.issue(NEW, TODAY)

    proof = Proof(
        certificate="sealed-1", reason="冒名", evidence="1 号", actor="b", at=NOON
    )
    await StoredLedger(store).prove_false(proof)

    assert await shown(store) == {0: INVALID}


async def test_an_erased_person_s_are_revoked_and_say_nothing_of_whose_they_were(
    store: Store, credentials: StoredCredentials
) -> None:
    await credentials.issue(NEW, TODAY)
    await credentials.issue(BOBS, TODAY)

    await StoredEvidence(store).erase_of_person([ALICE, "c" * 64], "申请", NOON)

    assert await shown(store) == {0: INVALID}
    async with store.engine.connect() as connection:
        rows = (await connection.execute(issued_credentials.select())).all()
    kept = [value for row in rows if row.idx == 0 for value in row]
    assert {ALICE, "sealed-1", *DOCUMENT.marks, "m" * 40}.isdisjoint(kept)


async def test_a_place_is_given_once_and_a_full_list_is_followed_by_another(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws: Iterator[int] = iter([0, 0, 3, 7])
    credentials = StoredCredentials(store, lambda _: next(draws))
    monkeypatch.setattr(issued, "FULL", 2)

    places = [await credentials.issue(NEW, TODAY) for _ in range(3)]

    assert [(one.number, one.idx) for one in places] == [(0, 0), (0, 3), (1, 7)]
    assert await credentials.newest_list() == 1


async def test_what_ended_long_ago_is_forgotten(
    store: Store, credentials: StoredCredentials
) -> None:
    await credentials.issue(NEW, TODAY)
    await added(store, REVOKED)

    await forget_marks(store, TODAY + timedelta(days=80))
    assert await shown(store) == {0: INVALID}
    await forget_marks(store, TODAY + timedelta(days=100))
    assert await shown(store) == {}
