"""A gateway's registry with an agency of its files."""

from collections.abc import AsyncIterator

import pytest

from tests.gateway.registry.alone import FILE, Gateway


@pytest.fixture(name="gateway")
async def _gateway() -> AsyncIterator[Gateway]:
    """A gateway with an agency of its files."""
    gateway = Gateway(FILE)
    yield gateway
    await gateway.registry.close()
    await gateway.of_files.close()
    await gateway.of_registered.close()
