"""There is no websocket: no handshake succeeds, so none of its attacks has a door."""

import ast
from pathlib import Path

import pytest

from tests.attacks.raw import request, send
from tests.running import TOKEN, Gateway

HANDSHAKE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)
PROTOCOLS = ("graphql-transport-ws", "graphql-ws")
PATHS = ("/graphql", "/", "/graphql/ws", "/subscriptions")


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", [TOKEN, None])
def test_an_upgrade_is_refused(
    production: Gateway, path: str, protocol: str, token: str | None
) -> None:
    headers = (*HANDSHAKE, f"Sec-WebSocket-Protocol: {protocol}")

    answer = send(
        production.url,
        request(*headers, method="GET", path=path, token=token),
    )

    assert answer.status is not None
    # "/" has a page; nothing switches protocols.
    assert answer.status == 200 if path == "/" else 400 <= answer.status < 500
    assert "upgrade:" not in answer.head


def test_a_question_that_would_upgrade_is_a_question(production: Gateway) -> None:
    body = b'{"query":"{__typename}"}'

    answer = send(
        production.url,
        request("Content-Type: application/json", *HANDSHAKE, body=body, token=TOKEN),
    )

    assert (answer.status, b'"Query"' in answer.text) == (200, True)


def test_another_upgrade_is_refused_too(production: Gateway) -> None:
    headers = (
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: ",
    )

    answer = send(production.url, request(*headers, method="GET"))

    assert answer.status is not None
    assert 400 <= answer.status < 500


def test_no_route_is_a_websocket_and_the_server_speaks_none() -> None:
    names = {
        getattr(node, "attr", None) or getattr(node, "id", None)
        for path in Path("gateway").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    }

    assert not {"WebSocketRoute", "WebSocketEndpoint", "WebSocket"} & names
    assert "websockets=False" in Path("gateway/serve.py").read_text("utf-8")


def test_the_schema_has_no_subscription() -> None:
    assert "type Subscription" not in Path("schema.graphql").read_text("utf-8")
