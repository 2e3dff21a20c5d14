"""A gateway as in production, with callers that check claims by night."""

from collections.abc import Iterator

import pytest

from tests.federation.conftest import NO_CACHE
from tests.gateway.privacy.callers import READ, entry
from tests.running import Agencies, Gateway, running_gateway

NIGHT, POOR = "night", "poor"
"""Bearer tokens, named like their callers: one with room for a night's people, and one
with room for two."""
TABLES = "\n".join(
    (
        entry(NIGHT, READ, purpose=False),
        entry(POOR, READ, purpose=False),
        "[privacy.people_a_day_of]",
        f"{NIGHT} = 20000",
        f"{POOR} = 2",
        "[console]",
        "enabled = true",
    )
)


@pytest.fixture(scope="package", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path_factory.mktemp("gateway-batch"),
        running_agencies,
        manifest=NO_CACHE,
        tables=TABLES,
        mode="production",
    ) as gateway:
        yield gateway
