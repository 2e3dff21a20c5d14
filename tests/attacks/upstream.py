"""An agency's server that does what it likes with a connection, and a gateway's view.

The server is bytes on a socket, because no HTTP library can be made to misbehave as
an attacker does. It is hostile once, or for as many questions as it is told, and then
honest: after every attack the next question must be answered as if nothing had been.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from connectors.agency import Agency
from connectors.answer import Answer
from connectors.registry import open_agency
from policy.catalogue import load_catalogue
from policy.identity import Identity, parse_identity
from tests.connectors.agency import BUNDLE, NOW, ZHANG, manifest, record
from tests.connectors.guard.slow_agency import Notes
from tests.serving import serving as sockets_serving

HOLDER = parse_identity(ZHANG)
ENOUGH = 10.0
TIMEOUT_SECONDS = 0.4

Change = tuple[str, str]
Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Answers one question; the question itself is of no interest to an attacker."""

GRAPHQL: tuple[Change, ...] = (
    ('protocol = "rest"', 'protocol = "graphql"'),
    ("[response]\n", '[response]\nresults = "data._entities"\n'),
)


def honest_answer(*tokens: str) -> dict[str, object]:
    """Return what an honest agency says of ``ZHANG``."""
    records = list(tokens) or [record().signature.decode()]
    return {"results": [{"idNumber": ZHANG, "records": records, "absence": None}]}


def http(
    body: object, *headers: str, status: str = "200 OK", length: int | None = None
) -> bytes:
    """Return a response; ``length`` is what it says of its body, if not the truth."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {len(raw) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + raw


def sends(*pieces: bytes, every_seconds: float = 0) -> Behaviour:
    """Return a behaviour that sends bytes and leaves the connection open."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if every_seconds:
                await asyncio.sleep(every_seconds)

    return behave


async def never_answers(_writer: asyncio.StreamWriter) -> None:
    """Leave the question alone, and the connection open."""


@dataclass
class Upstream:
    """A running server, and what happened to it."""

    url: str = ""
    heads: list[bytes] = field(default_factory=list)
    questions: list[bytes] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the gateway has left a connection."""


@asynccontextmanager
async def serving(
    behave: Behaviour,
    *,
    attacks: int = 1,
    then: Behaviour | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Upstream]:
    """Answer ``attacks`` questions as ``behave`` does, later ones as ``then``."""
    upstream = Upstream()
    after = then or sends(http(honest_answer()))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head, question = await _question(reader)
                upstream.heads.append(head)
                upstream.questions.append(question)
                is_attack = len(upstream.questions) <= attacks
                await (behave if is_attack else after)(writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The gateway left, or the test is over.
            upstream.left.set()
        finally:
            writer.transport.abort()

    async with sockets_serving(serve, tls=tls) as port:
        scheme = "https" if tls else "http"
        upstream.url = f"{scheme}://127.0.0.1:{port}/records"
        yield upstream


async def _question(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read one POST, or OPTIONS without a body; return its head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    (length,) = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ] or [0]
    return head, await reader.readexactly(length)


@asynccontextmanager
async def asking(
    url: str, *changes: Change, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Agency]:
    """Ask the agency at ``url`` as the gateway does, one call at a time."""
    rules = manifest(
        ("http://127.0.0.1:1/records", url),
        (
            "timeout_seconds = 0.5",
            f"timeout_seconds = {TIMEOUT_SECONDS}\nconcurrency = 1",
        ),
        ("[response]\n", "[cache]\nttl_seconds = 0\n[response]\n"),
        *changes,
    )
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(limit=0, ssl=True if tls is None else tls),
        timeout=aiohttp.ClientTimeout(),
        auto_decompress=False,
    ) as session:
        agency = open_agency(
            rules,
            session=session,
            bundle=BUNDLE,
            catalogue=load_catalogue(),
            observer=Notes(),
            clock=lambda: NOW,
        )
        yield agency
        await agency.close()


async def asked(agency: Agency, holder: Identity = HOLDER) -> Answer:
    """Return what the agency says of one person."""
    (answer,) = await agency.ask([holder], ENOUGH)
    return answer
