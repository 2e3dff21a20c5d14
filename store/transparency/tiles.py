"""Tiles of the log as rows, each as wide as it is by now."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, insert, select, update

from signing.transparency.merkle import HASH_SIZE
from signing.transparency.tiles import HEIGHT, WIDTH, Tile, TileReader
from store.transparency.tables import log_head, log_tiles

column = log_tiles.c
_READ = select(column.hashes).where(
    column.level == bindparam("level"), column.place == bindparam("place")
)
_GROWN = (
    update(log_tiles)
    .where(column.level == bindparam("of_level"), column.place == bindparam("of_place"))
    .values(hashes=bindparam("new"))
)


def tile_reader(connection: Connection) -> TileReader:
    """Return what reads tiles, each once; one that is not there is empty."""
    kept: dict[tuple[int, int], bytes] = {}

    def read(tile: Tile) -> bytes:
        place = tile.level, tile.place
        if place not in kept:
            asked = {"level": tile.level, "place": tile.place}
            found = connection.execute(_READ, asked).scalar()
            kept[place] = b"" if found is None else bytes(found)
        # What came since is to its right.
        return kept[place][: tile.width * HASH_SIZE]

    return read


def write_tiles(
    connection: Connection, old: int, tiles: Iterable[tuple[Tile, bytes]]
) -> None:
    """Keep tiles of a log that had ``old`` leaves."""
    new, grown = [], []
    for tile, raw in tiles:
        place, width = divmod(old >> (tile.level * HEIGHT), WIDTH)
        if tile.place == place and width:
            grown.append({"of_level": tile.level, "of_place": tile.place, "new": raw})
        else:
            new.append({"level": tile.level, "place": tile.place, "hashes": raw})
    if new:
        connection.execute(insert(log_tiles), new)
    if grown:
        connection.execute(_GROWN, grown)


def require_within(connection: Connection, size: int) -> None:
    """Make sure that the log has so many leaves.

    Raises:
        ValueError: it has fewer.
    """
    whole = connection.execute(select(log_head.c.size)).scalar_one()
    if not 0 <= size <= whole:
        raise ValueError(f"the log has {whole} leaves, not {size}")
