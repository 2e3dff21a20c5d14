"""Where names lead in tests: a resolver that is told, and servers that count."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp.abc import AbstractResolver, ResolveResult

from tests.serving import serving

HTTP = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@dataclass
class Names(AbstractResolver):
    """Answers each question about any name with the next of ``answers``.

    The last answer is repeated; an empty one says that there is no such name.
    """

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - not asked for
    ) -> list[ResolveResult]:
        """See ``AbstractResolver.resolve``."""
        self.asked.append(host)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if not answer:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=int(socket.AI_NUMERICHOST),
            )
            for address in answer
        ]

    async def close(self) -> None:
        """Close nothing."""


@dataclass
class Server:
    """A server that answers ``{}``, and how often it was connected to."""

    port: int
    connections: int = 0


@asynccontextmanager
async def listening(
    host: str, port: int = 0, *, greeting: bytes = b""
) -> AsyncIterator[Server]:
    """Listen at one of this machine's addresses; one that greets speaks no HTTP."""
    server = Server(port)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        try:
            writer.write(greeting)
            await reader.read(65_536)
            writer.write(b"" if greeting else HTTP)
            await writer.drain()
        except OSError:
            pass

    async with serving(serve, host, port) as server.port:
        yield server
