"""A gateway before the three agencies; it keeps no answers, so faults show at once."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.federation.offices import Offices, open_offices
from tests.postgresql import PostgreSQL
from tests.running import Agencies, Gateway, running_gateway

NO_CACHE = {"*": ("ttl_seconds = 10", "ttl_seconds = 0")}


@pytest.fixture(scope="package", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    with running_gateway(folder, running_agencies, manifest=NO_CACHE) as gateway:
        yield gateway


@pytest.fixture(scope="package", name="offices", params=["sqlite", "postgresql"])
def _offices(
    request: pytest.FixtureRequest,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Offices]:
    """Offices before two gateways on one database of each kind."""
    folder = tmp_path_factory.mktemp("offices")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/shared.db"
        with open_offices(folder, running_agencies, url) as offices:
            yield offices
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = asyncio.run(server.make_newest())
    with open_offices(folder, running_agencies, server.url(name)) as offices:
        yield offices
    asyncio.run(server.give_back(name))
