"""What a file says is in force soon after it has changed, by that alone."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.gateway.callers import minting
from tests.gateway.callers.issuing import KEYS
from tests.gateway.callers.known import TABLES, fresh_token
from tests.gateway.reloading.test_reload import (
    LATE,
    NEW,
    OLD,
    SECOND,
    Desk,
    at_its_end,
    in_the_bundle,
    manifest_of,
    outcome,
    table,
)
from tests.gateway.subscriptions.following import CHANGES, connected
from tests.running import TOKEN, Agencies, eventually, running_gateway

ISSUERS = TABLES.partition("[[issuers]]")[2].partition("\n\n")[0]
OTHER_KEYS = minting.key_set(minting.jwk("another", minting.ES256, alg="ES256"))


@pytest.fixture(name="desk")
def _desk(agencies: Agencies, tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "jwks.json").write_bytes(KEYS)
    trust = tmp_path / "trust.toml"
    trust.write_bytes((agencies.folder / "trust.toml").read_bytes())
    tables = f"{LATE}{table(OLD)}\n[[issuers]]{ISSUERS}\n"
    with running_gateway(tmp_path / "gateway", agencies, tables=tables) as gateway:
        desk = Desk(gateway)
        desk.replace(desk.config, f'"{agencies.folder / "trust.toml"}"', f'"{trust}"')
        eventually(lambda: desk.count("taken") == 1)
        yield desk


def configuration(desk: Desk) -> tuple[int, str, str]:
    """Return what readiness says, and of the configuration."""
    code, text = desk.gateway.get("/health/ready")
    body = json.loads(text)
    return code, body["status"], body["configuration"]


async def test_a_token_that_is_taken_out_of_the_file_ends_within_a_second(
    desk: Desk,
) -> None:
    async with connected(desk.gateway) as socket:
        await socket.init(OLD)
        await socket.subscribe(CHANGES)
        closing = asyncio.create_task(at_its_end(socket.message()))
        desk.revoke(OLD)
        changed = time.time()

        await closing

    *_, said = desk.told("reloaded")
    assert datetime.fromisoformat(said["timestamp"]).timestamp() - changed < SECOND
    assert (desk.status(OLD), desk.status(TOKEN)) == (401, 200)


def test_a_mistake_is_named_until_it_is_put_right_and_all_is_as_it_was(
    desk: Desk,
) -> None:
    right = desk.config.read_text("utf-8")
    trust = desk.gateway.folder.parent / "trust.toml"
    keys = trust.read_text("utf-8")
    assert configuration(desk) == (200, "ready", "in force")
    desk.revoke(OLD)
    in_the_bundle(desk)

    eventually(lambda: configuration(desk) == (200, "degraded", "refused"))
    assert (desk.status(OLD), desk.status(TOKEN)) == (200, 200)
    trust.write_text(keys, "utf-8")
    eventually(lambda: configuration(desk) == (200, "ready", "in force"))

    # It is refused once, and not at each look.
    assert desk.count("refused") <= 2
    assert desk.status(OLD) == 401
    desk.config.write_text(right + table(NEW), "utf-8")
    eventually(lambda: desk.status(NEW) == 200)


def test_each_file_is_watched(desk: Desk, agencies: Agencies) -> None:
    keys = desk.gateway.folder / "jwks.json"
    assert desk.status(fresh_token()) == 200

    keys.write_bytes(b"{}")
    eventually(lambda: configuration(desk)[2] == "refused")
    assert desk.status(fresh_token()) == 200
    keys.write_bytes(OTHER_KEYS)
    eventually(lambda: desk.status(fresh_token()) == 401)
    new = desk.gateway.folder / "jwks.new"
    new.write_bytes(KEYS)
    new.replace(keys)
    eventually(lambda: desk.status(fresh_token()) == 200)

    text = manifest_of(desk).read_text("utf-8")
    changed = text.replace("\n[endpoint]", '\naccount = "FROZEN"\n\n[endpoint]', 1)
    manifest_of(desk).write_text(changed, "utf-8")
    eventually(lambda: outcome(desk, agencies, "transport")[0] == "SUSPENDED")
    manifest_of(desk).unlink()
    eventually(lambda: len(desk.gateway.ask("{ agencies { id } }")["agencies"]) == 2)
    assert desk.status(TOKEN) == 200
