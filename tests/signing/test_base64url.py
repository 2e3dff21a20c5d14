"""One spelling for each sequence of bytes."""

import base64
import binascii
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing import base64url
from signing.errors import Check, Refusal, SigningError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"\x03\xec\xff\xe0\xc1", b"A-z_4ME", id="RFC 7515 appendix C"),
        pytest.param(b"\xfb\xff", b"-_8", id="both characters of the URL alphabet"),
    ],
)
def test_bytes_and_their_spelling(value: bytes, text: bytes) -> None:
    assert base64url.encode(value) == text
    assert base64url.decode(text, "test") == value


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"A", id="six bits"),
        pytest.param(b"AAAAA", id="six bits after a group"),
        pytest.param(b"AAA=", id="padding"),
        pytest.param(b"AA==", id="two of padding"),
        pytest.param(b"====", id="padding only"),
        pytest.param(b"AB", id="four bits not zero"),
        pytest.param(b"AAB", id="two bits not zero"),
        pytest.param(b"+/8", id="standard alphabet"),
        pytest.param(b"AA AA", id="space"),
        pytest.param(b"AAAA\n", id="line feed"),
        pytest.param(b"AA\x00AA", id="zero byte"),
        pytest.param(b"AA\xffAA", id="byte above ASCII"),
        pytest.param(b"AA.AA", id="dot"),
    ],
)
def test_any_other_spelling_is_refused(text: bytes) -> None:
    with pytest.raises(SigningError) as caught:
        base64url.decode(text, "test")

    assert (caught.value.check, caught.value.refusal) == (
        Check.FORM,
        Refusal.NON_CANONICAL_BASE64URL,
    )


@given(st.binary())
def test_the_spelling_is_that_of_the_standard_library(value: bytes) -> None:
    text = base64url.encode(value)

    assert text == base64.urlsafe_b64encode(value).rstrip(b"=")
    assert base64url.decode(text, "test") == value


ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
NEAR = (*ALPHABET, *b'=+/"\\ .\n\x00\xff')


def is_read(text: bytes) -> bool:
    try:
        base64url.decode(text, "test")
    except SigningError:
        return False
    return True


def is_canonical(text: bytes) -> bool:
    """Decode, encode again and compare: what canonical means, by another library."""
    standard = text.translate(bytes.maketrans(b"-_", b"+/"))
    try:
        value = binascii.a2b_base64(standard + b"=" * (-len(text) % 4))
    except binascii.Error:
        return False
    return base64.urlsafe_b64encode(value).rstrip(b"=") == text


@pytest.mark.parametrize("before", [b"", b"AAAA", b"____"])
@pytest.mark.parametrize("length", [1, 2, 3])
def test_of_all_short_texts_those_are_read_that_are_canonical(
    before: bytes, length: int
) -> None:
    beginnings = (b"", *(bytes([c]) for c in b"A_=")) if length == 3 else (b"",)
    texts = [
        before + beginning + bytes(end)
        for beginning in beginnings
        for end in product(NEAR, repeat=min(length, 2))
    ]

    assert [t for t in texts if is_read(t)] == [t for t in texts if is_canonical(t)]


@given(st.binary(max_size=12) | st.lists(st.sampled_from(NEAR)).map(bytes))
def test_of_any_texts_those_are_read_that_are_canonical(text: bytes) -> None:
    assert is_read(text) is is_canonical(text)
