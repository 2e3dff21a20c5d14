"""A keyed hash is HMAC-SHA-256 (RFC 2104, RFC 4231), however often it is used."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.keyed import KeyedHash


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        pytest.param(
            b"\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            id="RFC 4231, test case 1",
        ),
        pytest.param(
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            id="RFC 4231, test case 6",
        ),
    ],
)
def test_it_is_what_the_standard_says(key: bytes, text: bytes, expected: str) -> None:
    assert KeyedHash(key).hexdigest(text) == expected


@given(
    key=st.binary(max_size=140),
    beginning=st.binary(max_size=70),
    texts=st.lists(st.binary(max_size=200), min_size=1, max_size=3),
)
def test_each_text_is_hashed_as_if_there_were_no_other(
    key: bytes, beginning: bytes, texts: list[bytes]
) -> None:
    keyed = KeyedHash(key, beginning)

    for text in texts:
        expected = hmac.digest(key, beginning + text, "sha256").hex()
        assert keyed.hexdigest(text) == expected


def test_another_key_or_beginning_makes_another_hash() -> None:
    found = {
        KeyedHash(b"a", b"x").hexdigest(b""),
        KeyedHash(b"b", b"x").hexdigest(b""),
        KeyedHash(b"a", b"y").hexdigest(b""),
    }

    assert len(found) == 3
