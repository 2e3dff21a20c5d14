"""Witnesses cosign what is signed; one that is away holds up its own word alone."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest

from gateway.errors import StartError
from gateway.settings.settings import Settings
from gateway.settings.transparency import Transparency
from gateway.transparency.keeping import LogKeeper
from gateway.transparency.keys import read_keys, read_witnesses
from gateway.transparency.witnessing import Witnessing
from signing.transparency.checkpoints import read_checkpoint
from signing.transparency.policies import Policy, read_policy
from store.store import Store, open_store
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.finding import StoredRows
from store.transparency.publishing import StoredTree
from tests.gateway.test_trusted_documents import SETTINGS
from tests.gateway.transparency.test_keeping import KEYS, Keeping, now
from tests.gateway.witness.running import Place, serving, settle
from tests.store.transparency.written import add_moves


@pytest.fixture(name="store")
async def _store(database_url: str) -> AsyncIterator[Store]:
    async with open_store(database_url) as store:
        yield store


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Place:
    return settle(tmp_path / "witness", "w.example/1", [KEYS.own[0]])


@pytest.fixture(name="other_url")
def _other_url(tmp_path: Path, newest_file: Path) -> str:
    shutil.copy(newest_file, tmp_path / "other.db")
    return f"sqlite:///{tmp_path}/other.db"


def policy_of(place: Place) -> Policy:
    text = (
        f"log {KEYS.own[0]}\n{place.lines('A', 'B')}group both all A B\nquorum both\n"
    )
    return read_policy(text.encode())


class Witnessed(Keeping):
    """A keeper whose checkpoints somebody has to cosign, and who asks for it."""

    def __init__(self, store: Store, policy: Policy) -> None:
        super().__init__(store)
        self.store, self.policy = store, policy
        self.keeper = LogKeeper(
            store, KEYS, self.reports, now, is_witnessed=False, policy={}
        )

    async def ask(self) -> None:
        """Show the newest checkpoint to the witnesses."""
        async with aiohttp.ClientSession() as session:
            await Witnessing(
                StoredTree(self.store),
                StoredCheckpoints(self.store),
                self.policy,
                session,
                asyncio.Event(),
                self.reports,
                now,
            ).round()


async def test_what_is_signed_is_cosigned_and_counts_only_then(
    store: Store, place: Place
) -> None:
    witnessed = Witnessed(store, policy_of(place))
    rows = StoredRows(store, witnessed=True)
    await add_moves(store, 300)
    await witnessed.keeper.round()
    before = await rows.find("claim_moves", 5)
    async with serving(place):
        await witnessed.ask()
        await add_moves(store, 10, 300)
        await witnessed.keeper.round()
        await witnessed.ask()

    after = await rows.find("claim_moves", 305)
    kept = await StoredCheckpoints(store).latest(witnessed=True)
    assert before is None
    assert after is not None
    assert kept is not None
    checkpoint, note = read_checkpoint(kept.note.encode())
    assert policy_of(place).accept(checkpoint, note).witnesses.keys() == {"A", "B"}
    assert (checkpoint.size, after.size) == (311, 311)
    assert len(note.signatures) == 4
    assert witnessed.shown("witnessed_size") == 311
    assert witnessed.shown("unwitnessed_seconds") == 0


async def test_while_a_witness_is_away_it_goes_on_and_then_it_is_cosigned(
    store: Store, place: Place
) -> None:
    witnessed = Witnessed(store, policy_of(place))
    checkpoints = StoredCheckpoints(store)
    await add_moves(store, 3)
    await witnessed.keeper.round()
    await witnessed.ask()
    await add_moves(store, 3, 3)
    await witnessed.keeper.round()
    away = await checkpoints.latest()
    away_for = witnessed.shown("unwitnessed_seconds")
    async with serving(place):
        await witnessed.ask()
    back = await checkpoints.latest(witnessed=True)

    assert away is not None
    assert back is not None
    assert (away.size, away.is_witnessed, back.size) == (7, False, 7)
    assert away_for is not None
    assert away_for > 0
    assert witnessed.registry.get_sample_value(
        "gateway_transparency_witness_troubles_total", {"trouble": "AWAY"}
    )


async def test_a_log_that_is_another_than_a_witness_saw_gets_no_signature(
    store: Store, place: Place, other_url: str
) -> None:
    policy = policy_of(place)
    async with serving(place), open_store(other_url) as forked:
        await add_moves(store, 5)
        await add_moves(forked, 9)
        first, witnessed = (Witnessed(one, policy) for one in (store, forked))
        for one in (first, witnessed):
            await one.keeper.round()
            await one.ask()

        assert await StoredCheckpoints(store).latest(witnessed=True) is not None
        assert await StoredCheckpoints(forked).latest(witnessed=True) is None
    assert witnessed.registry.get_sample_value(
        "gateway_transparency_witness_troubles_total", {"trouble": "CONFLICT"}
    )


def settings_with(options: Transparency) -> Settings:
    return msgspec.structs.replace(SETTINGS, transparency=options)


def written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        pytest.param({"origin": None}, "has an origin", id="no origin"),
        pytest.param({"key_file": None}, "nothing is signed", id="no key"),
        pytest.param({"policy_file": None}, "needs a policy_file", id="no policy"),
        pytest.param({"key_file": "no"}, "openssl rand -hex 32", id="no such file"),
    ],
)
def test_what_does_not_go_together_stops_the_start(
    tmp_path: Path, place: Place, lacking: dict[str, str | None], said: str
) -> None:
    policy = f"log {KEYS.own[0]}\n{place.lines('A')}quorum A\n"
    whole = Transparency(
        requires_witnesses=True,
        origin=KEYS.own[0].name,
        key_file=written(tmp_path, "key", "00" * 32),
        policy_file=written(tmp_path, "policy", policy),
    )
    keys = read_keys(settings_with(whole))
    broken = msgspec.structs.replace(whole, **lacking)

    assert keys is not None
    assert read_witnesses(whole, keys, now()) is not None
    with pytest.raises(StartError, match=said):
        read_witnesses(broken, read_keys(settings_with(broken)), now())


def test_a_policy_of_another_log_stops_the_start(tmp_path: Path, place: Place) -> None:
    text = f"log {KEYS.own[0]}\n{place.lines('A')}quorum A\n"
    options = Transparency(
        origin=KEYS.own[0].name,
        key_file=written(tmp_path, "key", "11" * 32),
        policy_file=written(tmp_path, "policy", text),
    )

    with pytest.raises(StartError, match="has not the key of this log; add: log "):
        read_witnesses(options, read_keys(settings_with(options)), now())


@pytest.mark.parametrize("text", ["00" * 31, "zz" * 32, ""])
def test_a_key_that_is_none_stops_the_start(tmp_path: Path, text: str) -> None:
    options = Transparency(origin="a", key_file=written(tmp_path, "key", text))

    with pytest.raises(StartError, match="openssl rand -hex 32"):
        read_keys(settings_with(options))
