"""Who may ask, and what stays inside; ``graphql_http/`` holds what a question is."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.running import Gateway

PING = {"query": "{ policy { notice } }"}


def raw(
    gateway: Gateway, method: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[int, dict[str, str], str]:
    """Send a request as it is."""
    request = urllib.request.Request(
        f"{gateway.url}/graphql", body, headers, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, dict(response.headers), response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


def test_a_known_token_may_ask(gateway: Gateway) -> None:
    status, body, _ = gateway.post(PING)

    assert (status, body["data"]["policy"]["notice"]) == (200, "沪人社职〔2022〕219号")


@pytest.mark.parametrize(
    ("token", "challenge"),
    [
        pytest.param(None, "Bearer", id="none"),
        pytest.param("wrong", 'Bearer error="invalid_token"', id="unknown"),
        pytest.param("", 'Bearer error="invalid_token"', id="empty"),
    ],
)
def test_nobody_else_may_ask(
    gateway: Gateway, token: str | None, challenge: str
) -> None:
    status, body, headers = gateway.post(PING, token)

    lower = {name.lower(): value for name, value in headers.items()}
    assert (status, body["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert lower["www-authenticate"].partition(",")[0] == challenge
    assert "data" not in body


def test_another_scheme_is_no_bearer_token(gateway: Gateway) -> None:
    headers = {"Authorization": "Basic dGVzdC10b2tlbg==", "Content-Type": "text/plain"}

    assert raw(gateway, "POST", headers, b"{}")[0] == 401


def test_a_request_id_is_given_back_if_it_is_a_plain_word(gateway: Gateway) -> None:
    request = urllib.request.Request(
        f"{gateway.url}/health/live", headers={"X-Request-Id": "case-7"}
    )
    odd = urllib.request.Request(
        f"{gateway.url}/health/live", headers={"X-Request-Id": "a b" * 99}
    )

    with urllib.request.urlopen(request) as response:
        assert response.headers["X-Request-Id"] == "case-7"
    with urllib.request.urlopen(odd) as response:
        assert len(response.headers["X-Request-Id"]) == 32


def test_the_schema_is_served_as_committed(gateway: Gateway) -> None:
    status, text = gateway.get("/schema.graphql")

    assert (status, text) == (200, Path("schema.graphql").read_text("utf-8"))
