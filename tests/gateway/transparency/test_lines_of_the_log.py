"""While the log cannot be kept, followed or cosigned, a line says so, and once."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from structlog.testing import capture_logs

from bureau.versions.held import Versions
from gateway.transparency import following, keeping, telling, witnessing
from gateway.transparency.following import FollowedLog
from gateway.transparency.keeping import LogKeeper
from gateway.transparency.metrics import TransparencyMetrics
from gateway.transparency.telling import keep_telling
from gateway.transparency.witnessing import Witnessing
from policy.catalogue import load_catalogue
from signing.transparency.policies import Policy, read_policy
from store.background import Supervisor
from store.quality.versions import StoredVersions
from store.store import Store, open_store
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.look_ups import StoredLookUps
from store.transparency.publishing import StoredTree
from store.transparency.reach import StoredReach
from tests.gateway.transparency.test_keeping import KEYS, eventually, now

NOBODY = read_policy(f"log {KEYS.own[0]}\nquorum none\n".encode())


@pytest.fixture(name="store")
async def _store(newest_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    shutil.copy(newest_file, tmp_path / "log.db")
    async with open_store(f"sqlite:///{tmp_path}/log.db") as store:
        yield store


async def rename(store: Store, old: str, new: str) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def nothing() -> None:
    """Read nothing on."""


def keeper(store: Store) -> LogKeeper:
    reports = TransparencyMetrics(CollectorRegistry())
    return LogKeeper(store, KEYS, reports, now, is_witnessed=True, policy={})


def witnesses(
    store: Store, session: aiohttp.ClientSession, policy: Policy
) -> Witnessing:
    return Witnessing(
        StoredTree(store),
        StoredCheckpoints(store),
        policy,
        session,
        asyncio.Event(),
        TransparencyMetrics(CollectorRegistry()),
        now,
    )


def followed(store: Store) -> FollowedLog:
    versions = Versions(
        StoredVersions(store),
        mark=lambda written: written,
        catalogue=load_catalogue(),
        told=lambda *_: None,
    )
    reports = TransparencyMetrics(CollectorRegistry())
    return FollowedLog(StoredReach(store), versions, nothing, reports)


def lines(heard: list[Any]) -> list[tuple[str, str]]:
    return [(one["log_level"], one["event"]) for one in heard]


class Case(NamedTuple):
    """A loop, the table it cannot do without, and what is said meanwhile."""

    table: str
    loop: Callable[
        [Store, aiohttp.ClientSession], Callable[[], Coroutine[Any, Any, None]]
    ]
    said: tuple[str, str]
    once: bool
    again: tuple[str, str] | None = None


CASES = {
    "kept": Case(
        "log_head",
        lambda store, _: keeper(store).keep,
        ("error", "nothing is appended to the log"),
        once=True,
        again=("info", "the log is appended to again"),
    ),
    "followed": Case(
        "log_checkpoints",
        lambda store, _: followed(store).keep,
        ("warning", "how far the log reaches is not known"),
        once=True,
    ),
    "told": Case(
        "audit_records",
        lambda store, _: lambda: keep_telling(StoredLookUps(store), now),
        ("warning", "agencies are not told of look-ups"),
        once=False,
    ),
    "cosigned": Case(
        "log_checkpoints",
        lambda store, session: witnesses(store, session, NOBODY).keep,
        ("warning", "no witness is asked"),
        once=False,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_it_is_said_while_the_database_is_away(
    store: Store, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    for module, name in (
        (keeping, "ROUND_SECONDS"),
        (keeping, "IDLE_SECONDS"),
        (following, "LOOK_SECONDS"),
        (telling, "TELL_SECONDS"),
        (witnessing, "AGAIN_SECONDS"),
    ):
        monkeypatch.setattr(module, name, 0.01)
    await rename(store, case.table, "away")
    async with aiohttp.ClientSession() as session:
        with capture_logs() as heard:
            loop = case.loop(store, session)
            async with Supervisor().running(loop, "a task"):
                often = 1 if case.once else 2
                await eventually(lambda: lines(heard).count(case.said) >= often)
                if case.once:
                    # Time for some more rounds.
                    await asyncio.sleep(0.1)
                told = lines(heard).count(case.said)
                await rename(store, "away", case.table)
                if case.again is not None:
                    await eventually(lambda: case.again in lines(heard))
                await asyncio.sleep(0.05)

    assert (told == 1) is case.once
    assert set(lines(heard)) == {case.said, case.again} - {None}
    assert all(one["reason"] for one in heard if lines([one]) == [case.said])
