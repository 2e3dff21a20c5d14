"""Append leaves to a log: of all its tiles the last of each level are enough.

What is made is the bytes of the tiles that became other than they were, and the root.
Whoever keeps them keeps a log of RFC 6962, as ``tiles`` reads it.
"""

from collections.abc import Iterator, Sequence
from functools import reduce

from signing.transparency.merkle import EMPTY_ROOT, HASH_SIZE, node_hash
from signing.transparency.tiles import HEIGHT, WIDTH, Tile, TileError, TileReader


class Edge:
    """The right edge of a log, to which leaves are appended.

    Raises:
        TileError: a tile that is read has another length.
    """

    def __init__(self, size: int, read: TileReader) -> None:
        self.size = size
        self._rows: list[list[bytes]] = []
        """Of each level the hashes of its last tile, which is not full."""
        self._full: list[tuple[Tile, bytes]] = []
        self._changed: set[int] = set()
        level = 0
        while count := size >> (level * HEIGHT):
            place, width = divmod(count, WIDTH)
            self._rows.append(_read(Tile(level, place, width), read) if width else [])
            level += 1

    def append(self, leaf: bytes) -> None:
        """Append the hash of an entry."""
        self.size += 1
        level, found = 0, leaf
        while True:
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(found)
            self._changed.add(level)
            if len(row) < WIDTH:
                return
            place = (self.size >> (level * HEIGHT)) // WIDTH - 1
            self._full.append((Tile(level, place), b"".join(row)))
            found = _top(row)
            row.clear()
            level += 1

    def take_tiles(self) -> Iterator[tuple[Tile, bytes]]:
        """Yield what changed since it was last asked: tiles, and their bytes."""
        yield from self._full
        for level in sorted(self._changed):
            if row := self._rows[level]:
                place = (self.size >> (level * HEIGHT)) // WIDTH
                yield Tile(level, place, len(row)), b"".join(row)
        self._full, self._changed = [], set()

    @property
    def root(self) -> bytes:
        """Return the root of the leaves there are."""
        if not self.size:
            return EMPTY_ROOT
        # Whole subtrees from left to right, the largest first.
        parts: list[bytes] = []
        for row in reversed(self._rows):
            begin = 0
            for height in reversed(range(HEIGHT)):
                if len(row) & (1 << height):
                    parts.append(_top(row[begin : begin + (1 << height)]))
                    begin += 1 << height
        *rest, last = parts
        return reduce(lambda right, left: node_hash(left, right), reversed(rest), last)


def _read(tile: Tile, read: TileReader) -> list[bytes]:
    raw = read(tile)
    if len(raw) != tile.width * HASH_SIZE:
        allowed = tile.width * HASH_SIZE
        raise TileError(f"{tile.path} has {allowed} bytes, not {len(raw)}")
    return [raw[at : at + HASH_SIZE] for at in range(0, len(raw), HASH_SIZE)]


def _top(row: Sequence[bytes]) -> bytes:
    """Return the hash of as many hashes as are a power of two."""
    while len(row) > 1:
        row = [node_hash(*pair) for pair in zip(row[::2], row[1::2], strict=True)]
    return row[0]
