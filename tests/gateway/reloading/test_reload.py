"""A gateway that gets SIGHUP goes on by what its files say then, or as it was."""

import asyncio
import hashlib
import json
import os
import re
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from gateway.subscriptions.messages import CloseCode
from tests.federation.queries import SOURCES
from tests.gateway.privacy.callers import entry
from tests.gateway.subscriptions.following import (
    CHANGES,
    SECONDS,
    connected,
    posted,
)
from tests.running import TOKEN, Agencies, Gateway, eventually, running_gateway

T = TypeVar("T")
READ = "certificates:read"
OLD, NEW = "from-the-start", "from-the-reload"
LATE = "\n[subscriptions]\nrenew_seconds = 600.0\n"
"""Connections judge their caller by themselves once every ten minutes."""
ASK = {"query": "{ agencies { id } }"}
SECOND = 1.0


class Desk:
    """An operator's desk: a gateway's files, and the way to have them read again."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.config = gateway.folder / "gateway.toml"

    @property
    def pids(self) -> dict[int, int]:
        """The gateway's processes, each with the one that started it."""
        found = {}
        for folder in self.gateway.processes:
            stat = (folder / "stat").read_text("ascii").rpartition(")")[2].split()
            found[int(folder.name)] = int(stat[1])
        return found

    @property
    def watching(self) -> int:
        """The process that the operator knows."""
        pids = self.pids
        (first,) = (pid for pid, parent in pids.items() if parent not in pids)
        return first

    def count(self, outcome: str) -> float:
        """How many reloads had an outcome."""
        page = self.gateway.get("/metrics")[1]
        found = re.search(rf'gateway_reload_total{{outcome="{outcome}"}} (\S+)', page)
        assert found is not None
        return float(found[1])

    def reload(self, outcome: str = "taken") -> None:
        """Send SIGHUP, and wait until it had its outcome."""
        before = self.count(outcome)
        os.kill(self.watching, signal.SIGHUP)
        eventually(lambda: self.count(outcome) == before + 1)

    def add(self, text: str) -> None:
        """Write a table at the end of the configuration."""
        self.config.write_text(self.config.read_text("utf-8") + text, "utf-8")

    def replace(self, path: Path, old: str, new: str) -> None:
        """Replace a text in a file."""
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def revoke(self, caller: str) -> None:
        """Take a token out."""
        self.replace(self.config, table(caller), "")

    def told(self, event: str) -> list[dict[str, str]]:
        """Return the log's lines of one event."""
        lines = map(json.loads, self.gateway.log.splitlines())
        return [line for line in lines if line["event"] == event]

    def status(self, token: str) -> int:
        """Ask, and return how that was answered."""
        return self.gateway.post(ASK, token)[0]


def table(caller: str) -> str:
    """Return the entry of a caller, whose token is its name."""
    return f"\n{entry(caller, READ, 'schema:read', purpose=False)}\n"


@pytest.fixture(name="desk")
def _desk(agencies: Agencies, tmp_path: Path) -> Iterator[Desk]:
    trust = tmp_path / "trust.toml"
    trust.write_bytes((agencies.folder / "trust.toml").read_bytes())
    with running_gateway(
        *(tmp_path / "gateway", agencies),
        settings="reload_seconds = 0\n",
        tables=LATE + table(OLD),
    ) as gateway:
        desk = Desk(gateway)
        shared = f'"{agencies.folder / "trust.toml"}"'
        desk.replace(desk.config, shared, f'"{trust}"')
        yield desk


def test_a_token_that_was_added_is_known_after_sighup(desk: Desk) -> None:
    before = desk.pids
    desk.add(table(NEW))
    assert desk.status(NEW) == 401

    desk.reload()

    assert (desk.status(NEW), desk.status(OLD), desk.status(TOKEN)) == (200, 200, 200)
    assert desk.pids == before, "no process was started or ended for it"


