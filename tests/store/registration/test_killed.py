"""Killed with SIGKILL in the middle of any step, the store is whole afterwards."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from connectors.registration.connector import Connector, Event
from connectors.registration.keys import RegisteredKeyState
from connectors.registration.lifecycle import Step
from store.database import open_database
from store.registration.registrations import StoredRegistrations
from tests import nursery

KILLS = 9
STEPS_A_LIFE = 17


@contextmanager
def stepping(url: str) -> Iterator[subprocess.Popen[str]]:
    """Run the process that takes steps; kill it at the end."""
    process = nursery.Popen(
        [sys.executable, "-m", "tests.store.registration.stepping", url],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def killed_after(url: str, steps: int, seconds: float) -> dict[str, int]:
    """Kill after so many steps and a moment; return the versions it said are kept."""
    said: dict[str, int] = {}
    with stepping(url) as process:
        assert process.stdout is not None
        for _ in range(steps):
            id_, version = process.stdout.readline().split()
            said[id_] = int(version)
        time.sleep(seconds)
    return said


async def everything(url: str) -> list[tuple[Connector, list[Event]]]:
    async with open_database(url) as engine:
        store = StoredRegistrations(engine)
        return [(c, list(await store.events(c.id))) for c in await store.connectors()]


def wrongs(connector: Connector, events: list[Event]) -> Iterator[str]:
    """Say what of a connector contradicts what was done to it."""
    if [e.version for e in events] != list(range(1, connector.version + 1)):
        yield "its events are not one a version"
    if events[-1].after is not connector.state:
        yield "its state is not where its last event led"
    for before, after in pairwise(events):
        if after.before is not before.after:
            yield "an event does not begin where the one before ended"
    added = {e.detail["key"] for e in events if e.step is Step.ADD_KEY}
    if added != {key.kid for key in connector.keys}:
        yield "its keys are not those that were added"
    approved = any(e.step is Step.APPROVE for e in events)
    single = {e.detail["key"] for e in events if e.step is Step.APPROVE_KEY}
    for key in connector.keys:
        first = key.kid.endswith("-1")
        is_believed = key.state is not RegisteredKeyState.PROVED
        if is_believed is not (approved if first else key.kid in single):
            yield f"{key.kid} is {key.state}"


def test_killed_in_the_middle_of_any_step_the_store_is_whole(database_url: str) -> None:
    dice = random.Random(219)  # noqa: S311 - where to strike, no secret
    said: dict[str, int] = {}

    for strike in range(KILLS):
        steps = 1 + strike * 2 % STEPS_A_LIFE
        said |= killed_after(database_url, steps, dice.random() * 0.006)

    kept = asyncio.run(everything(database_url))
    assert {c.id: list(wrongs(c, events)) for c, events in kept} == {
        c.id: [] for c, _ in kept
    }
    versions = {c.id: c.version for c, _ in kept}
    lost = {id_: seen for id_, seen in said.items() if versions.get(id_, 0) < seen}
    assert lost == {}
    assert len(said) >= KILLS
