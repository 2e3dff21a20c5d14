"""A gateway that knows its callers in every way, behind a proxy on this machine."""

from collections.abc import Iterator

import pytest

from tests.gateway.callers.known import PROXIES, TABLES
from tests.gateway.callers.minting import ES256, jwk, key_set
from tests.running import Agencies, Gateway, running_gateway


@pytest.fixture(scope="module", name="knowing")
def _knowing(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-callers")
    (folder / "jwks.json").write_bytes(key_set(jwk("es256-1", ES256)))
    with running_gateway(
        folder, running_agencies, settings=PROXIES, tables=TABLES
    ) as gateway:
        yield gateway
