"""What one gateway commits is told by another, and an agency is told its own only."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.agency import AgencyId
from sandbox.keys import load_keyring
from store.store import open_store
from tests.gateway.callers.minting import AUDIENCE
from tests.gateway.callers.test_over_http import assertion
from tests.gateway.privacy.callers import entry
from tests.gateway.registration.joining import (
    AGENCY,
    NOBODY,
    OPERATOR,
    SANCTIONER,
    TABLES,
    Joining,
    Steps,
    joining_gateway,
)
from tests.gateway.subscriptions.following import CHANGES, change, connected, write
from tests.running import Agencies, Gateway, running_gateway

SECOND_LONG = 1.0
OTHER = "another-agency"
STEPS = "subscription { connectorStateChanged { connectorId step before after actor } }"
FREEZE = (
    'mutation { imposeSanction(body: "transport", kind: FREEZE, reason: "forged") '
    "{ __typename } }"
)


@pytest.fixture(name="two")
def _two(
    agencies: Agencies, tmp_path: Path, database_url: str
) -> Iterator[tuple[Steps, Steps]]:
    """Two gateways on one database."""
    if database_url.startswith("sqlite"):
        database_url = f"sqlite:///{tmp_path}/shared.db"
    other = entry(OTHER, "connectors:register", purpose=False)
    tables = f"{TABLES}\n{other}"
    with (
        joining_gateway(tmp_path / "1", agencies, database_url, tables=tables) as one,
        joining_gateway(tmp_path / "2", agencies, database_url, tables=tables) as two,
    ):
        yield one, two


async def test_a_step_is_told_by_another_gateway_to_who_may_see_it(
    two: tuple[Steps, Steps], agencies: Agencies
) -> None:
    one, gateway = two[0], two[1].gateway
    submission = Joining(agencies).submission()
    async with (
        connected(gateway) as owner,
        connected(gateway) as operator,
        connected(gateway) as stranger,
        connected(gateway) as nobody,
    ):
        followers = {OTHER: stranger, AGENCY: owner, OPERATOR: operator}
        for token, socket in followers.items():
            await socket.init(token)
            await socket.subscribe(STEPS)
        await nobody.init(NOBODY)
        await nobody.subscribe(STEPS)
        refused = await nobody.message()
        # Once this is answered, everything before it was taken in.
        await asyncio.sleep(0.3)

        await asyncio.to_thread(lambda: one.draft(**submission))
        committed = time.monotonic()
        told = [await socket.next() for socket in (owner, operator)]
        late = time.monotonic() - committed
        await stranger.send("ping")

        assert await stranger.message() == {"type": "pong"}
    drafted = {
        "connectorId": "transport",
        "step": "DRAFT",
        "before": None,
        "after": "DRAFT",
        "actor": AGENCY,
    }
    assert told == [drafted, drafted]
    assert late <= SECOND_LONG
    assert refused["payload"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_an_agency_is_told_its_own_until_its_account_is_frozen(
    agencies: Agencies, tmp_path: Path
) -> None:
    tables = "\n".join(
        (
            entry(SANCTIONER, "sanctions:write", purpose=False),
            f'[agency_callers]\naudience = "{AUDIENCE}"',
            'scopes = ["certificates:read"]',
            "[subscriptions]\nrenew_seconds = 0.2",
        )
    )
    key = load_keyring(agencies.folder, AgencyId.TRANSPORT).own
    with running_gateway(tmp_path, agencies, tables=tables) as gateway:
        async with (
            open_store(f"sqlite:///{gateway.folder}/gateway.db") as store,
            connected(gateway) as socket,
        ):
            await socket.init(assertion(key, jti="follows"))
            await socket.subscribe(CHANGES)
            await asyncio.sleep(0.3)
            await write(store, change(1, "fire-rescue"), change(2, "transport"))
            told = await socket.next()

            imposed = await asyncio.to_thread(freeze, gateway)

            assert await socket.message() == 4403
    assert (told["certificateId"], told["agencyId"]) == ("sealed-2", "transport")
    assert imposed == {"imposeSanction": {"__typename": "Sanction"}}


def freeze(gateway: Gateway) -> Any:
    """Freeze the account of the transport agency."""
    return gateway.post({"query": FREEZE}, SANCTIONER)[1]["data"]
