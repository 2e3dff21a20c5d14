"""A gateway that is asked more than it can answer says so, and goes on answering."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.gateway.subscriptions.following import connected
from tests.running import TOKEN, Agencies, Gateway, running_gateway

BURST = 300
SECONDS = 60.0
"""Far more than it takes until a burst meets a turn that is long."""
NO_WAIT = """
http.wait_seconds = 0
http.concurrent_requests = 10000
subscriptions.messages_a_minute = 100000
"""
PING = {"query": "{ policy { notice } }"}
FOLLOW = (
    """subscription { certificateStateChanged(after: "no such place") { cursor } }"""
)
GRAPHQL, JSON = "application/graphql-response+json", "application/json"
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a burst."""

    status: int
    headers: Mapping[str, str]
    body: Any


@pytest.fixture(scope="module", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("gateway-overloaded")
    with running_gateway(folder, running_agencies, settings=NO_WAIT) as gateway:
        yield gateway


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=BURST)
    async with aiohttp.ClientSession(
        connector=connector, headers=AUTHORIZATION
    ) as opened:
        yield opened


async def burst(
    gateway: Gateway, client: aiohttp.ClientSession, accept: str = GRAPHQL
) -> list[Answer]:
    """Ask many things at once."""

    async def ask() -> Answer:
        url, headers = f"{gateway.url}/graphql", {"Accept": accept}
        async with client.post(url, json=PING, headers=headers) as answer:
            body = await answer.json(content_type=None)
            return Answer(answer.status, answer.headers, body)

    return await asyncio.gather(*(ask() for _ in range(BURST)))


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_what_cannot_be_begun_soon_is_refused_and_the_rest_answered(
    gateway: Gateway, accept: str
) -> None:
    found: list[Answer] = []
    async with asyncio.timeout(SECONDS), session() as client:
        while not any(answer.status == 503 for answer in found):
            found += await burst(gateway, client, accept)
        again = await client.post(f"{gateway.url}/graphql", json=PING)

    statuses = Counter(answer.status for answer in found)
    refused = next(answer for answer in found if answer.status == 503)
    (error,) = refused.body["errors"]
    assert statuses.keys() == {200, 503}
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["X-Request-Id"]
    assert error["extensions"] == {"code": "OVERLOADED"}
    assert again.status == 200


async def test_health_and_metrics_are_answered_all_the_while(gateway: Gateway) -> None:
    async with asyncio.timeout(SECONDS), session() as client:
        statuses: set[int] = set()
        is_shed = False
        while not is_shed:
            asking = asyncio.create_task(burst(gateway, client))
            while not asking.done():
                for path in ("/health/live", "/health/ready", "/metrics"):
                    async with client.get(f"{gateway.url}{path}") as answer:
                        statuses.add(answer.status)
            is_shed = any(answer.status == 503 for answer in asking.result())

    assert statuses == {200}


async def test_each_that_is_shed_is_counted_and_none_has_a_line(
    gateway: Gateway,
) -> None:
    before = shed_in(gateway)
    refused = 0
    async with asyncio.timeout(SECONDS), session() as client:
        while not refused:
            refused += sum(a.status == 503 for a in await burst(gateway, client))

    assert shed_in(gateway) - before == refused
    lines = [json.loads(line) for line in gateway.log.splitlines()]
    assert [line for line in lines if line.get("status") == 503] == []


def shed_in(gateway: Gateway) -> float:
    text = gateway.get("/metrics")[1]
    name = "gateway_requests_shed_total{"
    return sum(
        float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith(name)
    )


async def test_so_are_subscriptions_of_a_socket_that_is_open(gateway: Gateway) -> None:
    codes: Counter[str] = Counter()
    async with (
        asyncio.timeout(SECONDS),
        session() as client,
        connected(gateway, Authorization=AUTHORIZATION["Authorization"]) as socket,
    ):
        await socket.send("connection_init")
        assert (await socket.message())["type"] == "connection_ack"
        asking = asyncio.create_task(burst(gateway, client))
        while not codes["OVERLOADED"]:
            if asking.done():
                asking = asyncio.create_task(burst(gateway, client))
            await socket.subscribe(FOLLOW, str(codes.total()))
            (error,) = (await socket.message())["payload"]
            codes[error["extensions"]["code"]] += 1
        await asking
        await socket.subscribe(FOLLOW, "after")
        (error,) = (await socket.message())["payload"]

    assert error["extensions"]["code"] == "UNKNOWN_CURSOR"
