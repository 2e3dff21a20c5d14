"""Write what is published of the log as files, for whoever serves or keeps them.

A file that is there is not written again: nothing that has a name here ever changes but
the checkpoint, which is put in its place last. So a folder is whole at any moment, and
who runs it again adds what is new.
"""

import os
import tempfile
from pathlib import Path

from gateway.errors import StartError
from gateway.settings.settings import Settings
from signing.transparency.tiles import tiles_between
from store.store import open_store
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.publishing import StoredTree


async def export(settings: Settings, folder: Path) -> tuple[int, int]:
    """Write the log up to its latest checkpoint; return its size, and files written.

    Raises:
        StartError: there is no checkpoint yet, or a file cannot be written.
    """
    witnessed = settings.transparency.requires_witnesses
    async with open_store(settings.database_url) as store:
        tree = StoredTree(store)
        newest = await StoredCheckpoints(store).latest(witnessed=witnessed)
        if newest is None:
            raise StartError(
                "the log has no checkpoint yet; see transparency.key_file in "
                "docs/operating.md"
            )
        written = 0
        try:
            for tile in tiles_between(0, newest.size):
                path = folder / tile.path
                if not path.exists():
                    write(path, await tree.tile(tile) or b"")
                    written += 1
                path = folder / tile.entries_path
                if not tile.level and not path.exists():
                    write(path, await tree.entries(tile) or b"")
                    written += 1
            write(folder / "checkpoint", newest.note.encode())
        except OSError as error:
            raise StartError(f"{folder}: {error.strerror}") from None
    return newest.size, written


def write(path: Path, raw: bytes) -> None:
    """Write a file that is there as a whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(opened, "wb") as file:
        file.write(raw)
        os.fchmod(file.fileno(), 0o644)
    Path(name).replace(path)
