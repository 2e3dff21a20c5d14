"""A gateway that signs for who asks, and one that signs for everybody."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.gateway.receipts.signing import private, public
from tests.running import Agencies, Gateway, running_gateway

ISSUER = "https://gateway.example"
STATED = f'receipt_key_file = "receipt-key.pem"\nreceipt_issuer = "{ISSUER}"\n'


@pytest.fixture(scope="package", name="signing")
def _signing(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Gateway, Gateway]]:
    with ExitStack() as stack:
        found = []
        for name, more in (("asked", ""), ("always", 'receipts = "always"\n')):
            folder = tmp_path_factory.mktemp(f"gateway-receipts-{name}")
            keys = private(Ed25519PrivateKey.generate())
            keys += public(Ed25519PrivateKey.generate())
            (folder / "receipt-key.pem").write_bytes(keys)
            found.append(
                stack.enter_context(
                    running_gateway(folder, running_agencies, settings=STATED + more)
                )
            )
        yield found[0], found[1]


@pytest.fixture(name="gateway")
def _gateway(signing: tuple[Gateway, Gateway]) -> Gateway:
    return signing[0]


@pytest.fixture(name="for_everybody")
def _for_everybody(signing: tuple[Gateway, Gateway]) -> Gateway:
    return signing[1]
