"""Bytes at the front door: bodies and headers that no client would send.

Whatever comes, the gateway answers below 500, or closes; it never says what it is
made of, and the next question is answered.
"""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.raw import PLACES, Raw, request, send
from tests.running import TOKEN, Gateway

NETWORK = settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
QUIET_SECONDS = 0.3
"""How long to wait where a request is not whole, and nothing may come."""

JSON_TYPE = "Content-Type: application/json"
PING = b'{"query":"{__typename}"}'

_words = st.sampled_from(
    ["query", "variables", "operationName", "extensions", "documentId", "id", "x"]
)
json_texts: st.SearchStrategy[bytes] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(_words, inner),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
bodies = (
    st.binary(max_size=200)
    | json_texts
    | st.sampled_from(
        [
            b"\xef\xbb\xbf" + PING,
            b"[" * 50_000,
            b'{"query":' + b"9" * 5000 + b"}",
            b'{"query":"{__typename}","query":"{a}"}',
            b'{"query":"\\ud800"}',
            b'{"query":"{__typename}","variables":{"a":NaN}}',
            b'{"query":"{__typename}","variables":{"a":1e99999}}',
            b"{" + b" " * 200_000 + b"}",
        ]
    )
)
header_values = st.text(
    st.characters(min_codepoint=32, max_codepoint=255), max_size=40
) | st.sampled_from(["gzip", "br", "chunked", "*/*;q=0", "application/json;q=2", "-1"])
headers = st.lists(
    st.builds(
        "{}: {}".format,
        st.sampled_from(
            (
                *("Accept", "Content-Type", "Content-Encoding", "Accept-Encoding"),
                *("Origin", "X-Request-Id", "Purpose", "Case-Number", "Cookie"),
                *("Range", "Expect", "Client-Cert", "Authorization", "If-None-Match"),
            )
        ),
        header_values,
    ),
    max_size=4,
)


def require_harmless(answer: Raw, sent: bytes) -> None:
    """Hold an answer, if there is one, to what every answer is."""
    assert answer.status is None or answer.status < 500
    # A name of ours that the client said itself tells nothing.
    told = {"localhost", *PLACES.findall(sent.decode("latin-1"))}
    assert set(PLACES.findall(answer.text.decode("latin-1"))) - told == set()


@NETWORK
@given(bodies, headers)
def test_any_body_and_header_is_answered(
    demo_gateway: Gateway, body: bytes, stated: list[str]
) -> None:
    sent = request(JSON_TYPE, *stated, body=body, token=TOKEN)

    answer = send(demo_gateway.url, sent, seconds=2.0)

    require_harmless(answer, sent)
    assert answer.status is not None or not body


@NETWORK
@given(
    st.sampled_from(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY", "X"]),
    st.dictionaries(_words, st.text(max_size=20)),
    headers,
)
def test_any_method_and_address_is_answered(
    demo_gateway: Gateway, method: str, parameters: dict[str, Any], stated: list[str]
) -> None:
    query = "&".join(f"{name}={_quoted(value)}" for name, value in parameters.items())

    sent = request(*stated, method=method, path=f"/graphql?{query}", token=TOKEN)

    answer = send(demo_gateway.url, sent, seconds=2.0)

    require_harmless(answer, sent)


def _quoted(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode("utf-8", "surrogatepass"))


@settings(NETWORK, max_examples=max(NETWORK.max_examples // 4, 10))
@given(
    st.binary(max_size=300)
    | st.builds(
        lambda whole, start, end, piece: whole[:start] + piece + whole[end:],
        st.just(request(JSON_TYPE, body=PING, token=TOKEN)),
        st.integers(0, 200),
        st.integers(0, 200),
        st.binary(max_size=12),
    )
)
def test_any_bytes_do_no_harm(demo_gateway: Gateway, raw: bytes) -> None:
    require_harmless(send(demo_gateway.url, raw, seconds=QUIET_SECONDS), raw)

    after = send(demo_gateway.url, request(JSON_TYPE, body=PING, token=TOKEN))
    assert after.status == 200
