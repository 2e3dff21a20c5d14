"""Requests as they are, byte by byte: what no client library would send."""

import http.client
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson

from tests.personal_data import hear_server
from tests.running import Gateway

PING = b'{"query": "{ policy { notice } }"}'
ANSWERED = {"data": {"policy": {"notice": "沪人社职〔2022〕219号"}}}
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; headers by their lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.body)

    @property
    def code(self) -> str:
        """The first error's code; it must be an answer in GraphQL's shape."""
        code: str = self.json["errors"][0]["extensions"]["code"]
        return code


def ask(
    gateway: Gateway,
    body: bytes | None = PING,
    *,
    method: str = "POST",
    path: str = "/graphql",
    token: str | None = "test-token",  # noqa: S107 - the test gateways'
    **headers: str | None,
) -> Answer:
    """Send one request; a header is named with underscores, ``None`` leaves it out."""
    said: dict[str, str | None] = {"content_type": "application/json", **headers}
    if token is not None:
        said["authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(*address_of(gateway), timeout=SECONDS)
    try:
        # The gateway may answer and close before it has read everything.
        with suppress(BrokenPipeError):
            connection.request(
                method,
                path,
                body,
                {n.replace("_", "-"): v for n, v in said.items() if v is not None},
            )
        return _answer(connection.getresponse())
    finally:
        connection.close()


@contextmanager
def connected(gateway: Gateway) -> Iterator[socket.socket]:
    """Open a connection to send bytes over."""
    with socket.create_connection(address_of(gateway), timeout=SECONDS) as connection:
        yield connection


def head(*lines: str, method: str = "POST", path: str = "/graphql") -> bytes:
    """Return the head of a request, with the token and JSON's media type."""
    first = (
        f"{method} {path} HTTP/1.1",
        "Host: gateway",
        "Authorization: Bearer test-token",
        "Content-Type: application/json",
    )
    return "\r\n".join((*first, *lines, "", "")).encode()


def answered(connection: socket.socket) -> Answer:
    """Read one answer."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return _answer(response)


def rest_of(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    chunks = []
    while chunk := connection.recv(65_536):
        chunks.append(chunk)
    came = b"".join(chunks)
    hear_server(came.decode("utf-8", "replace"))
    return came


def await_log(gateway: Gateway, text: str) -> None:
    """Wait until the gateway's log has ``text``; it is written after the answer."""
    until = time.monotonic() + SECONDS
    while text not in gateway.log:
        assert time.monotonic() < until, gateway.log
        time.sleep(0.01)


def address_of(gateway: Gateway) -> tuple[str, int]:
    """Return host and port."""
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    return host, int(port)


def _answer(response: http.client.HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    body = response.read()
    hear_server(f"{response.headers}{body.decode('utf-8', 'replace')}")
    return Answer(response.status, headers, body)
