"""What passes is tried again, what does not is said; the token goes nowhere else."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bureau.caller import LookUp, Purpose
from gateway.batch.asking import RETRY_SECONDS, Checked, Gateway
from gateway.client import address_of
from gateway.errors import StartError
from gateway.unreached import Reached
from tests.ports import free_port
from tests.serving import serving

NODE = {
    "__typename": "ClaimCheck",
    "outcome": "MATCH",
    "standing": "VALID",
    "reason": "一致",
    "fields": [{"field": "NAME", "outcome": "MATCH"}],
    "sources": [{"agency": "transport", "outcome": "ANSWERED"}],
}
CLAIM = {"idNumber": "1", "item": "1.2"}


def answer(status: int, content: object, *headers: str) -> bytes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    head = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode() + body


def answers(*nodes: object) -> bytes:
    return answer(200, {"data": {"verifyClaims": {"nodes": nodes}}})


def error(status: int, code: str) -> bytes:
    said = {"errors": [{"message": "so", "extensions": {"code": code}}]}
    return answer(status, said)


@dataclass
class Scripted:
    """A server that gives one answer after the other, the last one again and again."""

    script: list[bytes]
    asked: list[bytes] = field(default_factory=list)
    port: int = 0

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        stated = head.lower().partition(b"content-length: ")[2].split()
        length = int(stated[0]) if stated else 0
        self.asked.append(head + await reader.readexactly(length))
        content = self.script[min(len(self.asked), len(self.script)) - 1]
        writer.write(content)
        await writer.drain()


@asynccontextmanager
async def scripted(
    *script: bytes, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Scripted]:
    server = Scripted(list(script))
    async with serving(server.serve, tls=tls) as server.port:
        yield server


async def verified(
    port: int, count: int = 1, reached: Reached | None = None
) -> tuple[object, list[float]]:
    """Ask; return what came or what was said, and how long was waited in between."""
    waited: list[float] = []
    gateway = Gateway(
        reached=reached or Reached(),
        url=f"http://127.0.0.1:{port}",
        token="secret",
        look_up=LookUp(Purpose.SUBSIDY_CLAIM, "沪人社补〔2026〕12号"),
        language="zh",
        wait=waited.append,
    )
    try:
        return await asyncio.to_thread(gateway.verify, [CLAIM] * count), waited
    except StartError as refusal:
        return str(refusal), waited


async def test_an_answer_is_read_and_the_question_says_why() -> None:
    async with scripted(answers(NODE)) as server:
        found, waited = await verified(server.port)

    assert isinstance(found, tuple)
    assert isinstance(found[0], Checked)
    assert (found[0].outcome, waited) == ("MATCH", [])
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert b"Bearer secret" in head
    assert json.loads(body)["extensions"] == {
        "purpose": "SUBSIDY_CLAIM",
        "caseNumber": "沪人社补〔2026〕12号",
    }


@pytest.mark.parametrize(
    "passing",
    [
        pytest.param(error(503, "X"), id="503"),
        pytest.param(error(429, "TOO_MANY_REQUESTS"), id="429"),
        pytest.param(error(504, "TIMED_OUT"), id="504"),
        pytest.param(error(200, "AUDIT_UNAVAILABLE"), id="no audit log"),
        pytest.param(answer(502, b"<html>"), id="a proxy's page"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", id="cut"),
        pytest.param(b"", id="nothing"),
    ],
)
async def test_what_passes_is_tried_again(passing: bytes) -> None:
    async with scripted(passing, passing, answers(NODE)) as server:
        found, waited = await verified(server.port)

    assert isinstance(found, tuple)
    assert waited == list(RETRY_SECONDS[:2])


async def test_patience_ends() -> None:
    async with scripted(error(503, "X")) as server:
        found, waited = await verified(server.port)

    assert found == "the gateway says X: so; tried 6 times"
    assert waited == list(RETRY_SECONDS)


async def test_nobody_there_is_said() -> None:
    port = free_port("127.0.0.1")

    found, waited = await verified(port)

    assert "does not answer: connection refused" in str(found)
    assert waited == []


async def test_who_answered_before_is_waited_for_when_nobody_is_there() -> None:
    reached = Reached()
    async with scripted(answers(NODE)) as server:
        await verified(server.port, reached=reached)

    found, waited = await verified(server.port, reached=reached)

    assert "connection refused" in str(found)
    assert str(found).endswith("; tried 6 times")
    assert waited == list(RETRY_SECONDS)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        pytest.param(error(401, "UNAUTHENTICATED"), "UNAUTHENTICATED", id="401"),
        pytest.param(error(403, "FORBIDDEN"), "FORBIDDEN", id="403"),
        pytest.param(error(200, "PEOPLE_BUDGET_EXCEEDED"), "BUDGET", id="the budget"),
        pytest.param(error(400, "UNKNOWN_DOCUMENT"), "UNKNOWN", id="not trusted"),
        pytest.param(answer(404, b"<html>"), "404", id="another server"),
        pytest.param(answer(200, b"[]"), "without an answer", id="no answer"),
        pytest.param(answers(), "0 answers came for 1", id="an answer too few"),
        pytest.param(answers(NODE, NODE), "2 answers", id="an answer too many"),
        pytest.param(
            answers({**NODE, "outcome": "FINE"}), "without an answer", id="a new word"
        ),
        pytest.param(
            answer(200, {"data": {"verifyClaims": {"found": 9, "allowed": 3}}}),
            "at most 3",
            id="a smaller limit",
        ),
        pytest.param(
            answer(200, {"data": {"verifyClaims": None}}),
            "the gateway takes fewer claims",
            id="a smaller limit that is not said",
        ),
    ],
)
async def test_what_does_not_pass_is_said_at_once(refusal: bytes, said: str) -> None:
    async with scripted(refusal) as server:
        found, waited = await verified(server.port)

    assert isinstance(found, str)
    assert said in found
    assert (len(server.asked), waited) == (1, [])


async def test_a_redirection_is_not_followed() -> None:
    async with scripted(answers(NODE)) as other:
        location = f"Location: http://127.0.0.1:{other.port}/graphql"
        for status in (301, 302, 307, 308):
            async with scripted(answer(status, b"", location)) as server:
                found, _ = await verified(server.port)
            assert found == f"status {status} without an answer"

    assert other.asked == []


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://gateway.example", "https://gateway.example"),
        ("https://gateway.example/", "https://gateway.example"),
        ("https://gateway.example/hr/graphql", "https://gateway.example/hr"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_is_taken(url: str, address: str) -> None:
    assert address_of(url, unsafe_plain_http=False) == address


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("gateway.example", id="no scheme"),
        pytest.param("file:///etc/passwd", id="another scheme"),
        pytest.param("https://", id="no host"),
        pytest.param("https://[::1", id="half a host"),
        pytest.param("https://gateway.example:https", id="no port"),
        pytest.param("https://gateway.example/a b", id="with a space"),
        pytest.param("https://gateway.example/\r\nX-More: 1", id="with a line more"),
        pytest.param("https://gateway.example/网关", id="with a path in Chinese"),
        pytest.param("https://me:secret@gateway.example", id="with a password"),
        pytest.param("https://gateway.example?x=1", id="with a query"),
        pytest.param("http://gateway.example", id="in the open"),
        pytest.param("http://127.0.0.1.example", id="like this machine"),
    ],
)
def test_an_address_is_refused(url: str) -> None:
    with pytest.raises(StartError):
        address_of(url, unsafe_plain_http=False)


def test_plain_http_to_another_machine_is_asked_for_by_name() -> None:
    url = "http://gateway.example"

    assert address_of(url, unsafe_plain_http=True) == url
