"""Whatever comes is believed or refused with a ``SigningError``; nothing else leaks."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from signing.envelope import Envelope
from signing.errors import SigningError
from signing.report import CheckOutcome, examine
from tests.signing.agency import (
    ALL_TYPES,
    ASKED_AT,
    BUNDLE,
    FRESHNESS,
    ask,
    record,
    response,
)
from tests.vectors import mint

RECORD = record().signature
RESPONSE = response()


def believed(envelope: Envelope) -> bytes | None:
    """Return the payload, or ``None`` if refused. Any other exception rises."""
    try:
        return ask(envelope).payload
    except SigningError:
        return None


@given(st.binary(), st.none() | st.binary())
def test_arbitrary_bytes_are_refused(signature: bytes, body: bytes | None) -> None:
    assert believed(Envelope(signature, body)) is None


@given(st.lists(st.binary(), min_size=1, max_size=5), st.none() | st.binary())
def test_arbitrary_parts_well_encoded_are_refused(
    parts: list[bytes], body: bytes | None
) -> None:
    jws = ".".join(map(mint.b64url, parts)).encode()

    assert believed(Envelope(jws, body)) is None


@given(
    st.integers(0, len(RECORD) - 1),
    st.integers(1, 255),
)
def test_a_record_with_any_byte_changed_is_refused(position: int, mask: int) -> None:
    jws = bytearray(RECORD)
    jws[position] ^= mask

    assert believed(Envelope(bytes(jws))) is None


@given(st.integers(0, len(RECORD)), st.integers(0, len(RECORD)), st.binary(max_size=8))
@example(len(RECORD), len(RECORD), b"\n")
def test_a_record_with_any_piece_replaced_is_refused(
    start: int, end: int, piece: bytes
) -> None:
    jws = RECORD[:start] + piece + RECORD[end:]

    assert believed(Envelope(jws)) is None or jws == RECORD


@given(st.data())
def test_a_body_with_any_piece_replaced_is_refused(data: st.DataObject) -> None:
    body = RESPONSE.body or b""
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(0, len(body)))
    other = body[:start] + data.draw(st.binary(max_size=8)) + body[end:]

    assert believed(Envelope(RESPONSE.signature, other)) is None or other == body


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["b64", "EdDSA", "none", "test-transport-1", b"x".decode()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
members = st.sampled_from(
    ["alg", "kid", "typ", "iat", "crit", "b64", "jwk", "jku", "x5u", "x5c", "exp"]
)


@given(st.dictionaries(members, json_values, max_size=4), st.booleans())
def test_any_header_well_signed_is_believed_or_refused(
    changes: dict[str, Any], detached: bool
) -> None:
    envelope = (
        Envelope(
            mint.detached(
                mint.detached_header(mint.TRANSPORT) | changes, kid=mint.TRANSPORT
            ).encode(),
            mint.BODY,
        )
        if detached
        else Envelope(mint.compact(mint.header() | changes).encode())
    )

    assert believed(envelope) in {None, mint.BODY, mint.PAYLOAD}


@given(json_values)
def test_any_payload_well_signed_is_believed_as_it_is_or_refused(value: Any) -> None:
    payload = json.dumps(value).encode()

    assert believed(record(payload)) in {None, payload}


@given(st.binary(), st.none() | st.binary())
def test_a_report_of_arbitrary_bytes_has_a_failure(
    signature: bytes, body: bytes | None
) -> None:
    rows = examine(
        Envelope(signature, body),
        BUNDLE,
        types=ALL_TYPES,
        at=ASKED_AT,
        freshness=FRESHNESS,
        item_code="1.2",
    )

    assert CheckOutcome.FAILED in {row.outcome for row in rows}
