"""Check the whole log: that its rows, entries, tiles, head and checkpoints agree.

All of it is read once, in its order and as it was at one moment, and made again: each
row's commitment, each entry's leaf, each tile, the roots. What differs is told by its
table and row, or by its place in the log, never by a person.

Whoever may write to the database can make all of that again, too; what he cannot make
is a checkpoint of before that somebody else has. Such are handed in as ``known``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bureau.transparency.sources import SOURCES
from signing.transparency.checkpoints import Checkpoint, read_checkpoint, signers
from signing.transparency.edge import Edge
from signing.transparency.merkle import HASH_SIZE, leaf_hash
from signing.transparency.notes import NoteError, VerifierKey
from signing.transparency.tiles import WIDTH, Tile, tiles_between
from store.database import POSTGRESQL, engine_at, naming, open_database
from store.database import read_database_url as read_url
from store.sqlite import READS
from store.transparency.checking_rows import RowsChecker
from store.transparency.entries import entry_of_row
from store.transparency.tables import (
    log_checkpoints,
    log_entries,
    log_head,
    log_tiles,
)
from store.transparency.tiles import tile_reader

PAGE = 256
"""Entries that are read at once."""
Told = Callable[[str], None]
"""Is told of whatever is not as it should be, in words."""


@dataclass(slots=True)
class Checked:
    """What was checked."""

    entries: int = 0
    rows: int = 0
    """Rows that are as they were committed to."""
    pending: int = 0
    """Rows that wait to be logged, of which nothing can be said yet."""
    retained: int = 0
    """Rows that went by retention, as a fact of the log says."""
    checkpoints: int = 0
    findings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What the log is compared with beside itself."""

    keys: Sequence[VerifierKey] = ()
    """The log's keys; without, checkpoints are checked but for their signatures."""
    known: Sequence[Checkpoint] = ()
    """Checkpoints that others kept."""


async def check_log(url: str, told: Told, trusted: Trusted) -> Checked:
    """Check the log of the database at ``url``, however long it takes.

    Raises:
        UnusableDatabaseError: it cannot be read, or is at another step.
    """
    address = read_url(url)
    async with open_database(url), engine_at(address, statement_seconds=None) as engine:
        with naming(address):
            options: dict[str, Any] = {READS: True}
            if engine.dialect.name == POSTGRESQL:
                options["isolation_level"] = "REPEATABLE READ"
            reading = engine.execution_options(**options)
            async with reading.connect() as connection:
                return await connection.run_sync(
                    lambda found: _Checker(found, told, trusted).run()
                )


