"""Three agencies in processes of their own, started once for all these tests."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import pytest

from sandbox.agency import AgencyId
from sandbox.keys import read_trust
from signing.trust import TrustBundle
from tests.sandbox.process import RunningAgency, address_of, prepare, started

HOLDERS = "400"


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared folder that every test reads and none writes."""
    directory = tmp_path_factory.mktemp("sandbox")
    prepare(directory)
    return directory


@pytest.fixture(scope="package")
def trust(prepared: Path) -> TrustBundle:
    """The trust bundle as the gateway would read it."""
    bundle = read_trust(prepared)
    assert bundle is not None
    return bundle


@pytest.fixture(scope="package")
def addresses(prepared: Path) -> Iterator[Mapping[AgencyId, str]]:
    """Where the three agencies listen."""
    with ExitStack() as stack:
        processes = {
            agency: stack.enter_context(
                started(
                    "serve", agency, "--dir", prepared, "--port=0", "--holders", HOLDERS
                )
            )
            for agency in AgencyId
        }
        yield {agency: address_of(process) for agency, process in processes.items()}


@pytest.fixture
async def agencies(
    addresses: Mapping[AgencyId, str],
) -> AsyncIterator[Mapping[AgencyId, RunningAgency]]:
    """The three agencies without a fault, and none of them asked yet."""
    async with aiohttp.ClientSession() as session:
        running = {
            agency: RunningAgency(agency, address, session)
            for agency, address in addresses.items()
        }
        for agency in running.values():
            await agency.post("/sandbox/reset", {})
        yield running


@pytest.fixture(params=list(AgencyId))
def agency(
    request: pytest.FixtureRequest, agencies: Mapping[AgencyId, RunningAgency]
) -> RunningAgency:
    """Each of the three in turn."""
    return agencies[request.param]


@pytest.fixture
def emergency(agencies: Mapping[AgencyId, RunningAgency]) -> RunningAgency:
    """Emergency Management."""
    return agencies[AgencyId.EMERGENCY_MANAGEMENT]


@pytest.fixture
def transport(agencies: Mapping[AgencyId, RunningAgency]) -> RunningAgency:
    """Transport."""
    return agencies[AgencyId.TRANSPORT]


@pytest.fixture
def fire(agencies: Mapping[AgencyId, RunningAgency]) -> RunningAgency:
    """Fire Rescue."""
    return agencies[AgencyId.FIRE_RESCUE]
