"""Run three sandbox agencies and a PostgreSQL once a run; give out empty databases."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.nursery import NURSERY
from tests.personal_data import LISTENER
from tests.postgresql import PostgreSQL, running_postgresql
from tests.running import Agencies, running_agencies

HOLDERS = 300

# A hundred examples a property in `make test`; in `make fuzz`, as long as it takes.
settings.register_profile(
    "long",
    max_examples=20_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def pytest_collection_finish() -> None:
    """Keep the tests themselves out of every collector's way."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _nursery() -> Iterator[None]:
    """End what our programs are forked from, after all that was."""
    yield
    NURSERY.end()


@pytest.fixture(scope="session", name="running_agencies")
def _running_agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    folder = tmp_path_factory.mktemp("agencies")
    with running_agencies(folder, HOLDERS) as agencies:
        yield agencies


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
