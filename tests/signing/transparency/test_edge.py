"""A log that grows by its edge has the tiles and the root of RFC 6962."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.transparency.edge import Edge
from signing.transparency.merkle import EMPTY_ROOT, Subtree, node_hash, root
from signing.transparency.tiles import (
    WIDTH,
    Tile,
    TileError,
    hashes_of,
    tile_of,
    tiles_between,
)


def leaf(index: int) -> bytes:
    return hashlib.sha256(index.to_bytes(8)).digest()


def plain(subtree: Subtree) -> bytes:
    level, place = subtree
    if not level:
        return leaf(place)
    return node_hash(plain((level - 1, 2 * place)), plain((level - 1, 2 * place + 1)))


class Kept:
    """Tiles by level and place, each as it was last."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}

    def read(self, tile: Tile) -> bytes:
        return self.tiles[tile.level, tile.place][: tile.width * 32]

    def grow(self, old: int, new: int) -> Edge:
        edge = Edge(old, self.read)
        for index in range(old, new):
            edge.append(leaf(index))
        for tile, raw in edge.take_tiles():
            assert len(raw) == tile.width * 32
            self.tiles[tile.level, tile.place] = raw
        return edge


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 1000, 65536, 65793])
def test_its_root_is_that_of_the_leaves(size: int) -> None:
    kept = Kept()
    edge = kept.grow(0, size)

    assert edge.root == root(size, hashes_of(size, kept.read))
    if size <= 1000:
        assert edge.root == root(size, plain)
    for tile in tiles_between(0, size):
        found = kept.tiles[tile.level, tile.place]
        assert len(found) == tile.width * 32
        if size <= 1000:
            assert found == tile_of(tile, plain)


@given(st.lists(st.integers(0, 2 * WIDTH + 3), max_size=8))
def test_in_whatever_pieces_it_grows_it_is_the_same(pieces: list[int]) -> None:
    kept, size = Kept(), 0
    for piece in pieces:
        kept.grow(size, size + piece)
        size += piece
    whole = Kept()
    at_once = whole.grow(0, size)

    assert Edge(size, kept.read).root == at_once.root
    assert kept.tiles == whole.tiles


def test_an_empty_log_has_a_root() -> None:
    assert Edge(0, Kept().read).root == EMPTY_ROOT


def test_a_tile_of_another_length_is_refused() -> None:
    with pytest.raises(TileError, match="has 96 bytes, not 64"):
        Edge(3, lambda _tile: bytes(64))
