"""A gateway with callers that differ in what they may see and must state."""

from collections.abc import Iterator

import pytest

from tests.gateway.privacy.callers import SPARING, TABLES
from tests.running import Agencies, Gateway, running_gateway


@pytest.fixture(scope="package", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-privacy")
    with running_gateway(folder, running_agencies, tables=TABLES) as gateway:
        yield gateway


@pytest.fixture(scope="package", name="unused")
def _unused() -> Iterator[str]:
    return iter(SPARING)


@pytest.fixture(name="sparing")
def _sparing(unused: Iterator[str]) -> str:
    """A caller that may look up three people a day, and has looked up nobody yet."""
    return next(unused)
