"""What is written beside a copy: of which database it is, and how it is known whole.

A backup is a folder with two files, the copy and this note. The folder has its name
once both are on the disk, and none before.
"""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from store.database import NEWEST, SQLITE
from store.errors import UnusableBackupError

FILE = "backup.json"
COPIES = {SQLITE: "database.sqlite", "postgresql": "database.dump"}
"""How the copy is called, by the kind of database."""
CHUNK_BYTES = 1 << 20
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rows of one table."""

    count: int
    digest: Digest
    """The sum of the SHA-256 of each row, whatever their order."""


class Note(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup says of itself."""

    format: Literal[1] = 1
    database: Literal["sqlite", "postgresql"]
    step: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}\Z")]
    """The step of the tables, as ``gateway database status`` prints it."""
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    bytes: int
    """The length of the copy."""
    sha256: Digest
    tables: dict[str, Rows]

    @property
    def copy(self) -> str:
        """The name of the copy."""
        return COPIES[self.database]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(table.count for table in self.tables.values())


def write_note(folder: Path, note: Note) -> None:
    """Write ``note`` into ``folder``, and wait for the disk."""
    text = msgspec.json.format(msgspec.json.encode(note), indent=1)
    with (folder / FILE).open("xb") as file:
        file.write(text + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_note(folder: Path) -> Note:
    """Return the note of a backup that is whole and that this gateway can restore.

    Raises:
        UnusableBackupError: it is not; says what was found, and what to do.
    """
    another = "take another backup"
    try:
        note = msgspec.json.decode((folder / FILE).read_bytes(), type=Note)
        found = (folder / note.copy).stat().st_size, checksum(folder / note.copy)
    except OSError as error:
        raise UnusableBackupError(
            f"backup {folder}: {error.filename}: {error.strerror}; name a folder that "
            "gateway database backup made"
        ) from None
    except msgspec.MsgspecError as error:
        raise UnusableBackupError(
            f"backup {folder}: {FILE} is damaged ({error}); {another}"
        ) from None
    if found != (note.bytes, note.sha256):
        raise UnusableBackupError(
            f"backup {folder}: {note.copy} is damaged: it has {found[0]} bytes with "
            f"SHA-256 {found[1]}, where {FILE} has {note.bytes} and {note.sha256}; "
            f"{another}"
        )
    if note.step > NEWEST:
        raise UnusableBackupError(
            f"backup {folder}: it is of step {note.step}, this gateway knows {NEWEST} "
            "and older; restore it with the gateway that made it, or a newer one"
        )
    return note


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
