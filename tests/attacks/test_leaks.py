"""Nobody is told how an answer came about: no trace, no debugging, no banner."""

import pytest

from tests.attacks.raw import request, send
from tests.running import TOKEN, Gateway

BODY = b'{"query":"{ agencies { id } }"}'
JSON_TYPE = "Content-Type: application/json"
BANNERS = (
    "x-powered-by",
    "x-runtime",
    "x-trace-id",
    "via",
    "x-aspnet-version",
    "x-cache",
)


@pytest.mark.parametrize(
    "header",
    [
        "apollo-federation-include-trace: ftv1",
        "X-Apollo-Tracing: 1",
        "X-Debug: true",
        "X-Debug-Mode: 1",
        "Debug: 1",
        "X-Hasura-Role: admin",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: evil.example",
        "X-Original-URL: /metrics",
        "X-HTTP-Method-Override: GET",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ],
)
def test_a_header_that_asks_for_more_gets_the_same(
    production: Gateway, header: str
) -> None:
    plain = send(production.url, request(JSON_TYPE, body=BODY, token=TOKEN))

    asked = send(production.url, request(JSON_TYPE, header, body=BODY, token=TOKEN))

    assert plain.status == 200
    assert asked.body == plain.body
    assert asked.header_names == plain.header_names


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/graphql"),
        ("GET", "/"),
        ("GET", "/nothing"),
        ("GET", "/metrics"),
        ("GET", "/health/ready"),
        ("TRACE", "/graphql"),
        ("BREW", "/graphql"),
    ],
)
def test_no_answer_has_a_banner(production: Gateway, method: str, path: str) -> None:
    answer = send(production.url, request(JSON_TYPE, method=method, path=path))

    assert answer.status is not None
    assert answer.status < 500
    assert not answer.header_names.intersection(BANNERS)
    assert "\r\nserver: gateway" in answer.head


def test_a_trace_request_repeats_nothing(production: Gateway) -> None:
    answer = send(
        production.url, request("X-Secret: repeat-me", method="TRACE", token=TOKEN)
    )

    assert answer.status == 405
    assert b"repeat-me" not in answer.text
