"""Bodies and headers made to break a parser: a 4xx with a code, cheap, and no more."""

import gzip
import zlib
from collections.abc import Mapping

import pytest

from tests.gateway.graphql_http.processes import cost_of
from tests.gateway.graphql_http.wire import (
    ANSWERED,
    PING,
    answered,
    ask,
    connected,
    head,
    rest_of,
)
from tests.running import Gateway

ZEROS = b"\0" * 10_000_000
UTF_16 = {"content_type": "application/json; charset=utf-16"}


def encoded(encoding: str) -> dict[str, str]:
    return {"content_encoding": encoding}


ATTACKS = [
    pytest.param(b"[]", {}, 400, "BAD_REQUEST", id="body not an object: list"),
    pytest.param(b'"abc"', {}, 400, "BAD_REQUEST", id="body not an object: string"),
    pytest.param(b"1", {}, 400, "BAD_REQUEST", id="body not an object: number"),
    pytest.param(b"null", {}, 400, "BAD_REQUEST", id="body not an object: null"),
    pytest.param(b"", {}, 400, "BAD_REQUEST", id="empty"),
    pytest.param(b"\xef\xbb\xbf" + PING, {}, 400, "BAD_REQUEST", id="BOM"),
    pytest.param(b'{"query": "\xff\xfe"}', {}, 400, "BAD_REQUEST", id="invalid UTF-8"),
    pytest.param(
        b'{"query": "{ a }", "variables": {"a": "\\ud800"}}',
        {},
        400,
        "BAD_REQUEST",
        id="lone surrogates",
    ),
    pytest.param(
        b'{"query": "{ a }", "variables": {"a": NaN}}',
        {},
        400,
        "BAD_REQUEST",
        id="NaN",
    ),
    pytest.param(
        b'{"query": "{ a }", "variables": {"a": Infinity}}',
        {},
        400,
        "BAD_REQUEST",
        id="Infinity",
    ),
    pytest.param(
        b'{"query": "{ a }", "variables": {"a": 1e99999}}',
        {},
        400,
        "BAD_REQUEST",
        id="1e99999",
    ),
    pytest.param(
        b'{"query": "{ a }", "variables": {"a": %s}}' % (b"7" * 5000),
        {},
        400,
        "BAD_REQUEST",
        id="5 000-digit int",
    ),
    pytest.param(
        b'{"query": "{ a }", "query": "{ b }"}',
        {},
        400,
        "BAD_REQUEST",
        id="duplicate keys",
    ),
    pytest.param(b'{"a":' * 1_000, {}, 400, "BAD_REQUEST", id="depth 1e3, open"),
    pytest.param(
        b'{"query": "{ a }", "extensions": {"a": %s}}' % (b"[" * 900 + b"]" * 900),
        {},
        400,
        "BAD_REQUEST",
        id="depth 1e3",
    ),
    pytest.param(b"[" * 99_999, {}, 400, "BAD_REQUEST", id="depth 1e5"),
    pytest.param(b" " * 10_000_000, {}, 413, "BODY_TOO_LARGE", id="10 MB"),
    pytest.param(
        gzip.compress(ZEROS),
        encoded("gzip"),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        id="gzip bomb, 1000:1",
    ),
    pytest.param(
        gzip.compress(gzip.compress(ZEROS)),
        encoded("gzip, gzip"),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        id="gzip bomb, nested",
    ),
    pytest.param(
        zlib.compress(ZEROS),
        encoded("deflate"),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        id="deflate bomb",
    ),
    pytest.param(b"\x1b", encoded("br"), 415, "UNSUPPORTED_MEDIA_TYPE", id="br bomb"),
    pytest.param(
        gzip.compress(PING), {}, 400, "BAD_REQUEST", id="gzip without saying so"
    ),
    pytest.param(
        PING.decode().encode("utf-16"),
        UTF_16,
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        id="wrong charset",
    ),
]


@pytest.mark.parametrize(("body", "headers", "status", "code"), ATTACKS)
def test_a_body_made_to_break_the_parser_is_refused(
    gateway: Gateway, body: bytes, headers: Mapping[str, str], status: int, code: str
) -> None:
    answer = ask(gateway, body, **headers)

    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize(("body", "headers", "status", "code"), ATTACKS)
def test_it_costs_less_than_50_ms_and_10_mb(
    gateway: Gateway, body: bytes, headers: Mapping[str, str], status: int, code: str
) -> None:
    del status, code
    ask(gateway, PING)

    with cost_of(gateway) as cost:
        for _ in range(10):
            ask(gateway, body, **headers)

    assert cost.cpu_seconds / 10 < 0.05
    assert cost.grown_bytes < 10_000_000


