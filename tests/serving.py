"""Servers made of bytes on sockets that leave nothing open behind them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(
    serve: Serve,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """Listen until the end of the block; the value is the port.

    Whatever connections are open then are closed, and their transports gone.
    """
    connections: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []
    is_over = False

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if is_over:
            # It had come before the server was closed, and was not looked at yet.
            writer.transport.abort()
            return
        writers.append(writer)
        connections.add(asyncio.create_task(one(reader, writer)))

    server = await asyncio.start_server(accept, host, port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        is_over = True
        server.close()
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        for writer in writers:
            # One that is closed waits for a reader of what was written.
            writer.transport.abort()
        # A transport that is aborted is gone a moment later.
        await asyncio.sleep(0)
