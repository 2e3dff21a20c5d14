"""One HTTP exchange over a real socket: exact bytes, bounded, every failure named."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import msgspec
import pytest
from aiohttp import web

from connectors.errors import RefusedError, UnreachableError, UnreadableError
from connectors.manifest_endpoint import Endpoint, Protocol
from connectors.protocols.exchange import Exchange, parse_json
from connectors.spans import Attributes, Part, recorded_by

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def exchange_with(handler: Handler, **options: object) -> AsyncIterator[Exchange]:
    """Serve ``handler`` on a free port and talk to it."""
    app = web.Application()
    app.router.add_route("*", "/ask", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    endpoint = msgspec.structs.replace(
        Endpoint(protocol=Protocol.REST, url=f"http://127.0.0.1:{port}/ask"), **options
    )
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield Exchange(session, endpoint)
    await runner.cleanup()


def answer(
    status: int, body: bytes = b"{}", content_type: str = "application/json"
) -> Handler:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body, content_type=content_type)

    return handle


class Noted:
    """A span that remembers what was put there."""

    def __init__(self) -> None:
        self.put_there: dict[str, object] = {}
        self.ended: list[str | None] = []

    traceparent: str | None = TRACE

    def begin(self, kind: Part) -> "Noted":
        assert kind is Part.EXCHANGE
        return self

    def put(self, attributes: Attributes) -> None:
        self.put_there |= attributes

    def end(self, error_type: str | None = None) -> None:
        self.ended.append(error_type)


def remembering(heard: list[str | None], status: int = 200) -> Handler:
    """Return what remembers the ``traceparent`` that it is sent."""

    async def handle(request: web.Request) -> web.Response:
        heard.append(request.headers.get("traceparent"))
        return web.json_response({}, status=status)

    return handle


async def test_the_answer_is_the_exact_bytes_that_came() -> None:
    body = '{ "b":1,\n"a" : "张三"}'.encode()

    async with exchange_with(answer(200, body)) as exchange:
        _, came = await exchange.post(b"{}")

    assert came == body


async def test_a_compressed_answer_is_not_inflated() -> None:
    seen: list[str | None] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Accept-Encoding"))
        return web.Response(
            body=b"\x1f\x8b",
            content_type="application/json",
            headers={"Content-Encoding": "gzip"},
        )

    async with exchange_with(handle) as exchange:
        _, came = await exchange.post(b"{}")

    assert (seen, came) == (["identity"], b"\x1f\x8b")


async def test_the_agencys_token_is_sent_if_there_is_one() -> None:
    seen: list[str | None] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.json_response({})

    async with exchange_with(handle, bearer_token="secret") as exchange:
        await exchange.post(b"{}")

    assert seen == ["Bearer secret"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        pytest.param(400, RefusedError, id="bad request"),
        pytest.param(401, RefusedError, id="unauthenticated"),
        pytest.param(429, RefusedError, id="too many"),
        pytest.param(500, UnreachableError, id="broken"),
        pytest.param(503, UnreachableError, id="overloaded"),
        pytest.param(204, UnreachableError, id="nothing to say"),
    ],
)
async def test_a_status_is_the_error_it_means(
    status: int, error: type[Exception]
) -> None:
    async with exchange_with(answer(status)) as exchange:
        with pytest.raises(error, match=f"HTTP {status}"):
            await exchange.post(b"{}")


async def test_a_redirect_is_not_followed() -> None:
    async def handle(_: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/elsewhere")

    async with exchange_with(handle) as exchange:
        with pytest.raises(UnreachableError, match="HTTP 302"):
            await exchange.post(b"{}")


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param("application/json", id="plain"),
        pytest.param("application/json; charset=utf-8", id="with a character set"),
        pytest.param("Application/JSON ;charset=utf-8", id="in capitals"),
    ],
)
async def test_json_is_json_however_it_is_spelled(stated: str) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=b"{}", headers={"Content-Type": stated})

    async with exchange_with(handle) as exchange:
        _, came = await exchange.post(b"{}")

    assert came == b"{}"


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param("application/jsonp", id="longer"),
        pytest.param("application/json/x", id="three parts"),
        pytest.param("text/html; application/json", id="as a parameter"),
        pytest.param("application/json, text/html", id="two"),
        pytest.param("", id="nothing"),
    ],
)
async def test_what_only_looks_like_json_is_unreadable(stated: str) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=b"{}", headers={"Content-Type": stated})

    async with exchange_with(handle) as exchange:
        with pytest.raises(UnreadableError, match="answered"):
            await exchange.post(b"{}")


async def test_another_content_type_is_unreadable() -> None:
    async with exchange_with(answer(200, b"<html>", "text/html")) as exchange:
        with pytest.raises(UnreadableError, match="answered text/html"):
            await exchange.post(b"{}")


async def test_a_content_type_that_says_more_is_not_repeated() -> None:
    said = "text/x-110101199003074514"

    async with exchange_with(answer(200, b"{}", said)) as exchange:
        with pytest.raises(UnreadableError, match="answered another media type"):
            await exchange.post(b"{}")


@pytest.mark.parametrize(
    ("size", "accepted"),
    [pytest.param(1000, True, id="last allowed"), pytest.param(1001, False, id="over")],
)
async def test_a_body_is_read_up_to_the_limit(size: int, *, accepted: bool) -> None:
    came = None

    async with exchange_with(answer(200, b" " * size), max_body_bytes=1000) as exchange:
        try:
            _, came = await exchange.post(b"{}")
        except UnreadableError:
            came = None

    assert (came is not None) is accepted


async def test_a_cut_body_is_no_answer() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Content-Length": "100"}
        )
        await response.prepare(request)
        await response.write(b'{"results":')
        assert request.transport is not None
        request.transport.close()
        return response

    async with exchange_with(handle) as exchange:
        with pytest.raises(UnreachableError, match="cut off"):
            await exchange.post(b"{}")


async def test_a_connection_closed_under_us_once_is_asked_again() -> None:
    attempts: list[int] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        attempts.append(1)
        if len(attempts) == 1:
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)
        return web.json_response({"attempt": len(attempts)})

    async with exchange_with(handle) as exchange:
        _, came = await exchange.post(b"{}")

    assert parse_json(came) == {"attempt": 2}


async def test_a_kept_connection_that_was_reset_is_asked_again() -> None:
    questions: list[int] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        questions.append(1)
        transport = request.transport
        assert transport is not None
        if len(questions) == 2:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
            await asyncio.sleep(0)
        return web.json_response({"question": len(questions)})

    async with exchange_with(handle) as exchange:
        await exchange.post(b"{}")
        _, came = await exchange.post(b"{}")

    assert parse_json(came) == {"question": 3}


async def test_a_connection_always_closed_is_unreachable() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with exchange_with(handle) as exchange:
        with pytest.raises(UnreachableError):
            await exchange.post(b"{}")


async def test_an_agency_that_is_not_there_is_unreachable() -> None:
    endpoint = Endpoint(protocol=Protocol.REST, url="http://127.0.0.1:1/ask")

    async with aiohttp.ClientSession() as session:
        with pytest.raises(UnreachableError, match="ClientConnectorError"):
            await Exchange(session, endpoint).post(b"{}")


def test_what_is_not_json_is_unreadable() -> None:
    with pytest.raises(UnreadableError):
        parse_json(b"{")


@pytest.mark.parametrize(
    ("status", "speaks"),
    [
        pytest.param(200, True, id="it answers"),
        pytest.param(405, True, id="it refuses the method"),
        pytest.param(500, False, id="it is broken"),
    ],
)
async def test_a_probe_tells_whether_the_server_speaks(
    status: int, *, speaks: bool
) -> None:
    spoke = True

    async with exchange_with(answer(status)) as exchange:
        try:
            await exchange.probe()
        except UnreachableError:
            spoke = False

    assert spoke is speaks


async def test_an_agency_is_sent_the_trace_where_its_manifest_has_it() -> None:
    heard: list[str | None] = []
    span = Noted()

    async with exchange_with(remembering(heard), trace_context=True) as exchange:
        with recorded_by(span):
            await exchange.post(b"{}")

    assert heard == [TRACE]
    assert span.put_there["http.response.status_code"] == 200
    assert span.ended == [None]


async def test_another_agency_is_sent_a_new_trace_each_time_that_the_span_names() -> (
    None
):
    heard: list[str | None] = []
    span = Noted()

    async with exchange_with(remembering(heard)) as exchange:
        with recorded_by(span):
            await exchange.post(b"{}")
            await exchange.post(b"{}")

    first, second = [(said or "").split("-") for said in heard]
    assert [first[0], len(first[1]), len(first[2]), first[3]] == ["00", 32, 16, "00"]
    assert first[1] != second[1]
    assert TRACE.split("-")[1] not in (first[1], second[1])
    assert span.put_there["gateway.agency.trace_id"] == second[1]


async def test_nothing_is_sent_of_a_trace_that_nobody_makes() -> None:
    heard: list[str | None] = []

    async with exchange_with(remembering(heard), trace_context=True) as exchange:
        await exchange.post(b"{}")

    assert heard == [None]


async def test_a_failed_exchange_is_told_by_the_kind_of_its_error() -> None:
    span = Noted()

    async with exchange_with(remembering([], status=403)) as exchange:
        with recorded_by(span), pytest.raises(RefusedError):
            await exchange.post(b"{}")

    assert span.put_there["http.response.status_code"] == 403
    assert span.ended == ["RefusedError"]


async def test_a_key_in_an_address_is_not_told() -> None:
    span = Noted()

    async with exchange_with(answer(200)) as exchange:
        url = str(exchange._url)
    endpoint = Endpoint(protocol=Protocol.REST, url=f"{url}?key=secret")
    async with aiohttp.ClientSession() as session:
        with recorded_by(span), pytest.raises(UnreachableError):
            await Exchange(session, endpoint).post(b"{}")

    assert span.put_there["url.full"] == url
