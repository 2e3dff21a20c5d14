"""An entry commits to its rows, each of them and in their order, and tells of none."""

import pytest

from signing.transparency.entries import MOST_ROWS, SALT_SIZE, commitment, entry

SALT = bytes(range(SALT_SIZE))
ROWS = [commitment(SALT, row) for row in (b"one", b"two")]


def test_an_entry_is_what_it_was() -> None:
    assert entry("decision", ROWS) == (
        b"certificate-gateway/log@v1\ndecision\n"
        b"fd94496832b8ea8d37d24b28b62c5ae7b7311a1f935da457da0226fa3d5be7b6\n"
    )


@pytest.mark.parametrize(
    "other",
    [
        entry("state-change", ROWS),
        entry("decision", ROWS[::-1]),
        entry("decision", ROWS[:1]),
        entry("decision", [*ROWS, ROWS[0]]),
        entry("decision", [ROWS[0], commitment(SALT[::-1], b"two")]),
    ],
)
def test_another_kind_order_or_row_is_another_entry(other: bytes) -> None:
    assert other != entry("decision", ROWS)


@pytest.mark.parametrize("size", [0, SALT_SIZE - 1, SALT_SIZE + 1])
def test_a_salt_has_one_length(size: int) -> None:
    with pytest.raises(ValueError, match="a salt has 16 bytes"):
        commitment(bytes(size), b"row")


@pytest.mark.parametrize("count", [0, MOST_ROWS + 1])
def test_an_entry_is_of_some_rows(count: int) -> None:
    with pytest.raises(ValueError, match="of 1 to 1024 rows"):
        entry("audit", [ROWS[0]] * count)
