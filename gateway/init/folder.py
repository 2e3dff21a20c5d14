"""Write a new installation's folder: configuration, keys, trust bundle, an example.

Nothing is written over: a file that is there, or comes meanwhile, ends it, and what was
written so far is removed. Keys are from the system's source of randomness, in files
that nobody but their owner can read from their first byte on.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from bureau.certificate_ids import KEY_BYTES
from bureau.ledger.evidence import KEY_BYTES as EVIDENCE_KEY_BYTES
from bureau.privacy.pseudonyms import KEY_BYTES as PSEUDONYM_KEY_BYTES
from gateway.callers.issue import Wish, issue
from gateway.errors import StartError
from gateway.settings.settings import load_settings
from gateway.transparency.keys import KEY_BYTES as LOG_KEY_BYTES
from gateway.transparency.keys import read_keys

OWN, ALL = 0o600, 0o644
CALLERS: Mapping[str, str] = {"operator": "operator", "platform": "hr-platform"}
"""Who gets a token, by its place in the configuration; the role is called the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the gateway will listen, and what its log is called."""

    host: str
    port: int
    origin: str | None = None


def make(folder: Path, place: Place, now: datetime) -> Mapping[str, str]:
    """Write the folder; return the first tokens by the name of who has each.

    Raises:
        StartError: there is something in it, it cannot be written, or a name or an
            address does not do; nothing was written then.
    """
    issued = {
        name: issue(Wish(caller=caller, roles=(caller,)), now)
        for name, caller in CALLERS.items()
    }
    settings = Template(_template("gateway.toml")).substitute(
        {name: one.table for name, one in issued.items()},
        host=_quoted(place.host),
        port=place.port,
        transparency=_transparency(place.origin),
    )
    with _written(folder) as write:
        for name, text in _keys(place.origin).items():
            write(name, text, OWN)
        write("trust.toml", _template("trust.toml"), ALL)
        write("manifests/example.toml", _template("example.toml"), ALL)
        write("gateway.toml", settings, OWN)
        # As the gateway will, so that an option that does not do leaves nothing.
        read_keys(load_settings(folder / "gateway.toml", {}))
    return {CALLERS[name]: one.token for name, one in issued.items()}


class _Files:
    """What was written, and is removed again if something fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Path] = []

    def __call__(self, name: str, text: str, mode: int) -> None:
        """Write a file that was not there, to the disk."""
        path = self._folder / name
        self.make_folder(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        self._made.append(path)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)

    def make_folder(self, folder: Path) -> None:
        """Make it with those above it, for its owner alone, if it is not there."""
        if folder.is_dir():
            return
        self.make_folder(folder.parent)
        folder.mkdir(mode=0o700)
        self._made.append(folder)

    def remove(self) -> None:
        """Remove all of it, the last first."""
        for path in reversed(self._made):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()


@contextmanager
def _written(folder: Path) -> Iterator[_Files]:
    """Give what writes files into ``folder``, which has to be empty; all or none."""
    written = _Files(folder)
    try:
        written.make_folder(folder)
        _refuse_full(folder)
        yield written
    except OSError as error:
        written.remove()
        raise StartError(f"{error.filename or folder}: {error.strerror}") from None
    except StartError:
        written.remove()
        raise


def _refuse_full(folder: Path) -> None:
    """Make sure that there is nothing in ``folder``.

    Raises:
        StartError: there is something.
    """
    if here := next(folder.iterdir(), None):
        raise StartError(
            f"{folder} has {here.name} in it; nothing is written over: name a folder "
            "that is empty or not there"
        )


def _keys(origin: str | None) -> Mapping[str, str]:
    """Return new keys by the names of their files."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    sizes = {
        "certificate-id.key": KEY_BYTES,
        "pseudonym.key": PSEUDONYM_KEY_BYTES,
        "evidence.key": EVIDENCE_KEY_BYTES,
    }
    if origin is not None:
        sizes["transparency.key"] = LOG_KEY_BYTES
    found = {name: f"{secrets.token_hex(size)}\n" for name, size in sizes.items()}
    return {**found, "receipt-key.pem": pem.decode("ascii")}


def _transparency(origin: str | None) -> str:
    """Return the lines that have the log signed; a comment if it is not to be."""
    if origin is None:
        return (
            "# The log of hashes is not signed: that takes transparency.origin and\n"
            "# transparency.key_file (docs/transparency.md).\n"
        )
    return (
        f"transparency.origin = {_quoted(origin)}\n"
        'transparency.key_file = "transparency.key"\n'
    )


def _quoted(text: str) -> str:
    """Return ``text`` as a TOML string, which JSON's strings are."""
    return json.dumps(text, ensure_ascii=False)


def _template(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
