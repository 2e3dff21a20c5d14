"""Media types on the wire: what a form may send is refused, and the status fits."""

from typing import Any

import pytest

from tests.gateway.graphql_http.wire import ANSWERED, PING, Answer, ask
from tests.running import Gateway

JSON, GRAPHQL = "application/json", "application/graphql-response+json"


def json_of(query: str) -> bytes:
    return b'{"query": "%s"}' % query.encode()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(PING, {"content_type": "text/plain"}, id="text/plain"),
        pytest.param(
            b"query=%7B+__typename+%7D",
            {"content_type": "application/x-www-form-urlencoded"},
            id="urlencoded",
        ),
        pytest.param(
            b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
            + PING
            + b"\r\n--x--\r\n",
            {"content_type": "multipart/form-data; boundary=x"},
            id="multipart without preflight",
        ),
        pytest.param(PING, {"content_type": "application/jsonx"}, id="jsonx"),
        pytest.param(PING, {"content_type": "xapplication/jsonx"}, id="substring"),
        pytest.param(
            PING, {"content_type": "text/plain; application/json"}, id="a parameter"
        ),
        pytest.param(PING, {"content_type": None}, id="missing type"),
    ],
)
def test_only_json_is_read(
    gateway: Gateway, body: bytes, headers: dict[str, Any]
) -> None:
    answer = ask(gateway, body, **headers)

    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("accept", ["text/html", "message/*", "application/jsonx"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_accept_unknown_is_not_acceptable(
    gateway: Gateway, method: str, accept: str
) -> None:
    # Of an address with a query, so that a browser's GET is not the page's.
    answer = ask(
        gateway,
        PING,
        method=method,
        path="/graphql?query={__typename}",
        accept=f"{accept}, text/html;q=0",
    )

    assert (answer.status, answer.code) == (406, "NOT_ACCEPTABLE")


def test_a_question_that_is_not_acceptable_is_not_asked(gateway: Gateway) -> None:
    assert b"data" not in ask(gateway, accept="text/csv").body


def summary(answer: Answer) -> tuple[int, str, bool]:
    media_type = answer.headers["content-type"].partition(";")[0]
    return answer.status, media_type, "data" in answer.json


@pytest.mark.parametrize(
    ("accept", "body", "told"),
    [
        pytest.param(JSON, PING, (200, JSON, True), id="executed"),
        pytest.param(GRAPHQL, PING, (200, GRAPHQL, True), id="executed, new"),
        pytest.param(JSON, json_of("{"), (200, JSON, False), id="no document"),
        pytest.param(
            GRAPHQL, json_of("{"), (400, GRAPHQL, False), id="no document, new"
        ),
        pytest.param(JSON, json_of("{ a }"), (200, JSON, False), id="invalid"),
        pytest.param(
            GRAPHQL, json_of("{ a }"), (400, GRAPHQL, False), id="invalid, new"
        ),
        pytest.param(JSON, b"{", (400, JSON, False), id="no JSON"),
        pytest.param(GRAPHQL, b"{", (400, JSON, False), id="no JSON, new"),
        pytest.param(
            GRAPHQL,
            json_of("query($n: String!) { holder(idNumber: $n) { __typename } }"),
            (400, GRAPHQL, False),
            id="no variables, new",
        ),
        pytest.param(
            GRAPHQL,
            json_of(
                '{ holder(idNumber: \\"1\\", agencies: [\\"x\\"]) { __typename } }'
            ),
            (200, GRAPHQL, True),
            id="executed with an error, new",
        ),
    ],
)
def test_the_graphql_response_json_matrix(
    gateway: Gateway, accept: str, body: bytes, told: tuple[int, str, bool]
) -> None:
    assert summary(ask(gateway, body, accept=accept)) == told


def test_answers_are_utf_8_and_say_so(gateway: Gateway) -> None:
    answer = ask(gateway)

    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json == ANSWERED


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param("{", "GRAPHQL_PARSE_FAILED", id="parsing"),
        pytest.param("{ a }", "GRAPHQL_VALIDATION_FAILED", id="validation"),
        pytest.param(
            "query($n: Int!) { policy { notice } catalogue(first: $n) { __typename } }",
            "GRAPHQL_VALIDATION_FAILED",
            id="an argument that is not there",
        ),
        pytest.param(
            "query($n: String!) { holder(idNumber: $n) { __typename } }",
            "BAD_USER_INPUT",
            id="a variable that is missing",
        ),
        pytest.param(
            "query A { __typename } query B { __typename }",
            "BAD_USER_INPUT",
            id="two operations",
        ),
    ],
)
def test_every_error_of_the_client_has_a_code(
    gateway: Gateway, query: str, code: str
) -> None:
    assert ask(gateway, json_of(query)).code == code
