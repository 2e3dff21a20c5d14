"""JSON from outside is read in one way, or not at all."""

import pytest

from gateway.graphql_http.strict_json import StrictJSONError, read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(b"[1, -2.5, true, null]", [1, -2.5, True, None], id="values"),
        pytest.param(b'{"a": {"b": "x"}}', {"a": {"b": "x"}}, id="objects"),
        pytest.param(' \t\r\n"水" \n'.encode(), "水", id="white space around"),
        pytest.param(b'"\\ud83c\\udfc3"', "\U0001f3c3", id="a whole surrogate pair"),
        pytest.param(b"9007199254740991", 2**53 - 1, id="largest integer"),
        pytest.param(b"-9007199254740991", 1 - 2**53, id="smallest integer"),
        pytest.param(b"1e308", 1e308, id="a large number"),
        pytest.param(b"[" * 32 + b"]" * 32, None, id="deepest"),
        pytest.param(b'"' + b"[" * 100 + b'"', "[" * 100, id="brackets in a string"),
    ],
)
def test_json_is_read(text: bytes, value: object) -> None:
    read = read_json(text)

    assert value is None or read == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(b"", "no JSON at character 0", id="empty"),
        pytest.param(b" \n{a", "no JSON at character 3", id="after white space"),
        pytest.param(b"{} {}", "3 characters follow the JSON", id="two texts"),
        pytest.param(b"\xef\xbb\xbf{}", "no JSON at character 0", id="BOM"),
        pytest.param(b'{"a": "\xff"}', "byte 7 is not UTF-8", id="invalid UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), "byte 0 is not UTF-8", id="UTF-16"),
        pytest.param(b'"\\ud800"', "half a character", id="lone surrogate"),
        pytest.param(b'{"\\udfff": 1}', "half a character", id="lone surrogate in key"),
        pytest.param(b"NaN", "NaN is no JSON", id="NaN"),
        pytest.param(b"[-Infinity]", "-Infinity is no JSON", id="Infinity"),
        pytest.param(b"1e99999", "a number is too large", id="1e99999"),
        pytest.param(b"1" * 5000, "; send it as a string", id="5 000-digit int"),
        pytest.param(b"9007199254740992", "an integer is beyond", id="one too large"),
        pytest.param(b'{"a": 1, "a": 1}', "a key occurs twice", id="duplicate key"),
        pytest.param(b'{"a": 1, "\\u0061": 1}', "a key occurs twice", id="escaped"),
        pytest.param(b'[{"b": {"a": 1, "a": 1}}]', "a key occurs twice", id="deep key"),
        pytest.param(b"[" * 33 + b"]" * 33, "nested deeper than 32", id="one too deep"),
        pytest.param(b'{"a":' * 1000 + b"1" + b"}" * 1000, "nested", id="depth 1e3"),
        pytest.param(b"[" * 100_000, "nested deeper than 32", id="depth 1e5"),
        pytest.param(b"'a'", "no JSON at character 0", id="single quotes"),
        pytest.param(b'"a\x00"', "no JSON at character 2", id="control character"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(StrictJSONError, match=reason):
        read_json(text)


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(StrictJSONError) as refused:
        read_json(b'{"11010519491231002X": 1, "11010519491231002X": 2}')

    assert "11010519491231002X" not in str(refused.value)
