"""A gateway before the three agencies; it keeps no answers, so faults show at once."""

from collections.abc import Iterator

import pytest

from tests.running import Agencies, Gateway, running_gateway

NO_CACHE = {"*": ("ttl_seconds = 10", "ttl_seconds = 0")}


@pytest.fixture(scope="session", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    with running_gateway(folder, running_agencies, manifest=NO_CACHE) as gateway:
        yield gateway
