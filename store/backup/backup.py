"""Back a database up into a folder, and restore it from one.

Both are all or nothing. What is kept outside the database (keys, manifests, the trust
bundle, the configuration) is in no backup: docs/operating.md says what else to keep.
"""

import shutil
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import URL

from store.backup.note import COPIES, Note, Rows, checksum, read_note, write_note
from store.backup.postgresql import dump, restore_dump
from store.backup.sqlite import copy_file, restore_file, sync
from store.database import SQLITE, read_database_url, refuse_newer, shown, step_of
from store.errors import UnusableBackupError


async def back_up(url: str, folder: Path, made_at: datetime) -> Note:
    """Copy the database at ``url`` into ``folder``, whoever writes meanwhile.

    Raises:
        UnusableDatabaseError: there is none, or it cannot be read, or is damaged or of
            a newer gateway; or the folder is there, or cannot be written.
    """
    address = read_database_url(url)
    step = await step_of(url)
    refuse_newer(step)
    if step is None:
        raise UnusableBackupError(
            f"database {shown(address)}: there is none to back up; see database_url"
        )
    try:
        return await _back_up(address, step, folder, made_at)
    except OSError as error:
        raise UnusableBackupError(f"backup {folder}: {error}") from None


async def restore(url: str, folder: Path, *, replace: bool = False) -> Note:
    """Make the database at ``url`` what it was when ``folder`` was made.

    Raises:
        UnusableDatabaseError: the backup is damaged, of a newer gateway or of another
            kind of database; or the database has rows and is not to be replaced.
    """
    address = read_database_url(url)
    note = read_note(folder)
    kind = address.get_backend_name()
    if note.database != kind:
        raise UnusableBackupError(
            f"backup {folder}: it is of {note.database}, database_url names {kind}; "
            f"set database_url to a database of {note.database}"
        )
    if kind == SQLITE:
        restore_file(address, folder, note, replace=replace)
    else:
        await restore_dump(address, folder, note, replace=replace)
    return note


async def _back_up(address: URL, step: str, folder: Path, made_at: datetime) -> Note:
    made = _beside(folder)
    try:
        kind = address.get_backend_name()
        copy = made / COPIES[kind]
        tables = await _copy(address, copy)
        sync(copy)
        note = Note(
            database="sqlite" if kind == SQLITE else "postgresql",
            step=step,
            made_at=made_at,
            bytes=copy.stat().st_size,
            sha256=checksum(copy),
            tables=tables,
        )
        write_note(made, note)
        _name(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return note


def _beside(folder: Path) -> Path:
    """Make a folder that nobody else may read, which is to become ``folder``."""
    if folder.exists():
        raise UnusableBackupError(f"backup {folder}: it is there; name a new folder")
    return Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))


def _name(made: Path, folder: Path) -> None:
    """Give what is on the disk its name."""
    sync(made)
    made.rename(folder)
    sync(folder.absolute().parent)


async def _copy(address: URL, copy: Path) -> dict[str, Rows]:
    if address.get_backend_name() == SQLITE:
        return copy_file(address, copy)
    return await dump(address, copy)
