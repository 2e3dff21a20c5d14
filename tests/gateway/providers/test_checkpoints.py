"""Checkpoints by keys that are kept elsewhere: all of them sign, or it waits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from gateway.errors import StartError
from gateway.providers.key_list import KeyList, ListedKey, Use, write_key_list
from gateway.providers.wiring import open_providers
from gateway.settings.settings import Settings
from gateway.settings.transparency import Transparency
from gateway.transparency.keeping import LogKeeper
from gateway.transparency.keys import LogKeys, read_keys, read_witnesses
from gateway.transparency.metrics import TransparencyMetrics
from signing.transparency.checkpoints import Checkpoint, read_checkpoint, signers
from signing.transparency.notes import Kind, Note
from store.store import Store, open_store
from store.transparency.appending import StoredLog
from store.transparency.checkpoints import StoredCheckpoints
from tests.gateway.providers.held import (
    ENVIRONMENT,
    NOON,
    Heard,
    Key,
    by_folder,
    by_server,
    by_token,
    half_in_token,
    listed,
    public_pem,
    settings_of,
    turn,
)
from tests.store.transparency.written import add_moves

ORIGIN = "log.example/gateway"
DAY = timedelta(days=1)
ED25519, SM2 = Kind.ED25519, Kind.COSIGNATURE_SM2


@pytest.fixture(name="store")
async def _store(database_url: str) -> AsyncIterator[Store]:
    async with open_store(database_url) as store:
        yield store


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


def key_for(provider: str, name: str, key: Key | str, **more: Any) -> ListedKey:
    public = key if isinstance(key, str) else public_pem(key.public_key())
    return listed(provider, name, public, use=Use.CHECKPOINTS, **more)


def settings_in(folder: Path, *keys: ListedKey, **providers: Any) -> Settings:
    path = folder / "keys.toml"
    write_key_list(path, KeyList(key=keys))
    return msgspec.structs.replace(
        settings_of(providers),
        signing_keys_file=str(path),
        transparency=Transparency(origin=ORIGIN),
    )


class Kept:
    """A log that is kept by the keys of a list."""

    def __init__(self, store: Store, keys: LogKeys, clock: Clock) -> None:
        self.keys = keys
        self.registry = CollectorRegistry()
        self.reports = TransparencyMetrics(self.registry)
        self._store = store
        self.keeper = LogKeeper(
            store, keys, self.reports, clock, is_witnessed=True, policy={}
        )

    async def grow(self, rows: int = 1) -> None:
        await add_moves(self._store, rows)
        await self.keeper.round()

    async def newest(self) -> tuple[Checkpoint, Note] | None:
        found = await StoredCheckpoints(self._store).latest()
        return None if found is None else read_checkpoint(found.note.encode())

    async def signed_by(self) -> set[Kind]:
        found = await self.newest()
        assert found is not None
        return {one.key.kind for one in signers(*found, self.keys.keys)}


@asynccontextmanager
async def kept(
    store: Store, settings: Settings, clock: Clock | None = None
) -> AsyncIterator[Kept]:
    async with open_providers(settings, ENVIRONMENT, Heard()) as providers:
        keys = read_keys(settings, providers.key_of)
        assert keys is not None
        yield Kept(store, keys, clock or Clock())


async def test_a_token_and_a_server_of_sm2_sign_side_by_side(
    store: Store, token: str, server: str, keys: dict[str, Key], tmp_path: Path
) -> None:
    settings = settings_in(
        tmp_path,
        key_for("hsm", "ed", half_in_token("ed", token)),
        key_for("far", "sm2", keys["sm2"]),
        hsm=by_token(token=token),
        far=by_server(server),
    )
    async with kept(store, settings) as log:
        await log.grow(3)

        assert await log.signed_by() == {ED25519, SM2}
        assert log.registry.get_sample_value("gateway_transparency_signed_size") == 4


@pytest.mark.parametrize("trouble", ["away", "wrong", "page"])
async def test_while_one_key_does_not_sign_the_checkpoint_waits_and_no_entry_is_lost(  # noqa: PLR0913, PLR0917 - fixtures
    store: Store,
    folder: Path,
    server: str,
    keys: dict[str, Key],
    tmp_path: Path,
    trouble: str,
) -> None:
    settings = settings_in(
        tmp_path,
        key_for("here", "ed", keys["ed"]),
        key_for("far", "sm2", keys["sm2"]),
        here=by_folder(folder),
        far=by_server(server, rest_seconds=0.1),
    )
    async with kept(store, settings) as log:
        await log.grow()
        before = await log.newest()

        # Half-way: the one key has signed, the other does not.
        await turn(server, trouble)
        await log.grow(300)

        assert await log.newest() == before
        assert (await StoredLog(store).head()).size == 302
        assert log.reports.unsigned_seconds > 0

        await turn(server)
        while await log.newest() == before:
            await log.keeper.round()
        found = await log.newest()
        assert found is not None
        assert found[0].size == 302
        assert await log.signed_by() == {ED25519, SM2}
        assert log.reports.unsigned_seconds == 0


async def test_in_an_overlap_both_sign_and_then_the_new_one_alone(
    store: Store, folder: Path, token: str, keys: dict[str, Key], tmp_path: Path
) -> None:
    old = key_for("here", "ed", keys["ed"], signs_until=NOON + 2 * DAY)
    new = key_for("hsm", "ed", half_in_token("ed", token), signs_from=NOON + DAY)
    settings = settings_in(
        tmp_path, old, new, here=by_folder(folder), hsm=by_token(token=token)
    )
    clock = Clock()
    async with kept(store, settings, clock) as log:
        found = []
        for days in (0, 1, 2):
            clock.now = NOON + days * DAY
            await log.grow()
            newest = await log.newest()
            assert newest is not None
            found.append(
                [
                    log.keys.keys.index(one.key)
                    for one in signers(*newest, log.keys.keys)
                ]
            )

    # New first: it stands there, and signs, from its day on.
    assert found == [[1], [0, 1], [0]]


async def test_when_all_have_ended_nothing_is_signed(
    store: Store, folder: Path, keys: dict[str, Key], tmp_path: Path
) -> None:
    settings = settings_in(
        tmp_path,
        key_for("here", "ed", keys["ed"], signs_until=NOON),
        key_for("here", "sm2", keys["sm2"]),
        here=by_folder(folder),
    )
    async with kept(store, settings) as log:
        await log.grow()

        assert await log.newest() is None
        assert log.reports.unsigned_seconds > 0


def test_what_does_not_go_together_stops_the_start(
    folder: Path, keys: dict[str, Key], tmp_path: Path
) -> None:
    def refused(why: str, *listed_: ListedKey, **options: Any) -> None:
        settings = settings_in(tmp_path, *listed_, here=by_folder(folder))
        stated = Transparency(**{"origin": ORIGIN, **options})
        with pytest.raises(StartError, match=why):
            read_keys(msgspec.structs.replace(settings, transparency=stated))

    ed, sm2 = (key_for("here", name, keys[name]) for name in ("ed", "sm2"))
    refused("without a key of Ed25519", sm2)
    refused("by which no checkpoints", key_for("here", "p256", keys["p256"]))
    refused("has an origin", ed, origin=None)
    seed = tmp_path / "seed"
    seed.write_text(keys["ed"].private_bytes_raw().hex(), "utf-8")  # type: ignore[union-attr]  # an Ed25519 key
    refused("in key_file and on the list", ed, key_file=str(seed))


def test_a_policy_has_every_key_that_signs_or_will(
    folder: Path, keys: dict[str, Key], token: str, tmp_path: Path
) -> None:
    old = key_for("here", "ed", keys["ed"], signs_until=NOON)
    new = key_for("hsm", "ed", half_in_token("ed", token), signs_from=NOON + DAY)
    settings = settings_in(
        tmp_path, old, new, here=by_folder(folder), hsm=by_token(token=token)
    )
    found = read_keys(settings)
    assert found is not None
    path = tmp_path / "policy"
    options = Transparency(origin=ORIGIN, policy_file=str(path))

    path.write_text(f"log {found.own[0]}\nquorum none\n", "utf-8")
    assert read_witnesses(options, found, NOON) is not None
    path.write_text(f"log {found.own[1]}\nquorum none\n", "utf-8")
    with pytest.raises(StartError, match="add: log ") as refused:
        read_witnesses(options, found, NOON)
    assert str(found.own[0]) in str(refused.value)
