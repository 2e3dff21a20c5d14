"""One exchange of the kit: what is sent, and what a status means."""

import asyncio

import aiohttp
import msgspec
import pytest

from connectors.conformance.observation import Observation, Observer
from connectors.manifest_endpoint import Endpoint
from connectors.protocols.exchange import JSON
from tests.connectors.agency import manifest
from tests.serving import serving

TOKEN = "kit-token-of-32-characters-or-more-0"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, None),
        (201, "UNREADABLE"),
        (299, "UNREADABLE"),
        (300, "REDIRECTED"),
        (399, "REDIRECTED"),
        (400, "REFUSED"),
        (499, "REFUSED"),
        (500, "SERVER_ERROR"),
        (599, "SERVER_ERROR"),
    ],
)
def test_a_status_is_judged_by_its_hundred(status: int, code: str | None) -> None:
    observation = Observation(0.1, status, JSON)

    assert observation.code == code
    assert observation.is_failure == (status >= 500)


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_the_kit_asks_with_the_manifests_token(token: str | None) -> None:
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            b"Content-Length: 2\r\nConnection: close\r\n\r\n{}"
        )
        await writer.drain()

    async with serving(serve) as port, aiohttp.ClientSession() as session:
        endpoint: Endpoint = msgspec.structs.replace(
            manifest().endpoint, url=f"http://127.0.0.1:{port}/", bearer_token=token
        )
        observation = await Observer(session, endpoint, 5).post(b"{}")

    (head,) = heads
    sent = [line for line in head.split(b"\r\n") if line.startswith(b"Authorization")]
    expected = [] if token is None else [f"Authorization: Bearer {token}".encode()]
    assert (observation.status, observation.body, sent) == (200, b"{}", expected)
