"""npm graphql-ws and graphql-sse and PyPI gql follow changes, as their pages say."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from store.store import open_store
from tests.gateway.subscriptions.following import CURSORS, change, write
from tests.node import install
from tests.running import TOKEN, Agencies, Gateway, running_gateway
from tests.third_party.environment import make_environment

# Their packages are installed.
pytestmark = pytest.mark.long

HERE = Path(__file__).parent / "followers"
CLIENTS = ("graphql-ws", "graphql-sse", "gql")
SECONDS = 60

Follow = Callable[[str, str, str], Any]


@pytest.fixture(scope="module", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-followed")
    with running_gateway(folder, running_agencies) as gateway:
        yield gateway


@pytest.fixture(scope="module", name="follow")
def _follow(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Follow:
    """Have a client print the first event after a cursor."""
    folder = tmp_path_factory.mktemp("followers")
    script = install(HERE, "follow.mjs", folder)
    python = make_environment(HERE / "requirements.lock", folder / "environment")

    def follow(client: str, token: str, after: str) -> Any:
        by = [str(python), str(HERE / "follow.py")]
        if client != "gql":
            by = ["node", str(script), client]
        done = subprocess.run(
            [*by, f"{gateway.url}/graphql", token, after],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return follow


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_is_told_what_came_after_its_cursor(
    gateway: Gateway, follow: Follow, client: str
) -> None:
    number = 701 + CLIENTS.index(client)
    after = gateway.ask(CURSORS)["eventCursors"]["certificateStates"]
    async with open_store(f"sqlite:///{gateway.folder}/gateway.db") as store:
        await write(store, change(number))

    told = follow(client, TOKEN, after)

    shown = told["certificateStateChanged"]
    assert shown["certificateId"] == f"sealed-{number}"
    assert shown["cursor"] != after


@pytest.mark.parametrize("client", CLIENTS)
def test_a_stranger_is_refused(follow: Follow, client: str) -> None:
    assert "refused" in follow(client, "nobody's", "")
