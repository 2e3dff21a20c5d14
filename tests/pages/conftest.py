"""The gateway that the pages' examples are tried on, and what an office asked it."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.gateway.receipts.signing import private
from tests.pages.callers import TABLES
from tests.pages.desk import Desk
from tests.pages.story import Story, told
from tests.running import Agencies, Gateway, running_gateway


@pytest.fixture(scope="package", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "receipt-key.pem").write_bytes(private(Ed25519PrivateKey.generate()))
    with running_gateway(
        folder,
        running_agencies,
        settings='receipt_key_file = "receipt-key.pem"\n',
        tables=TABLES,
    ) as gateway:
        yield gateway


@pytest.fixture(scope="package", name="story")
def _story(gateway: Gateway, running_agencies: Agencies) -> Story:
    """Every document of the pages, asked."""
    return told(gateway, running_agencies)


@pytest.fixture(scope="package", name="desk")
def _desk(story: Story) -> Desk:
    return Desk(story)
