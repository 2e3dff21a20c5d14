"""The quick reader of signed JSON never says anything but what the strict one says."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signing import strict_json
from signing.errors import Check, SigningError
from signing.strict_json import Json

LARGEST = 2**53 - 1


def exactly(content: Json) -> str:
    """Tell apart what Python calls equal: ``1`` and ``True``, the order of keys."""
    return repr(content)


def agree(text: bytes) -> bool:
    """Say whether the quick reader doubts ``text``, or else agrees.

    And whether what was read once is read again as it was.
    """
    with suppress(SigningError):
        read = strict_json.read(text, Check.PAYLOAD)
        if exactly(strict_json.read_again(text, Check.PAYLOAD)) != exactly(read):
            return False
    proved = strict_json._prove(text)
    return proved is None or exactly(proved) == exactly(strict_json._read(text))


numbers = st.one_of(
    st.integers(),
    st.integers(LARGEST - 2, LARGEST + 2),
    st.integers(-LARGEST - 2, -LARGEST + 2),
    st.sampled_from([2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1]),
    st.floats(),
)
texts = st.text(max_size=4) | st.sampled_from(["a", "b", "a:", ":", ",", "{", "}"])
documents = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=12,
)
pieces = st.sampled_from(
    [
        *(b'"', b"{", b"}", b"[", b"]", b":", b",", b" ", b"\n", b"\\", b"\x00", b"/"),
        *(
            b'"a"',
            b'"b"',
            b'"a":',
            b'"a" : ',
            b'"":',
            b'"a":1',
            b'"a":"a"',
            b'"\\u0061"',
        ),
        *(
            b"0",
            b"-0",
            b"-",
            b"1",
            b"01",
            b"1.0",
            b"1e0",
            b"1E400",
            b"-0.0",
            b".5",
            b"+1",
        ),
        *(b"9007199254740991", b"9007199254740992", b"18446744073709551616"),
        *(b"true", b"false", b"null", b"NaN", b"Infinity", b"-Infinity", b"nul"),
        *(b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xff", b"\xc0\x80", b"\xc2\x85", b"\x7f"),
        *(b'{"a":1,"a":1}', b'{"a":{"b":1},"b":{"a":2}}', b'["a","a"]', b"[[", b"]]"),
    ]
)


@given(documents, st.booleans(), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_of_whatever_json_makes(
    content: Any, ascii_only: bool, separators: tuple[str, str]
) -> None:
    text = json.dumps(content, ensure_ascii=ascii_only, separators=separators)

    try:
        assert agree(text.encode("utf-8", "surrogatepass"))
    except strict_json.RefusedJSONError:
        pytest.fail(f"read although it is to be refused: {text!r}")


@given(st.lists(pieces, max_size=8).map(b"".join))
@example(b'{"a":1,"a":1}')
@example(b'{"a" :1,"a":":"}')
@example(b'[{"a":"b"},{"a":1,"a":"c"}]')
@example(b"[-0]")
@example(b"[1.0]")
@example(b"[9007199254740992]")
@example(b"[-9007199254740992]")
@example(b"[18446744073709551616]")
def test_of_whatever_pieces_of_json_make(text: bytes) -> None:
    try:
        assert agree(text)
    except strict_json.RefusedJSONError:
        pytest.fail(f"read although it is to be refused: {text!r}")


@given(documents, st.data())
def test_of_json_with_a_piece_put_in(content: Any, data: st.DataObject) -> None:
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 3, len(text))))
    altered = text[:start] + data.draw(pieces) + text[end:]

    try:
        assert agree(altered)
    except strict_json.RefusedJSONError:
        pytest.fail(f"read although it is to be refused: {altered!r}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"{}", id="empty object"),
        pytest.param('{"a":"测试","b":null,"c":1,"d":true}'.encode(), id="record"),
        pytest.param(b' {"a" : "b",\n"c": ["d", {"a": -5}]} ', id="nested and spaced"),
        pytest.param(b"[9007199254740991,-9007199254740991]", id="largest integers"),
        pytest.param(b"1", id="no container"),
        pytest.param(b"[" * 32 + b"]" * 32, id="deepest allowed"),
    ],
)
def test_what_honest_signers_write_is_read_quickly(text: bytes) -> None:
    proved = strict_json._prove(text)

    assert proved is not None
    assert exactly(proved) == exactly(strict_json._read(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b'{"a":1,"a":2}', id="key twice"),
        pytest.param(b'{"b":{"a":1,"a":2}}', id="key twice inside"),
        pytest.param(b'[{"a":1,"a":2}]', id="key twice in a list"),
        pytest.param(b'{"a":1.5}', id="fraction"),
        pytest.param(b'{"a":1.0}', id="fraction of nothing"),
        pytest.param(b'{"a":[1e3]}', id="exponent inside"),
        pytest.param(b"[9007199254740992]", id="too large"),
        pytest.param(b"[-9007199254740992]", id="too small"),
        pytest.param(b"[18446744073709551616]", id="beyond 64 bits"),
        pytest.param(b'{"a":"\\u0061"}', id="escape"),
        pytest.param(b"[" * 33 + b"]" * 33, id="too deep"),
        pytest.param(b"null", id="null, which says nothing"),
        pytest.param(b"{} {}", id="more than one"),
        pytest.param(b'{"a":"\xff"}', id="not UTF-8"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_in_doubt_is_left_to_the_strict_reader(text: bytes) -> None:
    assert strict_json._prove(text) is None
