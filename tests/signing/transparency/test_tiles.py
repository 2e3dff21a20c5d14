"""Tiles: where each is, which a log has, and that they give its tree."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.transparency.merkle import (
    Subtree,
    consistency,
    inclusion,
    node_hash,
    require_consistency,
    require_inclusion,
    root,
)
from signing.transparency.tiles import (
    ENTRY_LIMIT,
    WIDTH,
    Tile,
    TileError,
    bundle_of,
    hashes_of,
    read_bundle,
    tile_of,
    tiles_between,
)

LEAVES = [hashlib.sha256(str(number).encode()).digest() for number in range(70_000)]
KEPT: dict[Subtree, bytes] = {(0, place): leaf for place, leaf in enumerate(LEAVES)}
sizes = st.one_of(
    st.integers(0, len(LEAVES)),
    st.integers(1, 273).map(lambda tiles: tiles * 256),
    st.sampled_from([1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000]),
)


def hash_by_definition(subtree: Subtree) -> bytes:
    """Return what stands above a subtree's two halves, or its leaf."""
    if subtree not in KEPT:
        level, place = subtree
        halves = ((level - 1, 2 * place), (level - 1, 2 * place + 1))
        KEPT[subtree] = node_hash(*map(hash_by_definition, halves))
    return KEPT[subtree]


def tiles_by_definition(size: int) -> set[Tile]:
    """Return the full tiles, and one of floor(s / 256**l) mod 256 at the end."""
    found = set()
    for level in range(8):
        full, rest = divmod(size // 256**level, 256)
        found |= {Tile(level, index, 256) for index in range(full)}
        found |= {Tile(level, full, rest)} if rest else set()
    return found


def reader_of(size: int) -> Callable[[Tile], bytes]:
    """Return a reader of the tiles that a log of this size serves, and no others."""
    served = tiles_by_definition(size)

    def read(tile: Tile) -> bytes:
        assert tile in served
        return tile_of(tile, hash_by_definition)

    return read


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 999), "tile/1/999"),
        (Tile(2, 1000), "tile/2/x001/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(5, 1_234_067, 1), "tile/5/x001/x234/067.p/1"),
        (Tile(0, 1_000_000_000, 255), "tile/0/x001/x000/x000/000.p/255"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
    ],
)
def test_a_tile_is_where_the_specification_says(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tile.entries_path == path.replace(f"tile/{tile.level}", "tile/entries")


def test_a_log_has_the_tiles_of_the_specification_s_example() -> None:
    tiles = list(tiles_between(0, 70_000))

    assert tiles == [
        *(Tile(0, index) for index in range(273)),
        *(Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)),
    ]


@given(sizes, sizes)
def test_what_a_longer_log_has_is_what_is_written_and_nothing_else(
    one: int, other: int
) -> None:
    old, new = sorted((one, other))

    written = list(tiles_between(old, new))

    assert len(written) == len(set(written))
    assert set(written) == tiles_by_definition(new) - tiles_by_definition(old)


@pytest.mark.parametrize(("old", "new"), [(1, 0), (-1, 1)])
def test_a_log_never_grows_shorter(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not go on"):
        list(tiles_between(old, new))


@given(sizes.filter(bool), st.data())
def test_hashes_of_tiles_are_those_of_the_tree(size: int, data: st.DataObject) -> None:
    level = data.draw(st.integers(0, size.bit_length() - 1))
    place = data.draw(st.integers(0, (size >> level) - 1))

    found = hashes_of(size, reader_of(size))((level, place))

    assert found == hash_by_definition((level, place))


@given(sizes.filter(bool), st.data())
def test_proofs_are_made_of_the_tiles_that_a_log_of_that_size_serves(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    hashes = hashes_of(size, reader_of(size))
    whole = root(size, hashes)

    require_inclusion(LEAVES[index], index, size, inclusion(index, size, hashes), whole)
    before = root(old, hash_by_definition)
    require_consistency(old, size, consistency(old, size, hashes), before, whole)


@pytest.mark.parametrize("subtree", [(0, 5), (0, -1), (1, 2), (3, 0), (8, 0)])
def test_what_goes_beyond_the_log_is_not_read(subtree: Subtree) -> None:
    with pytest.raises(ValueError, match="no subtree of a log of 5"):
        hashes_of(5, reader_of(5))(subtree)


@pytest.mark.parametrize("raw", [b"", bytes(5 * 32 - 1), bytes(6 * 32)])
def test_a_tile_of_another_length_is_refused(raw: bytes) -> None:
    with pytest.raises(TileError, match=r"tile/0/000\.p/5 has 160 bytes, not"):
        hashes_of(5, lambda _: raw)((0, 0))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=WIDTH))
def test_a_bundle_is_read_as_it_was_written(entries: list[bytes]) -> None:
    assert read_bundle(bundle_of(entries), len(entries)) == entries


def test_a_bundle_has_lengths_in_two_bytes_before_its_entries() -> None:
    longest = bytes(ENTRY_LIMIT)

    assert bundle_of([b"a", b"", longest]) == b"\0\1a\0\0\xff\xff" + longest


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "has 2 entries, not 0"),
        (b"\0\1a", "has 2 entries, not 1"),
        (b"\0\1a\0\1b\0", "has 2 entries, not more"),
        (b"\0\1a\0", "ends within the length"),
        (b"\0\1a\0\2b", "ends within an entry of 2 bytes"),
    ],
)
def test_another_bundle_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(TileError, match=why):
        read_bundle(raw, 2)


@given(st.binary(max_size=2000), st.integers(1, WIDTH))
def test_hostile_bundles_are_read_exactly_or_refused(raw: bytes, width: int) -> None:
    try:
        entries = read_bundle(raw, width)
    except TileError:
        return
    assert bundle_of(entries) == raw


@pytest.mark.parametrize(
    "entries", [[], [b""] * (WIDTH + 1), [b"a", bytes(ENTRY_LIMIT + 1)]]
)
def test_what_a_bundle_cannot_say_is_not_written(entries: list[bytes]) -> None:
    with pytest.raises(ValueError, match="has"):
        bundle_of(entries)
