"""A gateway as it is run in production, with a caller who may do little."""

import hashlib
from collections.abc import Iterator

import pytest

from resolvers.documents.trusted import write_manifest
from tests.attacks.production import STRANGER, TRUSTED
from tests.gateway.callers.known import PROXIES, TABLES
from tests.gateway.callers.minting import ES256, jwk, key_set
from tests.running import Agencies, Gateway, running_gateway

CALLER = f"""
[[tokens]]
caller = "pudong-hr"
sha256 = "{hashlib.sha256(STRANGER.encode()).hexdigest()}"
scopes = ["certificates:read", "identity:read"]
purpose = "SUBSIDY_CLAIM"
case_number = "17-2026-1"
"""


@pytest.fixture(scope="package", name="production")
def _production(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("production")
    manifest = folder / "trusted.json"
    manifest.write_bytes(write_manifest(list(TRUSTED)))
    with running_gateway(
        folder,
        running_agencies,
        mode="production",
        settings=f'trusted_documents = "{manifest}"\n',
        tables=CALLER,
    ) as gateway:
        yield gateway


@pytest.fixture(scope="package", name="attacked")
def _attacked(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-attacked")
    (folder / "jwks.json").write_bytes(key_set(jwk("es256-1", ES256)))
    with running_gateway(
        folder, running_agencies, settings=PROXIES, tables=TABLES
    ) as gateway:
        yield gateway