def test_a_token_that_was_removed_is_unknown_within_a_second(desk: Desk) -> None:
    desk.revoke(OLD)
    assert desk.status(OLD) == 200

    os.kill(desk.watching, signal.SIGHUP)
    eventually(lambda: desk.status(OLD) == 401)

    assert desk.status(TOKEN) == 200


async def at_its_end(awaited: Awaitable[T]) -> tuple[T, float]:
    """Return what is awaited, and when it came."""
    async with asyncio.timeout(SECONDS):
        return await awaited, time.monotonic()


async def test_its_open_subscriptions_end_within_a_second(desk: Desk) -> None:
    async with (
        connected(desk.gateway) as socket,
        connected(desk.gateway) as other,
        posted(desk.gateway, CHANGES, OLD) as stream,
    ):
        await socket.init(OLD)
        await socket.subscribe(CHANGES)
        await other.init(TOKEN)
        await other.subscribe(CHANGES)
        assert stream.status == 200
        desk.revoke(OLD)
        closing = asyncio.create_task(at_its_end(socket.message()))
        ending = asyncio.create_task(at_its_end(stream.text()))

        await asyncio.to_thread(desk.reload)
        reloaded = time.monotonic()

        code, closed_at = await closing
        text, ended_at = await ending
        assert code == CloseCode.FORBIDDEN
        assert "UNAUTHENTICATED" in text
        assert max(closed_at, ended_at) - reloaded < SECOND
        # Who is known still follows on.
        await other.send("ping")
        assert await other.message() == {"type": "pong"}


async def test_a_socket_that_has_not_said_who_it_is_outlives_a_reload(
    desk: Desk,
) -> None:
    async with connected(desk.gateway) as socket:
        await asyncio.to_thread(desk.reload)

        await socket.init(OLD)


def manifest_of(desk: Desk, agency: str = "transport") -> Path:
    return desk.gateway.folder / "manifests" / f"{agency}.toml"


def in_the_manifest(desk: Desk) -> None:
    desk.replace(manifest_of(desk), "[endpoint]", "[end-point]")


def in_its_expression(desk: Desk) -> None:
    """What is found only when the agency is opened."""
    path = manifest_of(desk)
    text = path.read_text("utf-8")
    changed = re.sub(r'(?m)^number = ".*"$', 'number = "a..b("', text, count=1)
    assert changed != text
    path.write_text(changed, "utf-8")


def in_a_body(desk: Desk) -> None:
    """What is found only by the annex."""
    path = manifest_of(desk)
    text = path.read_text("utf-8")
    path.write_text(re.sub(r'(?m)^authority = ".*"$', 'authority = "no-body"', text))


def in_the_bundle(desk: Desk) -> None:
    trust = desk.gateway.folder.parent / "trust.toml"
    trust.write_text(trust.read_text("utf-8").replace('"EdDSA"', '"HS256"'), "utf-8")


def in_a_role(desk: Desk) -> None:
    desk.replace(desk.config, '"identity:read"', '"identity:raed"')


def in_an_option(desk: Desk) -> None:
    desk.config.write_text("prot = 1\n" + desk.config.read_text("utf-8"), "utf-8")


def in_the_file(desk: Desk) -> None:
    desk.add("\n[[[")


def in_what_is_not_there(desk: Desk) -> None:
    for path in (desk.gateway.folder / "manifests").iterdir():
        path.unlink()


@pytest.mark.parametrize(
    "mistake",
    [
        in_the_manifest,
        in_its_expression,
        in_a_body,
        in_the_bundle,
        in_a_role,
        in_an_option,
        in_the_file,
        in_what_is_not_there,
    ],
)
def test_with_one_mistake_nothing_changes(
    desk: Desk, mistake: Callable[[Desk], None]
) -> None:
    before = desk.config.read_text("utf-8")
    desk.revoke(OLD)
    desk.add(table(NEW))
    mistake(desk)

    desk.reload("refused")
    # Who hears the gateway reads by it who may see people.
    desk.config.write_text(before, "utf-8")

    assert (desk.status(OLD), desk.status(NEW), desk.status(TOKEN)) == (200, 401, 200)
    assert desk.count("taken") == 0
    (said,) = desk.told("reload refused")
    assert said["reason"]
    shown = desk.gateway.ask("{ agencies { id } }")["agencies"]
    assert len(shown) == 3


