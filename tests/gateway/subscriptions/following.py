"""Clients that follow events, over both transports, and who writes events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
from sqlalchemy import Connection

from gateway.subscriptions.messages import PROTOCOL
from policy.certificate import CertificateState
from policy.documents import Document
from store.status.intake import NewChange, StatesIntake
from store.store import Store
from tests.running import TOKEN, Gateway
from tests.store.status.sent import nothing_follows

CHANGES = "subscription { certificateStateChanged { cursor certificateId agencyId } }"
CHANGES_AFTER = (
    "subscription($after: String) "
    "{ certificateStateChanged(after: $after) { cursor certificateId } }"
)
CURSORS = "{ eventCursors { certificateStates } }"
SECONDS = 30.0


def change(number: int, connector: str = "transport") -> NewChange:
    """Return a change that was sent, of the certificate of this number."""
    now = datetime.now(UTC)
    return NewChange(
        connector=connector,
        sequence=number,
        digest=f"{connector}-{number}",
        certificate=f"sealed-{number}",
        document=Document(place="p" * 64),
        person="a" * 64,
        state=CertificateState.REVOKED,
        effective_on=date(2026, 11, 20),
        reason="310110199003074514 不符合条件",
        envelope="e.y.J",
        key_id=f"{connector}-1",
        signed_at=now,
        received_at=now,
    )


async def write(store: Store, *changes: NewChange) -> None:
    """Commit changes, as whoever takes them in does."""
    states = StatesIntake(store, nothing_follows)

    def work(connection: Connection) -> None:
        for one in changes:
            states.add(connection, one)
        states.notify(connection)

    await store.writer.write(work)


@dataclass(slots=True)
class Socket:
    """A websocket's client."""

    ws: aiohttp.ClientWebSocketResponse

    async def send(self, type_: str, **more: object) -> None:
        """Send a message."""
        await self.ws.send_str(json.dumps({"type": type_, **more}))

    async def init(self, token: str | None = TOKEN) -> None:
        """Say who it is, and be let in."""
        payload = {} if token is None else {"Authorization": f"Bearer {token}"}
        await self.send("connection_init", payload=payload)
        assert await self.message() == {"type": "connection_ack"}

    async def subscribe(self, query: str, id_: str = "1", **variables: object) -> None:
        """Begin a subscription."""
        payload = {"query": query, "variables": variables}
        await self.send("subscribe", id=id_, payload=payload)

    async def message(self) -> Any:
        """Return the next message, or how it was closed."""
        async with asyncio.timeout(SECONDS):
            while True:
                got = await self.ws.receive()
                if got.type is not aiohttp.WSMsgType.TEXT:
                    return self.ws.close_code
                message = json.loads(got.data)
                if message["type"] != "ping":
                    return message

    async def next(self) -> Any:
        """Return what the next event shows of its one field."""
        message = await self.message()
        assert message["type"] == "next", message
        (shown,) = message["payload"]["data"].values()
        return shown


@asynccontextmanager
async def connected(
    gateway: Gateway, protocols: tuple[str, ...] = (PROTOCOL,), **headers: str
) -> AsyncIterator[Socket]:
    """Open a websocket."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            f"{gateway.url}/graphql", protocols=protocols, headers=headers
        ) as ws,
    ):
        yield Socket(ws)


@asynccontextmanager
async def posted(
    gateway: Gateway, query: str, token: str = TOKEN, **headers: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask for events by POST."""
    timeout = aiohttp.ClientTimeout(total=2 * SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(
            f"{gateway.url}/graphql",
            json={"query": query},
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "text/event-stream",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        ) as response,
    ):
        yield response


@asynccontextmanager
async def streaming(
    gateway: Gateway, query: str, token: str = TOKEN, **headers: str
) -> AsyncIterator[AsyncIterator[tuple[str, str, Any]]]:
    """Follow as server-sent events: name, id and data of each."""
    async with posted(gateway, query, token, **headers) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "text/event-stream"
        yield _events(response)


async def _events(
    response: aiohttp.ClientResponse,
) -> AsyncIterator[tuple[str, str, Any]]:
    parts: dict[str, str] = {}
    async for line in response.content:
        name, colon, value = line.decode().rstrip("\n").partition(":")
        if colon and name:
            parts[name] = value.strip()
        elif not colon and parts:
            data = parts.get("data")
            yield (
                parts.get("event", ""),
                parts.get("id", ""),
                json.loads(data) if data else None,
            )
            parts = {}
