"""A cursor leads back to its place, for its kind and in its installation alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.events.cursors import Cursors, UnknownCursorError
from bureau.events.events import Kind

CURSORS = Cursors(bytes(range(64)))
KINDS = list(Kind)


@given(st.sampled_from(Kind), st.integers(0, 2**63 - 1))
def test_a_cursor_leads_back_to_its_number(kind: Kind, number: int) -> None:
    assert CURSORS.number(kind, CURSORS.of(kind, number)) == number


def test_a_cursor_is_of_its_kind_alone() -> None:
    cursor = CURSORS.of(KINDS[0], 7)

    with pytest.raises(UnknownCursorError):
        CURSORS.number(KINDS[1], cursor)


def test_a_cursor_is_of_its_installation_alone() -> None:
    with pytest.raises(UnknownCursorError):
        Cursors(bytes(64)).number(KINDS[0], CURSORS.of(KINDS[0], 7))


@pytest.mark.parametrize("stray", ["=", "!", " ", "字"])
def test_a_cursor_has_nothing_else_in_it(stray: str) -> None:
    cursor = CURSORS.of(KINDS[0], 7)

    with pytest.raises(UnknownCursorError):
        CURSORS.number(KINDS[0], f"{cursor[:9]}{stray}{cursor[9:]}")


@pytest.mark.parametrize("text", ["", "=", "1", "字", "\ud800", "A" * 101, "A" * 9999])
def test_a_text_is_no_cursor(text: str) -> None:
    with pytest.raises(UnknownCursorError):
        CURSORS.number(KINDS[0], text)
