"""An agency that takes questions and never answers; it sees when it is left."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.gateway.graphql_http.wire import address_of
from tests.running import Agencies, Gateway, running_gateway
from tests.serving import serving

PATIENT = "timeout_seconds = 1.8", "timeout_seconds = 30"


@dataclass(slots=True)
class SilentAgency:
    """A listening socket with nobody behind it."""

    url: str
    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    left: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def serve(
        self, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked.release()
        await reader.read()
        self.left.release()


@asynccontextmanager
async def silent_agency() -> AsyncIterator[SilentAgency]:
    """Listen until the end of the block."""
    agency = SilentAgency("")
    async with serving(agency.serve) as port:
        agency.url = f"http://127.0.0.1:{port}"
        yield agency


@contextmanager
def gateway_before(
    agency: SilentAgency, agencies: Agencies, folder: Path, settings: str = ""
) -> Iterator[Gateway]:
    """Run a gateway that waits long, with ``agency`` in place of transport's."""
    silent = Agencies(
        {**agencies.urls, "transport": agency.url}, agencies.folder, agencies.people
    )
    with running_gateway(
        folder,
        silent,
        manifest={"transport": PATIENT},
        settings=f"deadline_seconds = 30.0\n{settings}",
    ) as gateway:
        yield gateway


@asynccontextmanager
async def asking(
    gateway: Gateway, question: bytes
) -> AsyncIterator[asyncio.StreamReader]:
    """Send a question; leave, with or without an answer, at the end of the block."""
    reader, writer = await asyncio.open_connection(*address_of(gateway))
    writer.write(question)
    try:
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()
