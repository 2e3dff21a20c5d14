"""Two gateways on one database of each kind; each test has a person of its own."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.gateway.status.sending import gateways
from tests.postgresql import PostgreSQL
from tests.running import Agencies, Gateway

Two = tuple[Gateway, Gateway]


@pytest.fixture(scope="package", name="two", params=["sqlite", "postgresql"])
def _two(
    request: pytest.FixtureRequest,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("states")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/shared.db"
        with gateways(folder, running_agencies, url, 2) as (one, other):
            yield one, other
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = asyncio.run(server.make_newest())
    with gateways(folder, running_agencies, server.url(name), 2) as (one, other):
        yield one, other
    asyncio.run(server.give_back(name))
