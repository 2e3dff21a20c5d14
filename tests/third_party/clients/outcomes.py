"""Ask and follow each address that is stated, and print what came of it."""

import asyncio
import sys

import httpx
from certificate_gateway_client import GatewayError, transport

transport.SILENCE_SECONDS = 1.0


async def outcome(url: str) -> str:
    """Return how a question, or a subscription, at an address ended."""
    client = httpx.AsyncClient(follow_redirects=True)
    async with transport.Transport(
        url, "TOKEN", timeout_seconds=1.0, http_client=client
    ) as gateway:
        try:
            if "/follow/" not in url:
                return str(await gateway.ask("{ a }", "A", {}))
            followed = gateway.follow("subscription A { a }", "A", {})
            return str([event["a"] async for event in followed])
        except GatewayError as error:
            return type(error).__name__


for address in sys.argv[1:]:
    sys.stdout.write(f"{asyncio.run(outcome(address))}\n")
