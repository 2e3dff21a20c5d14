"""JSON that is read, beside the vectors of what is not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing import strict_json
from signing.errors import Check, Refusal, SigningError
from signing.strict_json import Json


def read(text: bytes) -> Json:
    return strict_json.read(text, Check.PAYLOAD)


def refusal_of(text: bytes) -> Refusal | None:
    try:
        read(text)
    except SigningError as error:
        return error.refusal
    return None


@pytest.mark.parametrize(
    ("text", "content"),
    [
        pytest.param(b"null", None, id="null"),
        pytest.param(b" \t\r\n{} \t\r\n", {}, id="white space around"),
        pytest.param(b"9007199254740991", 9007199254740991, id="largest integer"),
        pytest.param(b"-9007199254740991", -9007199254740991, id="smallest integer"),
        pytest.param(b'"\\ud83d\\ude00"', "\U0001f600", id="pair of escapes"),
        pytest.param('"\U0001f600"'.encode(), "\U0001f600", id="four bytes"),
        pytest.param(b'"\\u0041"', "A", id="escape"),
        pytest.param(
            b'{"a":{"x":1},"b":{"x":2}}',
            {"a": {"x": 1}, "b": {"x": 2}},
            id="one key in two objects",
        ),
        pytest.param(b'{"a":1,"A":2}', {"a": 1, "A": 2}, id="keys that differ in case"),
        pytest.param(
            '{"\u00e9":1,"e\u0301":2}'.encode(),
            {"\u00e9": 1, "e\u0301": 2},
            id="keys that differ in normal form",
        ),
    ],
)
def test_what_can_be_read_in_one_way_is_read(text: bytes, content: Json) -> None:
    assert read(text) == content


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        pytest.param(b"[" * 32 + b"]" * 32, None, id="deepest allowed"),
        pytest.param(b"[" * 33 + b"]" * 33, Refusal.TOO_DEEP, id="too deep"),
        pytest.param(b'{"a":' * 32 + b"1" + b"}" * 32, None, id="deepest objects"),
        pytest.param(
            b'{"a":' * 33 + b"1" + b"}" * 33, Refusal.TOO_DEEP, id="objects too deep"
        ),
        pytest.param(b"[" + b"[]," * 100 + b"[]]", None, id="many, not deep"),
        pytest.param(b'"' + b"[" * 5000 + b'"', None, id="brackets in a string"),
        pytest.param(b"[" * 200000, Refusal.TOO_DEEP, id="deep and cut off"),
    ],
)
def test_depth_is_limited(text: bytes, refusal: Refusal | None) -> None:
    assert refusal_of(text) == refusal


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        pytest.param(b"01", Refusal.TRAILING_BYTES, id="leading zero"),
        pytest.param(b"+1", Refusal.INVALID_JSON, id="plus sign"),
        pytest.param("１".encode(), Refusal.INVALID_JSON, id="full-width digit"),
        pytest.param(b"1e400", Refusal.FLOAT, id="infinite float"),
        pytest.param(b"{'a':1}", Refusal.INVALID_JSON, id="single quotes"),
        pytest.param(b"[1]\x00", Refusal.TRAILING_BYTES, id="zero byte after"),
        pytest.param(b"[1]\xc2\xa0", Refusal.TRAILING_BYTES, id="other white space"),
        pytest.param(b"\x0c[1]", Refusal.INVALID_JSON, id="form feed before"),
        pytest.param(b"[1]\x0b", Refusal.TRAILING_BYTES, id="vertical tab after"),
        pytest.param(b'"\\ude00\\ud83d"', Refusal.LONE_SURROGATE, id="pair swapped"),
        pytest.param(b'"\\ud83d\xed\xb8\x80"', Refusal.INVALID_UTF8, id="half UTF-8"),
        pytest.param("[1]".encode("utf-16"), Refusal.INVALID_UTF8, id="UTF-16"),
    ],
)
def test_what_some_readers_forgive_is_refused(text: bytes, refusal: Refusal) -> None:
    assert refusal_of(text) is refusal


def test_a_refusal_says_which_check_and_which_key_it_is_about() -> None:
    with pytest.raises(SigningError) as caught:
        strict_json.read(b"{", Check.HEADER, "some-key")

    assert (caught.value.check, caught.value.key_id) == (Check.HEADER, "some-key")


texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(values, st.booleans())
def test_whatever_is_written_without_floats_is_read_back(
    value: Json, ascii_only: bool
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode()

    assert read(text) == value


@given(st.binary())
def test_arbitrary_bytes_are_read_or_refused(text: bytes) -> None:
    refusal_of(text)


@given(st.text('[]{}":,\\ud8001e.-+Nan ', max_size=40))
def test_text_that_looks_like_json_is_read_as_json_reads_it_or_refused(
    text: str,
) -> None:
    if refusal_of(text.encode()) is None:
        assert read(text.encode()) == json.loads(text)
