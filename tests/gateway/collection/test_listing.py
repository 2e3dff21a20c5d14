"""Lines are left out by number and digest together, and little is asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.collection.listing import MOST_PAGES, Listing
from gateway.collection.sent_lines import SentLine, read_lines

AT_ONCE = 3


class Stream:
    """A stream that tells its digests a few at a time."""

    def __init__(self, kept: Mapping[int, str]) -> None:
        self.kept = dict(sorted(kept.items()))
        self.asked: list[int] = []

    def page_after(self, number: int) -> Mapping[str, Any]:
        self.asked.append(number)
        lines = [[n, d] for n, d in self.kept.items() if n > number]
        return {"lines": lines[:AT_ONCE], "isToEnd": len(lines) <= AT_ONCE}


def sent_line(sequence: int | None, digest: str | None) -> SentLine:
    return SentLine(1, sequence, digest, b"", 0)


digests = st.sampled_from("abc")
numbers = st.integers(1, 30)
parts = st.lists(
    st.lists(
        st.builds(sent_line, st.none() | numbers, st.none() | digests),
        min_size=1,
        max_size=6,
    ),
    max_size=8,
)


@given(st.dictionaries(numbers, digests), parts)
def test_what_is_left_out_is_there_byte_for_byte(
    kept: dict[int, str], parts: Sequence[list[SentLine]]
) -> None:
    stream = Stream(kept)
    listing = Listing(stream.page_after)
    for part in parts:
        stream.asked.clear()
        left = listing.left_of(part, max(kept, default=0))

        out = [one for one in part if not any(one is other for other in left)]
        assert all(
            one.sequence is not None and kept.get(one.sequence) == one.digest
            for one in out
        )
        assert len(stream.asked) <= MOST_PAGES


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_file_in_its_order_has_each_digest_told_once_and_nothing_sent(
    size: int,
) -> None:
    kept = {number: f"d{number}" for number in range(1, 31)}
    stream = Stream(kept)
    listing = Listing(stream.page_after)
    lines = [sent_line(number, digest) for number, digest in kept.items()]

    left = [
        listing.left_of(lines[start : start + size], 30) for start in range(0, 30, size)
    ]

    assert not any(left)
    assert len(stream.asked) <= 2 * 30 / AT_ONCE


def test_what_is_all_new_is_not_asked_about() -> None:
    stream = Stream({1: "a"})
    part = [sent_line(2, "b"), sent_line(None, "a")]

    assert Listing(stream.page_after).left_of(part, 1) == part
    assert stream.asked == []


CASES = Path("tests/cases/collect")
"""Three records a day, of other people each day, as an agency's software wrote them."""


@pytest.mark.parametrize(
    ("name", "first", "left"),
    [
        pytest.param("day1.jws", 1, 0, id="the same file, numbered alike"),
        pytest.param("day1.jws", 2, 3, id="the same file, numbered otherwise"),
        pytest.param("day1.jws", None, 3, id="the same file without numbers"),
        pytest.param("day2.jws", 1, 3, id="another day under the same numbers"),
        pytest.param("day2.jws", None, 3, id="another day without numbers"),
        pytest.param("day2.ndjson", None, 3, id="another day that states them"),
    ],
)
def test_of_another_day_nothing_is_left_out(
    name: str, first: int | None, left: int
) -> None:
    day1 = [*read_lines(CASES / "day1.jws", 1)]
    stream = Stream({one.sequence or 0: one.digest or "" for one in day1})
    part = [*read_lines(CASES / name, first)]

    assert len(Listing(stream.page_after).left_of(part, 3)) == left


def test_a_line_says_where_in_the_file_it_ends(tmp_path: Path) -> None:
    """Of these places it is told how far a transfer has come."""
    file = tmp_path / "lines"
    pieces = [b"\xef\xbb\xbf{}\r\n", b"\n", b"eyJh.a.b\n", b'{"sequence": 2}']
    file.write_bytes(b"".join(pieces))

    found = [(line.number, line.ends_at) for line in read_lines(file, None)]

    assert found == [
        (1, len(pieces[0])),
        (3, sum(map(len, pieces[:3]))),
        (4, file.stat().st_size),
    ]
