"""Nothing reaches the endpoint without a caller, whatever the address looks like."""

from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from gateway.callers.middleware import Authentication
from gateway.request_state import RequestHeaders, begin_request, request_of
from tests.gateway.callers.issuing import door
from tests.gateway.callers.minting import Mint


async def passed(
    refusals: list[str] | None = None, **scope: Any
) -> tuple[list[object], list[Message]]:
    """Send a request; return which callers reached the endpoint, and the answer."""
    reached: list[object] = []
    sent: list[Message] = []
    counted = [] if refusals is None else refusals

    async def endpoint(scope: Scope, _receive: Receive, _send: Send) -> None:
        reached.append(request_of(scope).caller)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    request = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [],
        "client": ("10.0.0.5", 1),
        **scope,
    }
    begin_request(request, "r-1", RequestHeaders(request))
    authentication = Authentication(endpoint, lambda _: door().callers, counted.append)
    await authentication(request, receive, send)
    return reached, sent


BEARER = [(b"authorization", f"Bearer {Mint().token()}".encode())]


async def test_a_known_caller_is_named_to_the_endpoint() -> None:
    [caller], sent = await passed(headers=BEARER)

    assert getattr(caller, "id", None) == "bureau:hr-platform"
    assert sent == []


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param({}, id="a POST"),
        pytest.param({"method": "GET", "query_string": b"query=x"}, id="a GET"),
        pytest.param({"method": "GET", "query_string": b"x"}, id="a GET of anything"),
        pytest.param({"method": "HEAD", "query_string": b"query=x"}, id="a HEAD"),
        pytest.param({"method": "PUT"}, id="a PUT"),
        pytest.param({"method": "post"}, id="a method in lower case"),
        pytest.param({"path": "/graphql\n"}, id="a line break"),
        pytest.param({"path": "/graphql/"}, id="a slash"),
        pytest.param({"path": "/graphql/stream"}, id="below"),
        pytest.param({"headers": BEARER * 2}, id="two tokens"),
    ],
)
async def test_nobody_else_reaches_it(scope: dict[str, Any]) -> None:
    reached, sent = await passed(**scope)

    assert reached == []
    assert sent[0]["status"] == 401


async def test_a_refusal_is_counted_by_its_reason() -> None:
    refusals: list[str] = []

    await passed(refusals, headers=BEARER * 2)

    assert refusals == ["several_credentials"]


async def test_a_known_caller_is_no_refusal() -> None:
    refusals: list[str] = []

    await passed(refusals, headers=BEARER)

    assert refusals == []


async def test_a_websocket_with_a_wrong_token_is_refused() -> None:
    reached, sent = await passed(
        type="websocket",
        extensions={"websocket.http.response": {}},
        headers=[(b"authorization", b"Bearer wrong")],
    )

    assert reached == []
    assert (sent[0]["type"], sent[0]["status"]) == (
        "websocket.http.response.start",
        401,
    )


async def test_a_websocket_without_a_token_may_say_later_who_it_is() -> None:
    assert await passed(type="websocket") == ([None], [])


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param({"method": "GET"}, id="the page"),
        pytest.param({"method": "HEAD"}, id="the head of the page"),
        pytest.param({"method": "OPTIONS"}, id="a preflight"),
        pytest.param({"path": "/health/live"}, id="health"),
        pytest.param({"path": "/metrics", "method": "GET"}, id="metrics"),
        pytest.param({"type": "lifespan"}, id="the start"),
    ],
)
async def test_what_has_no_data_needs_no_caller(scope: dict[str, Any]) -> None:
    assert await passed(**scope) == ([None], [])
