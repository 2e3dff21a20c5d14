"""Sockets that say too much, too little, the wrong thing, or nothing at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import aiohttp
import pytest

from tests.attacks.raw import request, send
from tests.gateway.privacy.callers import entry
from tests.gateway.subscriptions.conftest import CALLERS, LIMITS, READ
from tests.gateway.subscriptions.following import CHANGES, Socket, connected
from tests.running import TOKEN, Agencies, Gateway, running_gateway

HANDSHAKE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)


@pytest.fixture(scope="module", name="strict")
def _strict(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway in production that waits for nobody."""
    known = (entry(c, READ, "schema:read", purpose=False) for c in CALLERS)
    untrusted = entry("untrusted", READ, purpose=False)
    with running_gateway(
        tmp_path_factory.mktemp("strict-sockets"),
        running_agencies,
        tables="\n".join((*known, untrusted, LIMITS)),
        mode="production",
    ) as gateway:
        yield gateway


@pytest.fixture(name="socket")
async def _socket(strict: Gateway) -> AsyncIterator[Socket]:
    async with connected(strict) as socket:
        yield socket


@pytest.mark.parametrize("path", ["/", "/graphql/ws", "/subscriptions"])
def test_an_upgrade_is_refused_elsewhere(strict: Gateway, path: str) -> None:
    headers = (*HANDSHAKE, "Sec-WebSocket-Protocol: graphql-transport-ws")

    answer = send(strict.url, request(*headers, method="GET", path=path))

    assert answer.status is not None
    assert 400 <= answer.status < 500
    assert "upgrade:" not in answer.head


def test_a_question_that_would_upgrade_asks_nothing(strict: Gateway) -> None:
    body = b'{"query":"{__typename}"}'

    answer = send(
        strict.url,
        request(
            "Content-Type: application/json", *HANDSHAKE, body=body, token=CALLERS[0]
        ),
    )

    # The server takes a POST for a handshake, too; its body is no message.
    assert (answer.status, b'"Query"' in answer.text) == (101, False)


def test_another_upgrade_is_refused_too(strict: Gateway) -> None:
    headers = (
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: ",
    )

    answer = send(strict.url, request(*headers, method="GET"))

    assert answer.status is not None
    assert 400 <= answer.status < 500


@pytest.mark.parametrize("protocols", [("graphql-ws",), ()])
async def test_another_protocol_is_not_spoken(
    strict: Gateway, protocols: tuple[str, ...]
) -> None:
    async with connected(strict, protocols) as socket:
        assert await socket.message() == 4406


async def test_who_does_not_say_who_they_are_is_not_waited_for(socket: Socket) -> None:
    assert await socket.message() == 4408


async def test_a_subscription_before_the_init_is_none(socket: Socket) -> None:
    await socket.subscribe(CHANGES)

    assert await socket.message() == 4401


async def test_a_second_init_ends_the_socket(socket: Socket) -> None:
    await socket.init(CALLERS[1])
    await socket.send("connection_init")

    assert await socket.message() == 4429


async def test_an_id_twice_ends_the_socket(socket: Socket) -> None:
    await socket.init(CALLERS[1])
    await socket.subscribe(CHANGES)
    await socket.subscribe(CHANGES)

    assert await socket.message() == 4409


async def test_one_subscription_too_many_is_refused(socket: Socket) -> None:
    await socket.init(CALLERS[2])
    for id_ in "abc":
        await socket.subscribe(CHANGES, id_)

    message = await socket.message()

    assert (message["id"], message["type"]) == ("c", "error")
    code = message["payload"][0]["extensions"]["code"]
    assert code == "TOO_MANY_SUBSCRIPTIONS"


async def test_a_giant_message_ends_the_socket(socket: Socket) -> None:
    await socket.ws.send_str('{"type":"ping","payload":{"a":"' + "a" * 3000 + '"}}')

    assert await socket.message() == 1009


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"type":"ping","type":"pong"}',
        '{"type":"next","id":"1","payload":{}}',
        '{"type":"subscribe","id":"","payload":{"query":"{__typename}"}}',
        '{"type":"subscribe","id":1,"payload":{"query":"{__typename}"}}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"connection_init","payload":"x"}',
        '{"type":"connection_init","payload":{"Authorization":1}}',
    ],
)
async def test_what_is_no_message_ends_the_socket(socket: Socket, text: str) -> None:
    await socket.ws.send_str(text)

    assert await socket.message() == 4400


