"""A gateway that is traced and tells of slow questions, and the traces' collector."""

from collections.abc import Iterator

import pytest

from tests.gateway.tracing.collector import Collector, running_collector
from tests.running import Agencies, Gateway, running_gateway

SLOW_SECONDS = 0.5


@pytest.fixture(scope="package", name="collector")
def _collector() -> Iterator[Collector]:
    with running_collector() as collector:
        yield collector


@pytest.fixture(scope="package", name="gateway")
def _gateway(
    running_agencies: Agencies,
    collector: Collector,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-traced")
    traces = f'[traces]\nendpoint = "{collector.url}"\nqueue = 100\n'
    slow = f"slow_question_seconds = {SLOW_SECONDS}\n"
    with running_gateway(
        folder, running_agencies, settings=slow, tables=traces
    ) as gateway:
        yield gateway
