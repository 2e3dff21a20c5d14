"""A gateway of its own, whose log and metrics nobody else writes."""

from collections.abc import Iterator

import pytest

from tests.running import Agencies, Gateway, running_gateway


@pytest.fixture(scope="package", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-alone")
    with running_gateway(folder, running_agencies) as gateway:
        yield gateway