async def test_a_binary_message_ends_the_socket(socket: Socket) -> None:
    await socket.ws.send_bytes(b'{"type":"ping"}')

    assert await socket.message() == 4400


async def test_a_flood_of_pings_ends_the_socket(socket: Socket) -> None:
    await socket.init(CALLERS[3])
    message: object = {}
    # Each is answered before the next: what is sent to a socket that was closed makes
    # the system throw away the close frame.
    for _ in range(50):
        if isinstance(message, dict):
            await socket.send("ping")
            message = await socket.message()

    assert message == 1008


async def test_a_flood_of_ping_frames_stops_nobody(
    strict: Gateway, socket: Socket
) -> None:
    await socket.init(CALLERS[4])
    for _ in range(2000):
        await socket.ws.ping()

    assert (await asyncio.to_thread(strict.get, "/health/live"))[0] == 200


async def test_who_does_not_answer_pings_is_cut_off(socket: Socket) -> None:
    await socket.init(CALLERS[5])
    await socket.subscribe(CHANGES)

    assert await socket.message() == 1008


async def test_a_socket_without_a_subscription_is_closed(strict: Gateway) -> None:
    async with connected(strict) as socket:
        await socket.init(CALLERS[6])
        closed = None
        while closed is None:
            got = await socket.ws.receive(10)
            if got.type is aiohttp.WSMsgType.TEXT:
                assert json.loads(got.data) == {"type": "ping"}
                await socket.send("pong")
            else:
                closed = socket.ws.close_code

    assert closed == 1000


async def test_one_connection_too_many_of_a_caller_is_refused(strict: Gateway) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(2):
            socket = await stack.enter_async_context(connected(strict))
            await socket.init(CALLERS[7])
        socket = await stack.enter_async_context(connected(strict))
        token = {"Authorization": f"Bearer {CALLERS[7]}"}
        await socket.send("connection_init", payload=token)

        assert await socket.message() == 1013


@pytest.mark.parametrize("payload", [{}, {"Authorization": "Bearer wrong"}])
async def test_nobody_we_know_is_sent_away(
    socket: Socket, payload: dict[str, str]
) -> None:
    await socket.send("connection_init", payload=payload)

    assert await socket.message() == 4403


async def test_two_tokens_are_none(strict: Gateway) -> None:
    token = f"Bearer {CALLERS[8]}"
    async with connected(strict, Authorization=token) as socket:
        await socket.send("connection_init", payload={"Authorization": token})

        assert await socket.message() == 4403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://["]
)
async def test_a_page_of_another_site_opens_no_socket(
    strict: Gateway, origin: str
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with connected(strict, Origin=origin):
            pass

    assert refused.value.status == 403
    assert refused.value.headers is not None
    assert refused.value.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_page_of_this_gateway_opens_one(strict: Gateway) -> None:
    async with connected(strict, Origin=strict.url) as socket:
        await socket.init(CALLERS[9])


async def test_in_production_trusted_documents_are_followed_only(
    socket: Socket,
) -> None:
    await socket.init("untrusted")
    await socket.subscribe(CHANGES)

    message = await socket.message()

    assert message["payload"][0]["extensions"]["code"] == "UNKNOWN_DOCUMENT"


async def test_sockets_of_the_unknown_leave_room_for_the_known(
    agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = "[subscriptions]\nunknown_connections = 3\ninit_seconds = 30"
    folder = tmp_path_factory.mktemp("full")
    with running_gateway(folder, agencies, tables=tables) as gateway:
        async with AsyncExitStack() as stack:
            for _ in range(3):
                await stack.enter_async_context(connected(gateway))
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await stack.enter_async_context(connected(gateway))
            token = f"Bearer {TOKEN}"
            known = await stack.enter_async_context(
                connected(gateway, Authorization=token)
            )
            await known.init(None)

    assert refused.value.status == 503
