"""Run three sandbox agencies and a PostgreSQL once a run; give out databases."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.demo.demo import Ports, open_agencies, read_people
from store.migrate import upgrade_database
from tests.personal_data import LISTENER
from tests.postgresql import PostgreSQL, running_postgresql
from tests.running import Agencies

HOLDERS = 300


@pytest.fixture(scope="session", name="running_agencies")
def _running_agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    folder = tmp_path_factory.mktemp("agencies")
    with open_agencies(folder, HOLDERS, Ports(0, 0)) as urls:
        yield Agencies(urls, folder, read_people(folder))


@pytest.fixture(scope="session", name="postgresql")
def _postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _nobody_is_named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fail the run at its end if a gateway named a person to whom it must not."""
    yield
    for log in tmp_path_factory.getbasetemp().rglob("gateway.log"):
        LISTENER.hear_gateway(log)
    assert LISTENER.leaks == [], f"in {dict(LISTENER.heard)}"


@pytest.fixture(name="agencies")
def _agencies(running_agencies: Agencies) -> Agencies:
    """The agencies, without faults and with no calls counted."""
    running_agencies.reset()
    return running_agencies


@pytest.fixture(name="empty_database_url", params=["sqlite", "postgresql"])
async def _empty_database_url(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of an empty database, or of a file that is not there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/gateway.db"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = await server.make_database()
    yield server.url(name)
    await server.give_back(name)


@pytest.fixture(name="database_url")
async def _database_url(empty_database_url: str) -> str:
    """The address of a database at the newest step, with nothing in it."""
    await upgrade_database(empty_database_url)
    return empty_database_url
