"""Other sites' pages: kept out by default, let in by name; headers on every answer."""

from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from gateway.graphql_http.answers import unexpected
from gateway.graphql_http.csrf import require_preflight
from gateway.graphql_http.refusals import Code, RefusedRequestError
from tests.gateway.graphql_http.wire import ANSWERED, Answer, ask
from tests.running import Gateway

FRIEND, STRANGER = "https://hr.example.cn", "https://evil.example"


def preflight(gateway: Gateway, origin: str) -> Answer:
    return ask(
        gateway,
        None,
        method="OPTIONS",
        token=None,
        content_type=None,
        origin=origin,
        access_control_request_method="POST",
        access_control_request_headers="authorization,content-type,x-purpose",
    )


def test_no_site_is_let_in_by_default(gateway: Gateway) -> None:
    answer = preflight(gateway, FRIEND)

    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_site_that_is_named_is_let_in(strict_gateway: Gateway) -> None:
    answer = preflight(strict_gateway, FRIEND)

    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == FRIEND
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [STRANGER, "null", f"{FRIEND}.evil.example", "http://hr.example.cn"],
)
def test_no_other_site_is_let_in(strict_gateway: Gateway, origin: str) -> None:
    answer = preflight(strict_gateway, origin)

    assert answer.status == 400
    assert "access-control-allow-origin" not in answer.headers


def test_a_named_site_may_read_why_it_is_refused(strict_gateway: Gateway) -> None:
    answer = ask(strict_gateway, token=None, origin=FRIEND)

    assert answer.status == 401
    assert answer.headers["access-control-allow-origin"] == FRIEND


@pytest.mark.parametrize("name", ["authorization", "graphql-preflight"])
def test_a_get_with_a_header_no_page_can_send_is_let_through(name: str) -> None:
    require_preflight(Headers({name: "1"}))


@pytest.mark.parametrize("name", ["accept", "content-language", "cookie", "range"])
def test_a_get_that_any_page_could_have_caused_is_refused(name: str) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        require_preflight(Headers({name: "1"}))

    assert refused.value.code is Code.CROSS_SITE_REQUEST


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        pytest.param("POST", "/graphql", "test-token", 200, id="an answer"),
        pytest.param("POST", "/graphql", None, 401, id="nobody"),
        pytest.param("PUT", "/graphql", "test-token", 405, id="a method"),
        pytest.param("OPTIONS", "/graphql", None, 204, id="options"),
        pytest.param("GET", "/nothing", None, 404, id="no such path"),
        pytest.param("GET", "/health/live", None, 200, id="health"),
        pytest.param("GET", "/metrics", None, 200, id="metrics"),
    ],
)
def test_every_answer_has_the_security_headers(
    gateway: Gateway, method: str, path: str, token: str | None, status: int
) -> None:
    answer = ask(gateway, method=method, path=path, token=token)

    assert answer.status == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]


def test_the_page_keeps_its_own_policy(gateway: Gateway) -> None:
    answer = ask(gateway, None, method="GET", accept="text/html", content_type=None)

    assert answer.headers["content-security-policy"].count("default-src") == 1
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_no_server_banner_is_shown(gateway: Gateway) -> None:
    answer = ask(gateway)

    shown = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    assert answer.headers["server"] == "gateway"
    assert not [word for word in ("granian", "python", "starlette") if word in shown]


def test_https_only_is_told_where_the_operator_wants_it(
    gateway: Gateway, strict_gateway: Gateway
) -> None:
    assert "strict-transport-security" not in ask(gateway).headers
    strict = ask(strict_gateway)
    assert strict.headers["strict-transport-security"] == "max-age=600"
    assert strict.json == ANSWERED


@pytest.mark.parametrize(
    "header",
    [
        {"apollo_federation_include_trace": "ftv1"},
        {"x_debug": "1"},
        {"x_apollo_tracing": "1"},
    ],
    ids=str,
)
def test_trace_and_debug_headers_change_nothing(
    gateway: Gateway, header: dict[str, Any]
) -> None:
    assert ask(gateway, **header).json == ANSWERED


async def test_a_bug_of_ours_is_answered_without_a_word_of_it() -> None:
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []})

    response = await unexpected(request, ZeroDivisionError("secret"))

    assert response.status_code == 500
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.body == (
        b'{"errors":[{"message":"Unexpected error.",'
        b'"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}'
    )
