"""A copy of the log that an agency keeps, and what it was told of look-ups of its data.

The copy is a folder: the newest checkpoint and the tiles (C2SP tlog-tiles), made here
of all entries, so that nothing of the gateway's is believed but what hashes to a root
that is signed. A checkpoint that does not go on from the copy is a fork, and refused.

Of its own are the entries of its kind. Each commits to a list of look-ups; one of which
the gateway does not show row and list was not shown. ``docs/transparency.md`` says what
that proves, and what not.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bureau.transparency.look_ups import kind_of
from gateway.transparency.export import write
from signing.transparency.checkpoints import Checkpoint, read_checkpoint
from signing.transparency.edge import Edge
from signing.transparency.entries import FORMAT, commitment, entry
from signing.transparency.merkle import EMPTY_ROOT, HASH_SIZE, leaf_hash, root
from signing.transparency.notes import NoteError
from signing.transparency.policies import Policy, QuorumError
from signing.transparency.tiles import (
    WIDTH,
    Tile,
    TileError,
    hashes_of,
    read_bundle,
)

CHECKPOINT, CONFLICT = "checkpoint", "conflict"
OWN, SHOWN = "own.json", "look-ups.json"
Fetch = Callable[[str], bytes]
"""Returns what the gateway has at a path."""


class MirrorError(Exception):
    """What the gateway shows cannot be taken into the copy; the message says why."""


class ForkedError(MirrorError):
    """The log is another than it was."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A list of look-ups that the gateway showed."""

    number: int
    index: int
    after: int
    to: int
    count: int
    look_ups: Sequence[Sequence[Any]] | None
    """Number, moment, event, caller, purpose, outcome; ``None``: not shown."""


