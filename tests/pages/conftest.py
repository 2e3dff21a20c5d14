"""The gateway that the pages' examples are tried on: the demo's, with more callers."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bureau.caller import Scope
from tests.gateway.privacy.callers import entry
from tests.gateway.receipts.signing import private
from tests.running import Agencies, Gateway, running_gateway

ANYBODY, ANOTHER, UNSTATED = "pages-anybody", "pages-another", "pages-unstated"
"""Bearer tokens: two callers who may do everything, and one with no purpose."""
SCOPES = [scope.value for scope in Scope]


@pytest.fixture(scope="package", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "receipt-key.pem").write_bytes(private(Ed25519PrivateKey.generate()))
    callers = (
        entry(ANYBODY, *SCOPES),
        entry(ANOTHER, *SCOPES),
        entry(UNSTATED, *SCOPES, purpose=False),
    )
    with running_gateway(
        folder,
        running_agencies,
        settings='receipt_key_file = "receipt-key.pem"\n',
        tables="\n".join(
            (*callers, '[credentials]\nissuer = "https://gateway.example"')
        ),
    ) as gateway:
        yield gateway
