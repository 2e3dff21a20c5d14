"""A row is in the log within a second, signed, whoever is away meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from gateway.transparency.keeping import TAKEOVER_SECONDS, LogKeeper
from gateway.transparency.keys import LogKeys
from gateway.transparency.metrics import TransparencyMetrics
from gateway.transparency.wiring import digests_of_policy
from signing.transparency.checkpoints import (
    Checkpoint,
    NoteSigner,
    read_checkpoint,
    signers,
)
from signing.transparency.notes import Kind
from store.background import Supervisor
from store.store import Store, open_store
from store.transparency.appending import StoredLog
from store.transparency.checkpoints import StoredCheckpoints
from tests.store.transparency.written import add_moves, require_whole

ORIGIN = "log.example/gateway"
KEYS = LogKeys(
    [
        NoteSigner(
            ORIGIN, Kind.ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32))
        ),
        NoteSigner(
            ORIGIN,
            Kind.COSIGNATURE_ML_DSA_44,
            MLDSA44PrivateKey.from_seed_bytes(bytes(32)),
        ),
    ]
)


@pytest.fixture(name="store")
async def _store(database_url: str) -> AsyncIterator[Store]:
    async with open_store(database_url) as store:
        yield store


def now() -> datetime:
    return datetime.now(UTC)


def shown(registry: CollectorRegistry, name: str) -> float | None:
    return registry.get_sample_value(f"gateway_transparency_{name}")


class Keeping:
    """A keeper, and what it shows."""

    def __init__(self, store: Store, keys: LogKeys | None = KEYS) -> None:
        self.registry = CollectorRegistry()
        self.reports = TransparencyMetrics(self.registry)
        self.keeper = LogKeeper(
            store,
            keys,
            self.reports,
            now,
            is_witnessed=True,
            policy=digests_of_policy(),
        )

    def shown(self, name: str) -> float | None:
        return shown(self.registry, name)


async def latest(store: Store) -> Checkpoint:
    found = await StoredCheckpoints(store).latest()
    assert found is not None
    checkpoint, note = read_checkpoint(found.note.encode())
    signed = signers(checkpoint, note, [one.key for one in KEYS.signers])
    assert len(signed) == 2
    return checkpoint


async def test_what_waits_is_appended_and_signed_by_both_keys(store: Store) -> None:
    keeping = Keeping(store)
    await add_moves(store, 600)
    await keeping.keeper.round()

    # The policy that is in force is one more.
    assert (await latest(store)).size == 601
    assert (await latest(store)).root == (await StoredLog(store).head()).root
    assert await require_whole(store) == 601
    shows = [keeping.shown(one) for one in ("entries", "signed_size", "queued")]
    assert shows == [601, 601, 0]
    assert keeping.shown("witnessed_size") == 601
    assert keeping.shown("unwitnessed_seconds") == 0


async def test_the_policy_is_noted_once_for_all_starts(store: Store) -> None:
    for _ in range(2):
        await Keeping(store).keeper.round()

    assert (await StoredLog(store).head()).size == 1


async def test_without_a_key_it_is_appended_all_the_same(store: Store) -> None:
    keeping = Keeping(store, keys=None)
    await add_moves(store, 3)
    await keeping.keeper.round()

    assert keeping.shown("entries") == 4
    assert await StoredCheckpoints(store).latest() is None


async def test_what_did_not_grow_is_not_signed_again(store: Store) -> None:
    keeping = Keeping(store)
    await keeping.keeper.round()
    before = await StoredCheckpoints(store).latest()
    await keeping.keeper.round()

    assert await StoredCheckpoints(store).latest() == before


async def test_what_another_gateway_appended_is_signed_if_that_does_not(
    store: Store,
) -> None:
    keeping = Keeping(store)
    await keeping.keeper.round()
    await add_moves(store, 1)
    await StoredLog(store).append()

    await keeping.keeper.round()
    at_once = (await latest(store)).size
    await asyncio.sleep(TAKEOVER_SECONDS)
    await keeping.keeper.round()

    assert (at_once, (await latest(store)).size) == (1, 2)


async def test_two_gateways_keep_one_log(store: Store, database_url: str) -> None:
    async with open_store(database_url) as other:
        keepers = [Keeping(one).keeper for one in (store, other)]
        for _ in range(5):
            await add_moves(store, 300)
            await add_moves(other, 300)
            await asyncio.gather(*(one.round() for one in keepers))
        await asyncio.gather(*(one.round() for one in keepers))

    assert await require_whole(store) == 3001
    assert (await latest(store)).size == 3001


async def test_a_log_that_was_set_back_is_not_signed(store: Store) -> None:
    keeping = Keeping(store)
    await add_moves(store, 3)
    await keeping.keeper.round()
    async with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            for name in ("stays", "is_never_replaced"):
                await connection.execute(text(f"DROP TRIGGER log_entries_{name}"))
                await connection.execute(text(f"DROP TRIGGER log_tiles_{name}"))
            await connection.execute(text("DROP TRIGGER log_head_never_shrinks"))
            await connection.execute(text("DROP TRIGGER log_tiles_never_shrinks"))
        else:
            await connection.execute(text("SET session_replication_role = replica"))
        for statement in (
            "UPDATE log_head SET size = 0, rounds = rounds + 1",
            "DELETE FROM log_entries",
            "DELETE FROM log_tiles",
        ):
            await connection.execute(text(statement))
        if store.engine.dialect.name != "sqlite":
            await connection.execute(text("SET session_replication_role = origin"))
    await add_moves(store, 10, 3)
    await keeping.keeper.round()
    again = Keeping(store)
    await add_moves(store, 1, 20)
    await again.keeper.round()

    assert (await latest(store)).size == 4
    assert [one.shown("forked") for one in (keeping, again)] == [1, 1]
    assert keeping.reports.is_forked


async def test_while_the_database_is_away_it_is_behind_and_then_it_is_not(
    store: Store,
) -> None:
    keeping = Keeping(store)
    supervisor = Supervisor()
    rename = "ALTER TABLE {} RENAME TO {}"
    async with supervisor.running(keeping.keeper.keep, "transparency"):
        await eventually(lambda: keeping.shown("signed_size") == 1)
        async with store.engine.begin() as connection:
            await connection.execute(text(rename.format("log_head", "no_head")))
        await eventually(lambda: (keeping.shown("behind_seconds") or 0) > 1)
        await add_moves(store, 2)
        async with store.engine.begin() as connection:
            await connection.execute(text(rename.format("no_head", "log_head")))
        await eventually(lambda: keeping.shown("signed_size") == 3)

        assert (keeping.shown("behind_seconds") or 0) < 1
        assert supervisor.restarts == {}


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a metric tells nobody
            await asyncio.sleep(0.02)
