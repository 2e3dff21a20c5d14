"""A gateway with the usual limits, and one whose limits are near enough to reach."""

from collections.abc import Iterator

import pytest

from tests.running import Agencies, Gateway, running_gateway

NEAR = """
http.header_seconds = 0.3
http.body_seconds = 0.3
http.idle_seconds = 2
http.request_seconds = 0.5
http.concurrent_requests = 2
http.allowed_origins = ["https://hr.example.cn"]
http.hsts_seconds = 600
"""


@pytest.fixture(scope="package", name="strict_gateway")
def _strict_gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-strict")
    with running_gateway(folder, running_agencies, settings=NEAR) as gateway:
        yield gateway
