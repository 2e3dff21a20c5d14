"""What is kept weighs no more than it may, whatever comes, goes and comes again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.weighed import Weighed

ROOM = 100


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, ROOM + 20))))
def test_what_is_kept_is_the_last_that_fits(given_: list[tuple[int, int]]) -> None:
    kept: Weighed[int, int] = Weighed(ROOM)
    expected: dict[int, int] = {}

    for key, weight in given_:
        kept.put(key, -weight, weight)
        if weight <= ROOM:
            expected.pop(key, None)
            while sum(expected.values()) + weight > ROOM:
                del expected[next(iter(expected))]
            expected[key] = weight

    assert {key: kept.get(key) for key in range(10)} == {
        key: (-expected[key], expected[key]) if key in expected else None
        for key in range(10)
    }
    assert len(kept) == len(expected)
    assert kept.bytes_taken == sum(expected.values())
    assert kept.has_room(ROOM - kept.bytes_taken)
    assert not kept.has_room(ROOM - kept.bytes_taken + 1)


def test_the_first_leaves_unless_it_is_made_young_again() -> None:
    kept: Weighed[str, None] = Weighed(ROOM)
    for key in "abc":
        kept.put(key, None, 30)

    kept.move_to_end("a")
    assert kept.first() == ("b", None)
    kept.drop_first()

    assert [kept.get(key) is None for key in "abc"] == [False, True, False]
    assert kept.bytes_taken == 60


class Counted:
    """A key that counts how often it is looked up."""

    def __init__(self) -> None:
        self.hashed = 0

    def __hash__(self) -> int:
        """Return the same number, and count it."""
        self.hashed += 1
        return 0


def test_the_first_is_taken_with_what_it_weighed_and_is_not_looked_up() -> None:
    kept: Weighed[Counted, int] = Weighed(ROOM)
    one, other = Counted(), Counted()
    kept.put(one, 1, 30)
    kept.put(other, 2, 60)
    before = one.hashed

    assert kept.take_first() == (one, 1, 30)
    assert (one.hashed, kept.bytes_taken) == (before, 60)
    assert kept.take_first() == (other, 2, 60)
    with pytest.raises(KeyError):
        kept.take_first()


def test_of_nothing_nothing_is_first() -> None:
    kept: Weighed[str, None] = Weighed(ROOM)
    kept.put("a", None, ROOM)
    kept.clear()

    assert kept.first() is None
    assert kept.has_room(ROOM)
