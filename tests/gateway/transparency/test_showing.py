"""Who looks at the log sees its newest checkpoint, who cosigned, and how it stands."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from bureau.receipts.logged import Quorum
from bureau.transparency.standing import LogStanding, SeenLog
from gateway.demo.demo import HOST, write_configuration
from gateway.settings.settings import load_settings
from gateway.transparency.keys import read_keys
from gateway.transparency.metrics import TransparencyMetrics
from gateway.transparency.showing import KeptLog, standing_of
from store.store import Store
from store.transparency.checkpoints import StoredCheckpoints
from tests.gateway.console.visitor import Page, Visitor
from tests.gateway.privacy.callers import entry
from tests.gateway.transparency.test_keeping import KEYS, Keeping
from tests.gateway.transparency.test_witnessing import (
    Witnessed,
    _place,
    _store,
    policy_of,
)
from tests.gateway.witness.running import Place, serving, settle
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import TOKEN, Agencies, eventually, gateway_by
from tests.store.transparency.written import add_moves

FIXTURES = _store, _place
READER = "log-reader"


async def seen(witnessed: Witnessed) -> SeenLog:
    checkpoints = StoredCheckpoints(witnessed.store)
    return await KeptLog(checkpoints, witnessed.policy, witnessed.reports).seen()


async def test_who_cosigned_is_told_and_who_has_not_so_far(
    store: Store, place: Place
) -> None:
    witnessed = Witnessed(store, policy_of(place))
    nothing = await seen(witnessed)
    await add_moves(store, 3)
    await witnessed.keeper.round()
    alone = await seen(witnessed)
    async with serving(place):
        await witnessed.ask()
    both = await seen(witnessed)
    await add_moves(store, 3, 3)
    await witnessed.keeper.round()
    later = await seen(witnessed)

    assert (nothing.newest, nothing.origin, nothing.quorum) == (
        None,
        None,
        Quorum.NOT_MET,
    )
    assert alone.newest is not None
    assert (alone.newest.size, alone.origin) == (4, KEYS.own[0].name)
    assert (alone.quorum, alone.witnessed) == (Quorum.NOT_MET, None)
    assert [one.cosigned_at for one in alone.witnesses] == [None, None]
    assert (both.quorum, both.newest) == (Quorum.MET, both.witnessed)
    assert [one.size for one in both.witnesses] == [4, 4]
    assert all(one.cosigned_at is not None for one in both.witnesses)
    assert later.newest is not None
    # What they cosigned before is still told, beside what is newer.
    assert (later.newest.size, later.quorum) == (7, Quorum.NOT_MET)
    assert later.witnessed == both.witnessed
    assert [(one.name, one.size) for one in later.witnesses] == [("A", 4), ("B", 4)]


async def test_where_nobody_has_to_cosign_nobody_is_named(store: Store) -> None:
    keeping = Keeping(store)
    await add_moves(store, 1)
    await keeping.keeper.round()

    found = await KeptLog(StoredCheckpoints(store), None, keeping.reports).seen()

    assert found.newest is not None
    assert (found.quorum, found.witnessed, [*found.witnesses]) == (
        Quorum.NOT_CONFIGURED,
        None,
        [],
    )


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        pytest.param((False, 0, 0, 0), LogStanding.IN_TIME, id="all is well"),
        pytest.param((False, 10, 10, 10), LogStanding.IN_TIME, id="just so"),
        pytest.param((False, 11, 11, 0), LogStanding.BEHIND, id="behind"),
        pytest.param((False, 0, 11, 11), LogStanding.UNSIGNED, id="a key is away"),
        pytest.param((False, 0, 0, 11), LogStanding.UNWITNESSED, id="degraded"),
        pytest.param((True, 0, 0, 0), LogStanding.FORKED, id="forked"),
    ],
)
def test_how_it_stands_is_told(
    reports: tuple[bool, float, float, float], expected: LogStanding
) -> None:
    forked, behind, unsigned, unwitnessed = reports
    shown = SimpleNamespace(
        is_forked=forked,
        behind_seconds=behind,
        unsigned_seconds=unsigned,
        unwitnessed_seconds=unwitnessed,
    )

    assert standing_of(cast("TransparencyMetrics", shown)) is expected


async def test_the_page_shows_it_and_the_witness_that_comes_back(
    agencies: Agencies, tmp_path: Path
) -> None:
    port = free_port(HOST)
    config = write_configuration(
        tmp_path / "gateway",
        trust_folder=agencies.folder,
        port=port,
        agencies=agencies.urls,
        token=TOKEN,
        id_number="",
    )
    keys = read_keys(load_settings(config, {}))
    assert keys is not None
    place = settle(tmp_path / "witness", "w.example/1", [keys.own[0]])
    policy = f"log {keys.own[0]}\n{place.lines('finance')}quorum finance\n"
    (config.parent / "policy").write_text(policy)
    tables = f"{entry(READER)}\n[console]\nenabled = true\n"
    text = f'transparency.policy_file = "policy"\n{config.read_text("utf-8")}'
    config.write_text(f"{text}\n{tables}", "utf-8")
    LISTENER.meet(agencies.people)
    with gateway_by(config, port) as gateway:
        visitor = Visitor(gateway.url)
        visitor.sign_in(READER)

        before = await asyncio.to_thread(page_with, visitor, "data-size=")
        async with serving(place):
            after = await asyncio.to_thread(page_with, visitor, 'data-outcome="MET"')

    assert before.data("outcome") == ["IN_TIME", "NOT_MET"]
    assert "did not cosign" in before.text
    assert after.data("witness") == ["finance"]
    assert "did not cosign" not in after.text


def page_with(visitor: Visitor, text: str) -> Page:
    """Return the page of the log as soon as ``text`` stands in it."""
    pages: list[Page] = []

    def holds() -> bool:
        pages.append(visitor.get("/console/log"))
        return text in pages[-1].text

    eventually(holds)
    return pages[-1]
