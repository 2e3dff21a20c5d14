"""What is too large is refused unread; what is just small enough is read."""

import pytest

from signing.envelope import Envelope
from signing.errors import Check, Refusal, SigningError
from tests.signing.agency import ask, response


def body_of(size: int) -> bytes:
    return b'"' + b"x" * (size - 2) + b'"'


def test_a_body_of_four_mebibytes_is_read() -> None:
    body = body_of(4194304)

    assert len(ask(response(body)).payload) == 4194304


def test_a_body_one_byte_larger_is_refused_though_well_signed() -> None:
    with pytest.raises(SigningError) as caught:
        ask(response(body_of(4194305)))

    assert (caught.value.check, caught.value.refusal, caught.value.detail) == (
        Check.SIZE,
        Refusal.OVERSIZE,
        "the body has 4194305 bytes, at most 4194304 allowed",
    )


def test_a_compact_jws_of_64_kib_is_looked_at() -> None:
    with pytest.raises(SigningError) as caught:
        ask(Envelope(b"A" * 65536))

    assert caught.value.refusal is Refusal.MALFORMED