@dataclass(slots=True)
class _Checker:
    connection: Connection
    tell: Told
    trusted: Trusted
    checked: Checked = field(default_factory=Checked)

    def run(self) -> Checked:
        head = self.connection.execute(select(log_head)).one()
        rows = RowsChecker(self.connection, self._told, self.checked)
        edge = Edge(0, lambda _tile: b"")
        roots = self._roots()
        for page in self._pages():
            self._require_going_on(page, edge.size)
            for row, leaf in zip(page, self._leaves(page), strict=True):
                edge.append(leaf)
                for told in roots.pop(edge.size, ()):
                    told(edge.root)
                self.checked.entries += 1
                self._check(row, leaf, rows)
            self._compare(edge.take_tiles())
            rows.check()
        for told in roots.pop(0, ()):
            told(edge.root)
        self._end(edge, head)
        for size, those in sorted(roots.items()):
            for _ in those:
                self._told(f"a checkpoint of {size} leaves: the log has {edge.size}")
        rows.end()
        return self.checked

    def _told(self, finding: str) -> None:
        self.checked.findings += 1
        self.tell(finding)

    def _pages(self) -> Iterator[Sequence[Row[Any]]]:
        column, last = log_entries.c.id, -1
        page = select(log_entries).order_by(column).limit(PAGE)
        while rows := self.connection.execute(page.where(column > last)).all():
            yield rows
            last = rows[-1].id

    def _require_going_on(self, page: Sequence[Row[Any]], expected: int) -> None:
        """Tell of places that have no entry, or stand where there is none."""
        for row in page:
            if row.id != expected:
                self._told(f"entry {expected}: entry {row.id} stands in its place")
                return
            expected += 1

    def _leaves(self, page: Sequence[Row[Any]]) -> list[bytes]:
        """Return what the tiles have of a page: what the tree is made of.

        Where they have nothing it is what stands with the entry.
        """
        read = tile_reader(self.connection)
        found = []
        for row in page:
            place, at = divmod(row.id, WIDTH)
            raw = read(Tile(0, place))[at * HASH_SIZE :][:HASH_SIZE]
            found.append(raw if len(raw) == HASH_SIZE else bytes(row.leaf))
        return found

    def _check(self, row: Row[Any], leaf: bytes, rows: RowsChecker) -> None:
        try:
            entry = entry_of_row(row)
            made = leaf_hash(entry.bytes)
        except ValueError as error:
            self._told(f"entry {row.id}: {error}")
            return
        if made != leaf or leaf != row.leaf:
            self._told(f"entry {row.id}: it is not the leaf that the tree has there")
        if (row.first_row, row.last_row) != (min(entry.ids), max(entry.ids)):
            self._told(f"entry {row.id}: it is said to be of other rows than it has")
        if entry.source in SOURCES:
            rows.take(entry)
        else:
            self._told(f"entry {row.id}: no table {entry.source!r} is logged")

    def _compare(self, tiles: Iterator[tuple[Tile, bytes]]) -> None:
        """Compare what full tiles have to be with those there are."""
        read = tile_reader(self.connection)
        for tile, raw in tiles:
            if tile.width == WIDTH and read(tile) != raw:
                self._told(f"{tile.path}: it is not what the leaves make")

    def _end(self, edge: Edge, head: Row[Any]) -> None:
        """Compare the last tiles, how many there are, and the head."""
        again = Edge(edge.size, tile_reader(self.connection)) if self._fits(edge) else 0
        if isinstance(again, Edge) and again.root != edge.root:
            self._told("the last tiles are not what the leaves make")
        if head.size != edge.size:
            self._told(f"the head says {head.size} leaves, and there are {edge.size}")
        elif bytes(head.root) != edge.root:
            self._told("the head is not the root of the leaves")

    def _fits(self, edge: Edge) -> bool:
        """Say whether there are as many tiles as the leaves make, of their length."""
        sizes = dict[tuple[int, int], int]()
        column = log_tiles.c
        found = select(column.level, column.place, func.length(column.hashes))
        for level, place, size in self.connection.execute(found):
            sizes[level, place] = size
        due = {
            (tile.level, tile.place): tile.width * HASH_SIZE
            for tile in tiles_between(0, edge.size)
        }
        for place in sorted(sizes.keys() | due.keys()):
            if sizes.get(place) != due.get(place):
                self._told(
                    f"{Tile(*place).path}: it has {sizes.get(place, 0)} bytes, not "
                    f"{due.get(place, 0)}"
                )
        return sizes == due

    def _roots(self) -> dict[int, list[Callable[[bytes], None]]]:
        """Return what is to be told of the root at each size that is known of."""
        found: dict[int, list[Callable[[bytes], None]]] = {}

        def expect(checkpoint: Checkpoint, whose: str) -> None:
            def compare(root: bytes) -> None:
                self.checked.checkpoints += 1
                if root != checkpoint.root:
                    self._told(
                        f"{whose} of {checkpoint.size} leaves: the log has another root"
                    )

            found.setdefault(checkpoint.size, []).append(compare)

        for one in self.trusted.known:
            expect(one, "the checkpoint that was kept elsewhere")
        column = log_checkpoints.c
        for row in self.connection.execute(
            select(log_checkpoints).order_by(column.size)
        ):
            try:
                checkpoint = self._read(row)
            except NoteError as error:
                self._told(f"the checkpoint of {row.size} leaves: {error}")
            else:
                expect(checkpoint, "the checkpoint")
        return found

    def _read(self, row: Row[Any]) -> Checkpoint:
        """Return a checkpoint that is kept.

        Raises:
            NoteError: it is none, or of another size, or signed by no key of the log.
        """
        checkpoint, note = read_checkpoint(row.note.encode())
        keys = self.trusted.keys
        if keys and not signers(checkpoint, note, keys):
            raise NoteError(f"it is not signed by {keys[0].name}")
        if checkpoint.size != row.size:
            raise NoteError(f"it says {checkpoint.size} leaves")
        return checkpoint