class Mirror:
    """The copy in a folder, of one agency."""

    def __init__(self, folder: Path, agency: str, policy: Policy) -> None:
        self._folder = folder
        self._kind = kind_of(agency)
        self._agency = agency
        self._policy = policy

    @property
    def kept(self) -> Checkpoint | None:
        """Return the checkpoint up to which there is a copy.

        Raises:
            MirrorError: what stands there is none.
        """
        path = self._folder / CHECKPOINT
        return self._accepted(path.read_bytes()) if path.exists() else None

    def take(self, fetch: Fetch) -> Checkpoint:
        """Go on to the newest checkpoint; return it.

        Raises:
            ForkedError: it does not go on from the copy; both are kept.
            MirrorError: too few signed it, or the log's files are not what they say.
        """
        raw = fetch("/transparency/checkpoint")
        newest, kept = self._accepted(raw), self.kept
        size = 0 if kept is None else kept.size
        if newest.size <= size:
            self._require(raw, newest, self._root(newest.size))
            return newest if kept is None else kept
        edge = Edge(size, self._tile)
        own = self.own
        for index, one in self._entries(fetch, size, newest.size):
            edge.append(leaf_hash(one))
            if one.startswith(FORMAT + f"{self._kind}\n".encode()):
                own.append(index)
        tiles = list(edge.take_tiles())
        self._require(raw, newest, edge.root)
        for tile, hashes in tiles:
            write(self._folder / tile.path, hashes)
        # Last: what is above the checkpoint's size is nobody's yet.
        write(self._folder / OWN, json.dumps(own).encode())
        write(self._folder / CHECKPOINT, raw)
        return newest

    @property
    def own(self) -> list[int]:
        """Return the places of the agency's own entries."""
        path = self._folder / OWN
        size = 0 if (kept := self.kept) is None else kept.size
        found = json.loads(path.read_bytes()) if path.exists() else []
        return [one for one in found if one < size]

    @property
    def shown(self) -> list[Shown]:
        """Return what the gateway showed of look-ups."""
        path = self._folder / SHOWN
        found = json.loads(path.read_bytes()) if path.exists() else []
        return [Shown(**one) for one in found]

    def take_shown(self, fetch: Fetch) -> None:
        """Take what the gateway shows of look-ups since, each compared with its entry.

        Raises:
            MirrorError: something is not what the log has.
        """
        kept = self.kept
        shown = self.shown
        while kept is not None:
            after = max((one.number for one in shown), default=0)
            raw = fetch(f"/look-ups/{quote(self._agency, safe='')}?after={after}")
            try:
                told = [self._compared(one) for one in json.loads(raw)["lookUps"]]
            except (KeyError, TypeError, ValueError) as error:
                raise MirrorError(f"what is shown cannot be read: {error}") from None
            # What came since waits for the next time.
            new = [one for one in told if one.index < kept.size]
            numbers = [after, *(one.number for one in new)]
            if sorted(set(numbers)) != numbers:
                raise MirrorError("what is shown comes twice, or in no order")
            shown += new
            if not new:
                break
        write(self._folder / SHOWN, json.dumps([asdict(o) for o in shown]).encode())

    @property
    def hidden(self) -> list[int | Shown]:
        """Return own entries that were not shown: places, or what is known of them."""
        shown = {one.index: one for one in self.shown}
        found: list[int | Shown] = [one for one in self.own if one not in shown]
        return [*found, *(one for one in shown.values() if one.look_ups is None)]

    def of_look_up(self, number: int) -> tuple[Shown | None, bool]:
        """Return the list that a look-up belongs to, and whether it is in it."""
        for one in self.shown:
            if one.after < number <= one.to:
                numbers = {line[0] for line in one.look_ups or ()}
                return one, number in numbers
        return None, False

    def has(self, index: int, kind: str, commitments: Sequence[bytes]) -> bool:
        """Say whether the entry at a place of the copy is of these commitments."""
        kept = self.kept
        if kept is None or not 0 <= index < kept.size:
            return False
        return self._leaf(index) == leaf_hash(entry(kind, commitments))

    def _compared(self, told: dict[str, Any]) -> Shown:
        row, salt = told["row"].encode(), base64.b64decode(told["salt"])
        index, said = told["index"], json.loads(row)["row"]
        made = commitment(salt, row)
        size = 0 if (kept := self.kept) is None else kept.size
        if index < size and not self.has(index, self._kind, [made]):
            raise MirrorError(f"entry {index} is not what is shown of it")
        body = said["body"]
        if body["agency"] != self._agency:
            raise MirrorError(f"entry {index} is of another agency")
        look_ups = None
        if told["list"] is not None:
            raw = told["list"].encode()
            if hashlib.sha256(raw).hexdigest() != body["digest"]:
                raise MirrorError(f"the list of entry {index} is another one")
            look_ups = json.loads(raw)
        return Shown(
            said["id"], index, body["after"], body["to"], body["count"], look_ups
        )

    def _accepted(self, raw: bytes) -> Checkpoint:
        try:
            checkpoint, note = read_checkpoint(raw)
            self._policy.accept(checkpoint, note)
        except (NoteError, QuorumError) as error:
            raise MirrorError(f"the checkpoint is not believed: {error}") from None
        return checkpoint

    def _require(self, raw: bytes, checkpoint: Checkpoint, made: bytes) -> None:
        if made != checkpoint.root:
            write(self._folder / CONFLICT, raw)
            raise ForkedError(
                f"the log of {checkpoint.size} entries is another than the copy goes "
                f"on to; both checkpoints are in {self._folder}"
            )

    def _entries(self, fetch: Fetch, old: int, new: int) -> Iterator[tuple[int, bytes]]:
        for place in range(old // WIDTH, -(-new // WIDTH)):
            tile = Tile(0, place, min(WIDTH, new - place * WIDTH))
            try:
                raw = fetch(f"/transparency/{tile.entries_path}")
                found = read_bundle(raw, tile.width)
            except TileError as error:
                raise MirrorError(f"{tile.entries_path}: {error}") from None
            for index, one in enumerate(found, start=place * WIDTH):
                if index >= old:
                    yield index, one

    def _root(self, size: int) -> bytes:
        return root(size, hashes_of(size, self._tile)) if size else EMPTY_ROOT

    def _leaf(self, index: int) -> bytes:
        place, at = divmod(index, WIDTH)
        return self._tile(Tile(0, place, at + 1))[at * HASH_SIZE :]

    def _tile(self, tile: Tile) -> bytes:
        """Read a tile, out of one that has become wider since."""
        full = self._folder / tile._replace(width=WIDTH).path
        partial = (full.parent / f"{full.name}.p").glob("*")
        widths = sorted((int(one.name), one) for one in partial)
        there = [full] if full.exists() else [p for w, p in widths if w >= tile.width]
        return there[0].read_bytes()[: tile.width * HASH_SIZE] if there else b""
