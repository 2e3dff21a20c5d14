"""A gateway to send to, on a database of each kind; a connector of its own a test."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from itertools import count

import pytest

from tests.gateway.collection.sending import (
    CONNECTORS,
    Sender,
    collecting_gateway,
    key_of,
)
from tests.postgresql import PostgreSQL
from tests.running import Agencies, Gateway

SMALL = "[collection]\nmax_body_bytes = 3000000\nmax_inflated_bytes = 20000000\n"
_SENDERS: "defaultdict[str, count[int]]" = defaultdict(count)


@pytest.fixture(scope="package", name="collecting", params=["sqlite", "postgresql"])
def _collecting(
    request: pytest.FixtureRequest,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("collecting")
    if request.param == "sqlite":
        url = "sqlite:///gateway.db"
        with collecting_gateway(folder, running_agencies, url, SMALL) as gateway:
            yield gateway
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = asyncio.run(server.make_newest())
    with collecting_gateway(
        folder, running_agencies, server.url(name), SMALL
    ) as gateway:
        yield gateway
    asyncio.run(server.give_back(name))


@pytest.fixture(name="sender")
def _sender(collecting: Gateway, running_agencies: Agencies) -> Sender:
    """A connector that nobody sent to."""
    number = next(_SENDERS[collecting.url])
    assert number < CONNECTORS, "no connector is left; write more of them"
    connector = f"sender-{number}"
    return Sender(collecting, connector, key_of(running_agencies))
