"""Check the audit log, and all else that is logged, against the log of hashes."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gateway.errors import StartError
from gateway.settings.settings import Settings
from gateway.transparency.keys import read_keys
from signing.transparency.checkpoints import Checkpoint, read_checkpoint, signers
from signing.transparency.notes import NOTE_LIMIT, NoteError, VerifierKey
from store.transparency.checking import Checked, Trusted, check_log


async def verify(
    settings: Settings, kept: Sequence[Path], told: Callable[[str], None]
) -> Checked:
    """Check everything, and against checkpoints that were ``kept`` elsewhere.

    Raises:
        StartError: a key cannot be used, or a file holds no checkpoint of this log.
        UnusableDatabaseError: the database cannot be read.
    """
    found = read_keys(settings)
    keys = () if found is None else found.keys
    known = [_read(path, keys) for path in kept]
    return await check_log(settings.database_url, told, Trusted(keys=keys, known=known))


def _read(path: Path, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return a checkpoint of the log.

    Raises:
        StartError: the file holds none, or one that the log did not sign.
    """
    try:
        with path.open("rb") as file:
            checkpoint, note = read_checkpoint(file.read(NOTE_LIMIT + 1))
        if keys and not signers(checkpoint, note, keys):
            raise StartError(f"{path}: it is not signed by {keys[0]}")
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None
    except NoteError as error:
        raise StartError(f"{path}: {error}") from None
    return checkpoint
