"""A connection serves one question after the other, and no answer serves another.

The server is bytes on a socket: what is sent and what is left of it is looked at.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import msgspec
import pytest

from connectors.errors import (
    ConnectorError,
    ManifestError,
    RefusedError,
    UnreachableError,
    UnreadableError,
)
from connectors.manifest_endpoint import Endpoint, Protocol
from connectors.protocols.exchange import Exchange
from tests.attacks.upstream import http
from tests.serving import serving as sockets_serving

ENDPOINT = Endpoint(protocol=Protocol.REST, url="http://127.0.0.1:1/")


@dataclass
class Server:
    """What came over which connection, numbered from one."""

    url: str = ""
    questions: list[tuple[int, bytes]] = field(default_factory=list)
    connections: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the client has closed a connection."""

    def used(self) -> list[int]:
        return [connection for connection, _ in self.questions]


Answers = Callable[[int, asyncio.StreamWriter], Awaitable[None]]
"""Answers a question, of which it is told how many came before it."""


@asynccontextmanager
async def serving(answers: Answers, greeting: bytes = b"") -> AsyncIterator[Server]:
    server = Server()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        number = server.connections
        try:
            writer.write(greeting)
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.rsplit(b": ", 1)[1])
                question = head + await reader.readexactly(length)
                before = len(server.questions)
                server.questions.append((number, question))
                await answers(before, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            server.left.set()
        finally:
            writer.transport.abort()

    async with sockets_serving(serve) as port:
        server.url = f"http://127.0.0.1:{port}/ask?a=b"
        yield server


@asynccontextmanager
async def asking(server: Server, **options: object) -> AsyncIterator[Exchange]:
    endpoint = msgspec.structs.replace(ENDPOINT, url=server.url, **options)
    async with aiohttp.ClientSession() as session:
        yield Exchange(session, endpoint)


def always(answer: bytes) -> Answers:
    async def answers(_before: int, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return answers


def first(answer: bytes, *, then: bytes = http({})) -> Answers:
    async def answers(before: int, writer: asyncio.StreamWriter) -> None:
        writer.write(then if before else answer)

    return answers


async def outcome(exchange: Exchange) -> bytes | type[ConnectorError]:
    try:
        _, came = await exchange.post(b"{}")
    except ConnectorError as error:
        return type(error)
    return came


async def test_a_question_is_these_bytes() -> None:
    async with (
        serving(always(http({}))) as server,
        asking(server, bearer_token="secret") as exchange,
    ):
        await exchange.post('{"holders":["张三"]}'.encode())

    ((_, question),) = server.questions
    assert question.decode() == (
        "POST /ask?a=b HTTP/1.1\r\n"
        f"Host: {server.url.split('/')[2]}\r\n"
        "User-Agent: certificate-gateway\r\n"
        "Content-Type: application/json\r\n"
        "Accept: application/json\r\n"
        "Accept-Encoding: identity\r\n"
        "Authorization: Bearer secret\r\n"
        "Content-Length: 22\r\n\r\n"
        '{"holders":["张三"]}'
    )


@pytest.mark.parametrize("token", ["a\r\nX: b", "a\nb", "a\x00b"])
async def test_nothing_ends_a_header_but_its_line(token: str) -> None:
    async with serving(always(http({}))) as server:
        with pytest.raises(ManifestError, match="control character"):
            async with asking(server, bearer_token=token):
                pass


@pytest.mark.parametrize(
    ("answer", "first_outcome"),
    [
        pytest.param(http({}), b"{}", id="an answer"),
        pytest.param(http(b""), b"", id="an empty answer"),
        pytest.param(http({}, status="429 No"), RefusedError, id="a refusal"),
        pytest.param(http({}, status="503 No"), UnreachableError, id="an excuse"),
        pytest.param(
            http({}, status="302 There", length=2), UnreachableError, id="a redirect"
        ),
        pytest.param(
            http({}).replace(b"/json", b"/xml"), UnreadableError, id="another type"
        ),
        pytest.param(http(b" " * 101), UnreadableError, id="too large, and whole"),
        pytest.param(
            b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + http({}),
            b"{}",
            id="hints before the answer",
        ),
    ],
)
async def test_a_connection_is_used_again_after(
    answer: bytes, first_outcome: object
) -> None:
    async with (
        serving(first(answer)) as server,
        asking(server, max_body_bytes=100) as exchange,
    ):
        outcomes = [await outcome(exchange) for _ in range(2)]

    assert (outcomes, server.used()) == ([first_outcome, b"{}"], [1, 1])


@pytest.mark.parametrize(
    ("answer", "first_outcome"),
    [
        pytest.param(http({}, "Connection: close"), b"{}", id="the last answer"),
        pytest.param(
            http({}).replace(b"HTTP/1.1", b"HTTP/1.0"), b"{}", id="an older protocol"
        ),
        pytest.param(
            http({}, status="429 No", length=9), RefusedError, id="half a refusal"
        ),
        pytest.param(
            http(b" " * 101, length=200), UnreadableError, id="too large, and not whole"
        ),
        pytest.param(http({}) + b"more", UnreachableError, id="more than an answer"),
        pytest.param(
            http(
                b"",
                "Connection: upgrade",
                "Upgrade: websocket",
                status="101 Switching Protocols",
            ),
            UnreachableError,
            id="another protocol",
        ),
        pytest.param(http({}) + http({"of": "another"}), b"{}", id="two answers"),
    ],
)
async def test_a_connection_is_closed_after(
    answer: bytes, first_outcome: object
) -> None:
    async with (
        serving(first(answer)) as server,
        asking(server, max_body_bytes=100) as exchange,
    ):
        outcomes = [await outcome(exchange) for _ in range(2)]

    assert (outcomes, server.used()) == ([first_outcome, b"{}"], [1, 2])


async def test_an_answer_that_comes_late_is_nobodys() -> None:
    """A second answer to one question must not become the next question's."""
    late = asyncio.Event()

    async def answers(before: int, writer: asyncio.StreamWriter) -> None:
        writer.write(http({"question": before}))
        if before == 0:
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(http({"question": "stale"}))
            await writer.drain()
            late.set()

    async with serving(answers) as server, asking(server) as exchange:
        await exchange.post(b"{}")
        await late.wait()
        await asyncio.sleep(0.05)
        _, came = await exchange.post(b"{}")

    assert (came, server.used()) == (b'{"question": 1}', [1, 2])


async def test_an_answer_in_pieces_is_the_bytes_that_came() -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )

    async def answers(_before: int, writer: asyncio.StreamWriter) -> None:
        for piece in (chunked, b"4\r\n[1,\n\r\n", b"3\r\n 2]\r\n", b"0\r\n\r\n"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(answers) as server, asking(server) as exchange:
        outcomes = [await outcome(exchange) for _ in range(2)]

    assert (outcomes, server.used()) == ([b"[1,\n 2]", b"[1,\n 2]"], [1, 1])


async def test_a_question_that_is_given_up_leaves_its_connection() -> None:
    asked = asyncio.Event()

    async def answers(before: int, writer: asyncio.StreamWriter) -> None:
        asked.set()
        if before:
            writer.write(http({}))

    async with serving(answers) as server, asking(server) as exchange:
        given_up = asyncio.create_task(exchange.post(b"{}"))
        await asked.wait()
        given_up.cancel()
        await asyncio.wait_for(server.left.wait(), 5)
        came = await outcome(exchange)

    assert (given_up.cancelled(), came, server.used()) == (True, b"{}", [1, 2])
