"""Lay out a log's hashes and entries as static files (c2sp.org/tlog-tiles).

A tile is up to 256 hashes of one level, one after another: at level 0 of leaves, at
level L of full tiles of the level below. A bundle is the entries of a tile of level 0,
each after its length in two bytes. What is full never changes; the last of a level may
have fewer, and its width is part of its name, so no file is ever written over.

Whoever reads tiles makes proofs of them (``hashes_of``); whether a tile is of the log
is not looked at here: a proof that was made from another fits no checkpoint.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from signing.transparency.merkle import HASH_SIZE, Hashes, Subtree, node_hash

HEIGHT = 8
"""Levels of the tree that a tile has below its top."""
WIDTH = 1 << HEIGHT
"""Hashes of a full tile."""
ENTRY_LIMIT = 0xFFFF
"""Bytes of an entry: what its length in a bundle can say."""
_LENGTH = struct.Struct(">H")


class TileError(ValueError):
    """A tile or a bundle is not what its name says."""


class Tile(NamedTuple):
    """Which tile, and how many hashes it has."""

    level: int
    place: int
    """Its place among the tiles of its level: the index of the specification."""
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Return where its hashes are, below the log's prefix."""
        return f"tile/{self.level}/{_place(self)}"

    @property
    def entries_path(self) -> str:
        """Return where the bundle is that a tile of level 0 has the hashes of."""
        return f"tile/entries/{_place(self)}"

    @property
    def subtrees(self) -> Iterator[Subtree]:
        """Return what its hashes are of, from left to right."""
        first = self.place * WIDTH
        return ((self.level * HEIGHT, first + at) for at in range(self.width))


TileReader: TypeAlias = Callable[[Tile], bytes]
"""Returns the bytes of a tile; it may keep them, since each is asked for often."""


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Yield the tiles that a log of ``new`` leaves has, and one of ``old`` has not.

    They come level by level, from left to right. Those of level 0 are the bundles, too.

    Raises:
        ValueError: the old log is the longer.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a log of {new} does not go on from one of {old}")
    level = 0
    while count := new >> (level * HEIGHT):
        first = old >> (level * HEIGHT)
        if first < count:
            for place in range(first // WIDTH, -(-count // WIDTH)):
                yield Tile(level, place, min(WIDTH, count - place * WIDTH))
        level += 1


def tile_of(tile: Tile, hashes: Hashes) -> bytes:
    """Return the bytes of a tile."""
    return b"".join(hashes(subtree) for subtree in tile.subtrees)


def hashes_of(size: int, read: TileReader) -> Hashes:
    """Return the hashes of a log of ``size`` leaves, read from its tiles.

    Only tiles are read that a log of this size has. The function that is returned
    raises:
        ValueError: the subtree goes beyond the log's last leaf.
        TileError: a tile has another length.
    """

    def hash_of(subtree: Subtree) -> bytes:
        level, place = subtree
        if place < 0 or (place + 1) << level > size:
            raise ValueError(f"{subtree} is no subtree of a log of {size}")
        tile_level, height = divmod(level, HEIGHT)
        of_tile, begin = divmod(place << height, WIDTH)
        width = min(WIDTH, (size >> (tile_level * HEIGHT)) - of_tile * WIDTH)
        tile = Tile(tile_level, of_tile, width)
        row = _split(tile, read(tile))[begin : begin + (1 << height)]
        while len(row) > 1:
            row = [node_hash(*pair) for pair in zip(row[::2], row[1::2], strict=True)]
        return row[0]

    return hash_of


def bundle_of(entries: Sequence[bytes]) -> bytes:
    """Return the bundle of up to 256 entries.

    Raises:
        ValueError: there are more, or none, or one is longer than a bundle can say.
    """
    if not 0 < len(entries) <= WIDTH:
        raise ValueError(f"a bundle has 1 to {WIDTH} entries, not {len(entries)}")
    longest = max(map(len, entries))
    if longest > ENTRY_LIMIT:
        raise ValueError(f"an entry has at most {ENTRY_LIMIT} bytes, not {longest}")
    return b"".join(_LENGTH.pack(len(entry)) + entry for entry in entries)


def read_bundle(raw: bytes, width: int) -> list[bytes]:
    """Return the ``width`` entries of a bundle.

    Raises:
        TileError: it has fewer or more, or ends within one.
    """
    entries: list[bytes] = []
    rest = memoryview(raw)
    while rest and len(entries) < width:
        if len(rest) < _LENGTH.size:
            raise TileError("a bundle ends within the length of an entry")
        (length,) = _LENGTH.unpack(rest[: _LENGTH.size])
        entry, rest = rest[_LENGTH.size :][:length], rest[_LENGTH.size + length :]
        if len(entry) < length:
            raise TileError(f"a bundle ends within an entry of {length} bytes")
        entries.append(bytes(entry))
    if rest or len(entries) != width:
        found = "more" if rest else len(entries)
        raise TileError(f"a bundle has {width} entries, not {found}")
    return entries


def _place(tile: Tile) -> str:
    """Return place and width as they stand in an address: ``x001/x234/067.p/5``."""
    groups = [f"{tile.place % 1000:03}"]
    rest = tile.place // 1000
    while rest:
        groups.insert(0, f"x{rest % 1000:03}")
        rest //= 1000
    partial = f".p/{tile.width}" if tile.width < WIDTH else ""
    return "/".join(groups) + partial


def _split(tile: Tile, raw: bytes) -> list[bytes]:
    """Return the hashes of a tile.

    Raises:
        TileError: it has another length.
    """
    if len(raw) != tile.width * HASH_SIZE:
        allowed = tile.width * HASH_SIZE
        raise TileError(f"{tile.path} has {allowed} bytes, not {len(raw)}")
    return [raw[at : at + HASH_SIZE] for at in range(0, len(raw), HASH_SIZE)]
