"""Whatever is asked wrongly is refused in a sentence that says how it is asked."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.client import address_of, read_token
from gateway.errors import StartError
from gateway.graphql_http.question import question_of_address, question_of_body
from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.reconciliation.asked import _window
from gateway.reconciliation.sending import _refusal, query_of
from gateway.request_state import RequestState
from gateway.subscriptions.messages import EndedError, read_message
from gateway.subscriptions.protocol import INIT_BYTES
from gateway.subscriptions.websocket import refusal_of
from resolvers.errors import RequestError
from tests.gateway.subscriptions.protocols import (
    OPENED,
    OPTIONS,
    opened,
    ready,
    sent,
    subscribe,
)

PARAMETERS = "&".join(f"a{n}=1" for n in range(17)).encode()


def address(url: str) -> str:
    return address_of(url, unsafe_plain_http=False)


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (
            lambda: question_of_body(b"[]"),
            "a list is no question: ask one question a request",
        ),
        (
            lambda: question_of_body(b'"query"'),
            "the body must be a JSON object with a query",
        ),
        (
            lambda: question_of_body(b"{"),
            "the body: no JSON at character 1",
        ),
        (
            lambda: question_of_body(b'{"query": 1}'),
            "query must be a string or null",
        ),
        (
            lambda: question_of_body(b'{"variables": []}'),
            "variables must be an object or null",
        ),
        (lambda: question_of_body(b"{}"), "state a query, or a documentId"),
        (
            lambda: question_of_address(b"query=%ff"),
            "the address has over 16 parameters, or is not UTF-8",
        ),
        (
            lambda: question_of_address(PARAMETERS),
            "the address has over 16 parameters, or is not UTF-8",
        ),
        (
            lambda: question_of_address(b"query=a&query=b"),
            "a parameter occurs twice in the address",
        ),
        (
            lambda: question_of_address(b"query=a&variables=%7B"),
            "variables: no JSON at character 1",
        ),
        (lambda: read_message("[]"), "a message is a JSON object"),
        (lambda: read_message("{"), "no JSON at character 1"),
        (
            lambda: read_message('{"type": "next"}'),
            "type has to be one that clients send",
        ),
        (
            lambda: read_message('{"type": "ping", "payload": []}'),
            "payload has to be an object",
        ),
        (
            lambda: read_message('{"type": "subscribe", "id": ""}'),
            "id has to be a text of 1 to 128 characters",
        ),
        (
            lambda: read_message('{"type": "complete", "id": "%s"}' % ("x" * 129)),
            "id has to be a text of 1 to 128 characters",
        ),
        (
            lambda: read_message('{"type": "subscribe", "id": "1"}'),
            "subscribe needs a payload",
        ),
        (
            lambda: [opened().receive(f'{{"a": "{"x" * INIT_BYTES}"}}', OPENED)],
            f"a message may have {OPTIONS.message_bytes} bytes",
        ),
        (
            lambda: read_all_before_it_is_known(900),
            f"{INIT_BYTES} bytes may come before connection_ack",
        ),
        (
            lambda: address("gateway.example"),
            "'gateway.example' is no address; state --url https://host",
        ),
        (
            lambda: address("https://a.example/graphql?x=1"),
            "the address has more than a host and a path",
        ),
        (
            lambda: address("https://user@a.example"),
            "the address has more than a host and a path",
        ),
        (
            lambda: address("http://a.example"),
            (
                "http to another machine shows the token and people to everybody on "
                "the way; use https, or state --unsafe-plain-http"
            ),
        ),
        (
            lambda: read_token(None, "NO_SUCH_TOKEN"),
            "state a token: --token-file FILE, or NO_SUCH_TOKEN",
        ),
        (lambda: read_token(None), "state a token: --token-file FILE"),
        (
            lambda: _window(b"from=2026-01-01&to=2026-01-02&day=2"),
            "state from, to, district and state, and nothing else",
        ),
        (
            lambda: RequestState("r").known_caller,
            "a request without a caller was let in",
        ),
    ],
)
def test_it_is_said_how_it_is_asked(work: Callable[[], object], sentence: str) -> None:
    with pytest.raises(
        (RefusedRequestError, EndedError, StartError, RequestError, LookupError)
    ) as refused:
        work()

    error = refused.value
    assert (
        error.message if isinstance(error, RequestError) else str(error)
    ) == sentence


def read_all_before_it_is_known(size: int) -> None:
    """Send messages, each of which is short enough, to who does not know us yet."""
    protocol = opened()
    for _ in range(INIT_BYTES // size + 1):
        protocol.receive(json.dumps({"type": "ping", "x": "x" * size}), OPENED)


def test_a_token_is_read_as_it_can_be_sent(tmp_path: Path) -> None:
    file = tmp_path / "token"
    for stated, sentence in (
        ("geheim-ß", "the token has characters that no token has"),
        ("two\tparts", "the token has characters that no token has"),
        ("\n", "state a token: --token-file FILE"),
    ):
        file.write_text(stated, "utf-8")
        with pytest.raises(StartError) as refused:
            read_token(file)
        assert str(refused.value) == sentence
    file.write_text("\ufeff secret\r\n", "utf-8")
    assert read_token(file) == "secret"


def test_one_subscription_too_many_is_an_error_of_its_own() -> None:
    actions = ready("a", "b").receive(subscribe("c"), OPENED)

    assert sent(actions) == [
        {
            "type": "error",
            "id": "c",
            "payload": [
                {
                    "message": "2 subscriptions are under way, the most a connection "
                    "may have",
                    "extensions": {"code": "TOO_MANY_SUBSCRIPTIONS"},
                }
            ],
        }
    ]


def test_a_handshake_is_refused_as_a_request_is() -> None:
    refusal = RefusedRequestError(Code.CROSS_SITE_REQUEST, "not here", {"X-More": "1"})

    start, body = refusal_of(refusal)

    assert start == {
        "type": "websocket.http.response.start",
        "status": 403,
        "headers": [(b"content-type", b"application/json"), (b"x-more", b"1")],
    }
    assert body["type"] == "websocket.http.response.body"
    assert json.loads(body["body"]) == {
        "errors": [
            {"message": "not here", "extensions": {"code": "CROSS_SITE_REQUEST"}}
        ]
    }


def test_a_list_names_its_window_and_a_refusal_is_the_gateways() -> None:
    assert query_of("2026-01-01", "2026-01-31", None, "PAID,A B") == (
        "from=2026-01-01&to=2026-01-31&state=PAID,A%20B"
    )
    said = b'{"errors": [{"message": "too large"}, {"message": "and late"}]}'
    assert _refusal(said) == "too large"
    strange = "the gateway refused the list, and not in its own words"
    for body in (b"<html>", b"{}", b'{"errors": []}', b'{"errors": [1]}', b"[]"):
        assert _refusal(body) == strange