def test_after_a_mistake_was_put_right_it_is_taken(desk: Desk) -> None:
    desk.add(table(NEW))
    in_the_manifest(desk)
    desk.reload("refused")
    desk.replace(manifest_of(desk), "[end-point]", "[endpoint]")

    desk.reload()

    assert desk.status(NEW) == 200


def outcome(desk: Desk, agencies: Agencies, agency: str) -> tuple[str, list[str]]:
    """Ask about a person, and return what became of one agency."""
    number = agencies.person("all-three")["idNumber"]
    holder = desk.gateway.ask(SOURCES, idNumber=number)["holder"]
    (row,) = (row for row in holder["sources"] if row["agency"] == agency)
    return row["outcome"], [refusal["code"] for refusal in row["refusals"]]


def test_a_key_that_was_withdrawn_proves_nothing_after_it_caches_included(
    desk: Desk, agencies: Agencies
) -> None:
    desk.reload()
    assert outcome(desk, agencies, "transport") == ("ANSWERED", [])
    asked = len(agencies.calls("transport"))
    assert outcome(desk, agencies, "transport") == ("ANSWERED", [])
    assert len(agencies.calls("transport")) == asked, "it was kept"
    trust = desk.gateway.folder.parent / "trust.toml"
    keys = trust.read_text("utf-8").split("[[key]]")
    withdrawn = [
        key.replace('state = "active"', 'state = "compromised"')
        if "transport" in key
        else key
        for key in keys
    ]
    trust.write_text("[[key]]".join(withdrawn), "utf-8")

    desk.reload()

    found, codes = outcome(desk, agencies, "transport")
    assert found == "UNVERIFIED"
    assert set(codes) == {"KEY_NOT_IN_FORCE"}
    assert outcome(desk, agencies, "fire-rescue") == ("ANSWERED", [])


def test_a_manifest_comes_goes_and_changes(desk: Desk, agencies: Agencies) -> None:
    gone = manifest_of(desk, "fire-rescue").read_text("utf-8")
    manifest_of(desk, "fire-rescue").unlink()
    text = manifest_of(desk).read_text("utf-8")
    manifest_of(desk).write_text(
        text.replace("\n[endpoint]", '\naccount = "FROZEN"\n\n[endpoint]', 1), "utf-8"
    )

    desk.reload()

    shown = {row["id"] for row in desk.gateway.ask("{ agencies { id } }")["agencies"]}
    assert shown == {"transport", "emergency-management"}
    assert outcome(desk, agencies, "transport")[0] == "SUSPENDED"
    manifest_of(desk, "fire-rescue").write_text(gone, "utf-8")
    desk.reload()
    assert outcome(desk, agencies, "fire-rescue") == ("ANSWERED", [])


def test_an_option_that_needs_a_restart_is_named_and_not_taken(desk: Desk) -> None:
    desk.replace(desk.config, 'mode = "demo"', 'mode = "production"\nport = 1')
    desk.config.write_text(
        re.sub(r"(?m)^port = \d\d+\n", "", desk.config.read_text("utf-8")), "utf-8"
    )
    desk.add(table(NEW))

    desk.reload()

    assert desk.status(NEW) == 200
    assert desk.gateway.get("/schema.graphql")[0] == 200, "it is a demo still"
    assert [one["option"] for one in desk.told("needs a restart")] == ["mode", "port"]


def test_many_at_once_end_in_what_the_files_say(desk: Desk) -> None:
    desk.add(table(NEW))
    desk.revoke(OLD)
    for _ in range(20):
        os.kill(desk.watching, signal.SIGHUP)

    eventually(lambda: desk.status(NEW) == 200)
    eventually(lambda: desk.status(OLD) == 401)
    digest = hashlib.sha256(NEW.encode()).hexdigest()
    assert digest not in desk.gateway.log
