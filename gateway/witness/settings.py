"""Every option of a witness, read once from a TOML file."""

from pathlib import Path
from typing import Annotated

import msgspec

from connectors.strict_toml import TableError, read_table
from gateway.errors import StartError
from signing.transparency.notes import NoteError, VerifierKey, read_verifier_key

NAME_LIMIT = 255
"""Bytes of a name that a cosignature can say."""


class WitnessSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All options of a witness."""

    name: str
    """Its name, as it stands before its cosignatures: an address without a scheme."""
    logs: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """The verifier keys of the logs that it cosigns; a log may have several."""
    key_files: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """Its private keys, as ``gateway witness keys`` makes them."""
    database: str = "witness.db"
    """The file of what it has seen. Never restored from a copy, and never shared."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8090
    """The port to listen on; 0 takes a free one."""
    log_format: Annotated[str, msgspec.Meta(pattern=r"^(json|console)$")] = "json"
    """``json`` for machines, ``console`` for people."""

    @property
    def keys_of_logs(self) -> list[VerifierKey]:
        """Return the logs' keys.

        Raises:
            StartError: one is none.
        """
        try:
            keys = [read_verifier_key(line) for line in self.logs]
        except NoteError as error:
            raise StartError(f"logs: {error}") from None
        for key in keys:
            if len(key.name.encode()) > NAME_LIMIT:
                raise StartError(f"logs: a name has at most {NAME_LIMIT} bytes")
        return keys


def load_witness_settings(path: Path) -> WitnessSettings:
    """Read the options in ``path``; files are taken from its folder.

    Raises:
        StartError: the file cannot be read, or an option is unknown or wrong.
    """
    try:
        settings = read_table(path.read_text(encoding="utf-8"), WitnessSettings)
    except (OSError, UnicodeDecodeError, TableError) as error:
        raise StartError(f"{path}: {error}") from None
    folder = path.parent
    return msgspec.structs.replace(
        settings,
        key_files=tuple(str(folder / name) for name in settings.key_files),
        database=str(folder / settings.database),
    )
