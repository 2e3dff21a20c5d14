"""What a decision was computed from is kept with it, as is what is believed of keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from bureau.evidence.facts import Basis, key_fact, trace_fact
from bureau.ledger.judging import Judged
from bureau.ledger.seen import SeenRevocation
from policy.documents import Document
from policy.edition import canonical, load_edition
from policy.payments import Payments
from policy.recovery import RecoverySource
from signing.algorithms import Algorithm
from signing.trust import KeyState, TrustedKey
from store.ledger import bases
from store.ledger.bundled import StoredBundles
from store.ledger.kept_keys import StoredKeys, key_at
from store.ledger.ledger import StoredLedger
from store.store import Store
from store.transparency.tables import logged_facts
from tests.store.ledger.test_ledger import ALICE, JUDGEMENT, NOON, decision
from tests.store.ledger.test_proofs import PROOF

TRACE = canonical({"format": "certificate-gateway-trace@v1", "claim": None})
KEY = TrustedKey(
    kid="k-1",
    institution="transport",
    algorithm=Algorithm.ED25519,
    public_key=Ed25519PrivateKey.generate().public_key(),
    not_before=datetime(2026, 1, 1, tzinfo=UTC),
    not_after=datetime(2027, 1, 1, tzinfo=UTC),
    state=KeyState.ACTIVE,
    scope=frozenset({"4-02-01-01"}),
)
SUSPENDED = replace(KEY, state=KeyState.SUSPENDED)
HOUR = timedelta(hours=1)
BASIS = Basis(TRACE, load_edition(), (key_fact(KEY),))


def based(_: Payments) -> Judged:
    """Judge by a basis."""
    return Judged(JUDGEMENT, basis=BASIS)


def bodies(connection: Connection, id_: int) -> list[dict[str, object]]:
    facts = bases.facts_of(connection, id_)
    found = select(logged_facts.c.body).where(logged_facts.c.id.in_(facts))
    return list(connection.scalars(found.order_by(logged_facts.c.id)))


async def test_trace_rules_and_keys_are_found_by_the_decision(store: Store) -> None:
    ledger = StoredLedger(store)

    one = await ledger.record(decision(1, person=ALICE), [ALICE], based)
    other = await ledger.record(decision(2, person="x" * 64), ["x" * 64], based)

    async with store.engine.connect() as connection:
        found = await connection.run_sync(bodies, one.id)
        beside = await connection.run_sync(bodies, other.id)
    assert found[0] == beside[0]
    assert canonical(found[0]) == load_edition().text
    assert found[1] == beside[1]
    assert found[1]["kid"] == "k-1"
    assert found[2] == trace_fact(one.id, TRACE)
    assert beside[2] == trace_fact(other.id, TRACE)


async def test_a_key_is_noted_when_it_changes_and_when_it_changes_back(
    store: Store,
) -> None:
    keys = StoredKeys(store)

    for hours, key in enumerate((KEY, KEY, SUSPENDED, SUSPENDED, KEY, KEY)):
        await keys.note([key], NOON + hours * HOUR)

    async with store.engine.connect() as connection:
        kept = await connection.run_sync(
            lambda c: [key_at(c, "k-1", NOON + hours * HOUR) for hours in range(-1, 6)]
        )
    assert kept[0] is None
    said = [(one.body["state"], one.at) for one in kept[1:] if one is not None]
    assert said == [
        *[("active", NOON)] * 2,
        *[("suspended", NOON + 2 * HOUR)] * 2,
        *[("active", NOON + 4 * HOUR)] * 2,
    ]


async def test_what_proves_a_decision_is_found_as_of_a_day(store: Store) -> None:
    recorded = await StoredLedger(store).record(decision(1), [ALICE], based)
    bundles = StoredBundles(store)

    found = await bundles.of_decision(recorded.id, NOON + timedelta(days=400))
    before = await bundles.of_decision(recorded.id, NOON - timedelta(days=400))

    assert found is not None
    assert before is None
    sources = [source for source, _ in found.rows]
    assert sources[:2] == ["decisions", "judgements"]
    assert sources.count("logged_facts") == 3
    assert "payment_steps" in sources


async def test_what_was_seen_or_proved_later_was_not_known_on_the_day(
    store: Store,
) -> None:
    ledger, bundles = StoredLedger(store), StoredBundles(store)
    recorded = await ledger.record(decision(1), [ALICE], based)
    seen_at, proved_at = NOON + HOUR, NOON + 3 * HOUR
    seen = SeenRevocation(
        certificate="sealed-1",
        document=Document(place="p" * 64),
        source=RecoverySource.STATUS_LIST,
        since=None,
        connector="transport",
        evidence="e" * 64,
        seen_at=seen_at,
    )
    await ledger.open_seen([seen], seen_at)
    await ledger.prove_false(replace(PROOF, at=proved_at))

    known = []
    for hours in (1, 2, 3, 4):
        found = await bundles.of_decision(recorded.id, NOON + hours * HOUR)
        assert found is not None
        known.append({source for source, _ in found.rows})

    assert ["seen_revocations" in sources for sources in known] == [False] + [True] * 3
    assert ["false_records" in sources for sources in known] == [False] * 3 + [True]


@pytest.mark.parametrize("id_", ["sealed-1", "none"])
async def test_of_a_certificate_that_was_never_sent_nothing_is_found(
    store: Store, id_: str
) -> None:
    assert await StoredBundles(store).of_certificate(id_, NOON) is None
