"""A line has a record, and a number or none; anything between is refused."""

import pytest

from gateway.collection.line import MAX_SEQUENCE, Line, read_line


@pytest.mark.parametrize(
    ("text", "sequence"),
    [
        pytest.param('{"sequence": 1, "record": "a.b.c"}', 1, id="the first"),
        pytest.param(
            f'{{"record": "a.b.c", "sequence": {MAX_SEQUENCE}}}',
            MAX_SEQUENCE,
            id="last",
        ),
        pytest.param('{"record": "a.b.c"}', None, id="none"),
    ],
)
def test_a_line_has_a_number_or_none(text: str, sequence: int | None) -> None:
    assert read_line(text.encode(), 1) == Line(1, sequence, b"a.b.c")


@pytest.mark.parametrize(
    ("sequence", "code"),
    [
        ("null", "MALFORMED_LINE"),
        ("0", "MALFORMED_LINE"),
        ("-1", "MALFORMED_LINE"),
        ("true", "MALFORMED_LINE"),
        ('"1"', "MALFORMED_LINE"),
        ("[1]", "MALFORMED_LINE"),
        (str(MAX_SEQUENCE + 1), "INTEGER_TOO_LARGE"),
    ],
)
def test_what_is_no_number_is_not_taken_for_none(sequence: str, code: str) -> None:
    found = read_line(f'{{"sequence": {sequence}, "record": "a.b.c"}}'.encode(), 1)

    assert not isinstance(found, Line)
    assert (found.code, found.sequence) == (code, None)


@pytest.mark.parametrize("text", ['{"sequence": 1}', '{"record": "a", "more": 1}'])
def test_a_line_says_nothing_else(text: str) -> None:
    found = read_line(text.encode(), 1)

    assert not isinstance(found, Line)
    assert found.code == "MALFORMED_LINE"
