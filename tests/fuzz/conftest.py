"""A gateway to fuzz."""

from collections.abc import Iterator

import pytest

from gateway.demo.demo import GENEROUS
from tests.running import Agencies, Gateway, running_gateway


@pytest.fixture(scope="package", name="demo_gateway")
def _demo_gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway as the demo sets it up: every document is allowed."""
    folder = tmp_path_factory.mktemp("gateway-fuzzed")
    # A budget of people that is spent would refuse the rest of a long run unread.
    with running_gateway(
        folder,
        running_agencies,
        settings="deadline_seconds = 0.5\n",
        tables=GENEROUS,
    ) as gateway:
        yield gateway
