"""A gateway of its own, whose log and metrics nobody else writes; empty databases."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.postgresql import PostgreSQL
from tests.running import Agencies, Gateway, running_gateway


@pytest.fixture(scope="session", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-alone")
    with running_gateway(folder, running_agencies) as gateway:
        yield gateway


@pytest.fixture(name="database_url", params=["sqlite", "postgresql"])
async def _database_url(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/gateway.db"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = await server.make_database()
    yield server.url(name)
    await server.give_back(name)
