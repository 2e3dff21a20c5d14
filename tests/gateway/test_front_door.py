"""Who may ask, and what a question may look like."""

import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.running import Agencies, Gateway

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


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="empty"),
        pytest.param(b"{", 400, id="no JSON"),
        pytest.param(b"null", 400, id="null"),
        pytest.param(b'"query"', 400, id="a string"),
        pytest.param(b"[]", 400, id="a list"),
        pytest.param(b"\xff\xfe", 400, id="no UTF-8"),
        pytest.param(b"[" * 50_000, 400, id="nested too deep"),
        pytest.param(b'{"query": 7}', 400, id="a number for a query"),
        pytest.param(b'{"query": "{ a }", "variables": 7}', 400, id="no variables"),
    ],
)
def test_a_body_that_is_no_question_is_refused(
    gateway: Gateway, body: bytes, status: int
) -> None:
    assert gateway.post(body)[0] == status


@pytest.mark.parametrize(
    ("size", "status"),
    [
        pytest.param(100_000, 200, id="last allowed"),
        pytest.param(100_001, 413, id="over"),
    ],
)
def test_a_body_is_read_up_to_the_limit(
    gateway: Gateway, size: int, status: int
) -> None:
    body = json.dumps(PING).encode()
    padded = body + b" " * (size - len(body))

    found, answer, _ = gateway.post(padded)

    assert found == status
    assert ("errors" in answer) is (status == 413)


def test_a_body_without_a_stated_length_is_limited_too(gateway: Gateway) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(gateway.url[-5:]))
    chunks = (b" " * 10_000 for _ in range(30))
    headers = {
        "Authorization": f"Bearer {gateway.token}",
        "Content-Type": "application/json",
    }
    try:
        connection.request("POST", "/graphql", chunks, headers, encode_chunked=True)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        # The gateway may close while we still send: it read no more than it may.
        status = 413
    connection.close()

    assert status == 413


def test_a_get_does_not_ask(gateway: Gateway, agencies: Agencies) -> None:
    status, _, _ = raw(gateway, "GET", {"Accept": "application/json"})

    assert status == 403
    assert agencies.calls("transport")["calls"] == 0


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