def test_an_encoding_that_is_none_is_read(gateway: Gateway) -> None:
    assert ask(gateway, content_encoding="identity").json == ANSWERED


def test_a_refused_encoding_names_the_one_that_is_read(gateway: Gateway) -> None:
    answer = ask(gateway, gzip.compress(PING), content_encoding="gzip")

    assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("size", "status"),
    [
        pytest.param(400_000, 200, id="last allowed"),
        pytest.param(400_001, 413, id="over"),
    ],
)
def test_a_body_is_read_up_to_the_limit(
    gateway: Gateway, size: int, status: int
) -> None:
    assert ask(gateway, PING.ljust(size)).status == status


def chunked(*chunks: bytes) -> bytes:
    sized = (b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
    return b"".join(sized)


@pytest.mark.parametrize(
    ("chunks", "status"),
    [
        pytest.param([PING[:9], PING[9:]], 200, id="small"),
        pytest.param([PING, *[b" " * 9_000] * 45], 413, id="over the limit"),
    ],
)
def test_a_body_chunked_with_no_length_is_limited_too(
    gateway: Gateway, chunks: list[bytes], status: int
) -> None:
    with connected(gateway) as connection:
        connection.sendall(head("Transfer-Encoding: chunked") + chunked(*chunks))

        assert answered(connection).status == status


def test_a_chunk_that_is_none_is_refused(gateway: Gateway) -> None:
    with connected(gateway) as connection:
        connection.sendall(head("Transfer-Encoding: chunked") + b"zz\r\n")

        assert answered(connection).status == 400


def test_content_length_mismatch_shorter_than_stated_is_cut_off(
    gateway: Gateway,
) -> None:
    with connected(gateway) as connection:
        connection.sendall(head(f"Content-Length: {len(PING) + 1}") + PING)
        connection.shutdown(1)
        answer = answered(connection)

    assert (answer.status, answer.code) == (400, "BAD_REQUEST")


def test_content_length_mismatch_longer_than_stated_is_no_second_question(
    gateway: Gateway,
) -> None:
    with connected(gateway) as connection:
        connection.sendall(head(f"Content-Length: {len(PING)}") + PING + PING)
        stream = rest_of(connection)

    assert stream.count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Content-Length: 3", "Content-Length: 33"], id="two lengths"),
        pytest.param(["Content-Length: -1"], id="negative"),
        pytest.param(["Content-Length: 0x10"], id="hexadecimal"),
        pytest.param([f"Content-Length: {'9' * 40}"], id="forty digits"),
    ],
)
def test_a_length_that_is_none_is_refused(gateway: Gateway, lines: list[str]) -> None:
    with connected(gateway) as connection:
        connection.sendall(head(*lines))

        assert answered(connection).status == 400


def test_a_length_and_chunks_together_close_the_connection(gateway: Gateway) -> None:
    smuggled = head("Content-Length: 0")
    with connected(gateway) as connection:
        connection.sendall(
            head("Transfer-Encoding: chunked", "Content-Length: 5")
            + chunked(PING)
            + smuggled
        )
        stream = rest_of(connection)

    assert stream.count(b"HTTP/1.1 ") == 1


def test_a_slow_body_is_given_up(strict_gateway: Gateway) -> None:
    with connected(strict_gateway) as connection:
        connection.sendall(head(f"Content-Length: {len(PING)}") + PING[:1])
        stream = rest_of(connection)

    assert stream.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"BODY_TOO_SLOW"' in stream


def test_slow_headers_are_given_up(strict_gateway: Gateway) -> None:
    with connected(strict_gateway) as connection:
        connection.sendall(b"POST /graphql HTTP/1.1\r\nHost: ")

        assert b"HTTP/1.1 200" not in rest_of(connection)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        pytest.param([f"X-{n}: a" for n in range(90)], 200, id="90 headers"),
        pytest.param([f"X-{n}: a" for n in range(100)], 431, id="100 headers"),
        pytest.param([f"X: {'a' * 30_000}"], 200, id="30 000 bytes"),
        pytest.param([f"X: {'a' * 65_536}"], 431, id="64 KiB header"),
    ],
)
def test_headers_are_bounded_in_number_and_bytes(
    gateway: Gateway, lines: list[str], status: int
) -> None:
    with connected(gateway) as connection:
        connection.sendall(head(*lines, f"Content-Length: {len(PING)}") + PING)

        assert answered(connection).status == status


def test_an_address_of_70_000_characters_is_refused(gateway: Gateway) -> None:
    with connected(gateway) as connection:
        connection.sendall(head(method="GET", path=f"/graphql?query={'a' * 70_000}"))

        assert answered(connection).status in (414, 431)
