"""The list of the keys that providers sign with: what, and from when to when.

It is one TOML file, of public halves alone. A key has one use. It is announced before
it signs, so that whoever checks knows it; its predecessor goes on for a stated overlap,
and stays on the list when it has ended: what it signed is checked by it for good.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from connectors.strict_toml import TableError, read_table
from gateway.errors import StartError
from gateway.providers.public_halves import PublicHalf, read_public_half
from signing.algorithms import Algorithm
from signing.errors import TrustBundleError

MOST = 20
"""So many keys are on the list at most."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Name = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}\Z")]
_HEAD = "# Public halves of the keys that sign for this gateway, and when each does.\n"


class Use(StrEnum):
    """What a key signs."""

    RECEIPTS = "receipts"
    """Receipts of answers."""
    CREDENTIALS = "credentials"
    """Certificates as wallets read them, and the lists of their statuses."""
    CHECKPOINTS = "checkpoints"
    """How long the log of hashes is, and COSE receipts of its entries."""
    RELEASES = "releases"
    """What a release is made of (``tools/release.py``): no gateway signs by it."""


ALGORITHMS: Mapping[Use, frozenset[Algorithm]] = {
    Use.RECEIPTS: frozenset({Algorithm.ED25519, Algorithm.ES256, Algorithm.SM2}),
    Use.CREDENTIALS: frozenset({Algorithm.ED25519, Algorithm.ES256, Algorithm.SM2}),
    Use.CHECKPOINTS: frozenset({Algorithm.ED25519, Algorithm.SM2}),
    Use.RELEASES: frozenset({Algorithm.ED25519, Algorithm.ES256}),
}
"""A log signs with Ed25519 (C2SP); SM2 signs beside it. Releases are checked by any
openssl."""


class ListedKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key of the list."""

    provider: str
    name: Name
    """What its provider calls it."""
    use: Use = Use.RECEIPTS
    public_key: str
    """PEM."""
    announced_at: Moment
    signs_from: Moment
    signs_until: Moment | None = None
    """The first moment at which it signs no more."""

    def signs_at(self, moment: datetime) -> bool:
        """Say whether it signs at a moment."""
        return self.signs_from <= moment and not self.has_ended(moment)

    def has_ended(self, moment: datetime) -> bool:
        """Say whether it signs no more."""
        return self.signs_until is not None and moment >= self.signs_until

    def state(self, moment: datetime) -> str:
        """Return ``announced``, ``signing`` or ``retired``."""
        if self.has_ended(moment):
            return "retired"
        return "signing" if self.signs_at(moment) else "announced"

    @property
    def half(self) -> PublicHalf:
        """Return the public half.

        Raises:
            StartError: it is none that may be used.
        """
        place = f"the key {self.name!r}"
        try:
            half = read_public_half(self.public_key)
        except TrustBundleError as error:
            raise StartError(f"{place}: {error}") from None
        if half is None:
            raise StartError(
                f"{place} is no PUBLIC KEY of Ed25519, P-256 or SM2; others sign too "
                "slowly for every answer"
            )
        return half


class KeyList(msgspec.Struct, frozen=True, kw_only=True):
    """All keys."""

    key: tuple[ListedKey, ...] = ()

    def newest_first(self, *uses: Use) -> Sequence[ListedKey]:
        """Return the keys of these uses, that which signs last first; else all."""
        of_them = [key for key in self.key if not uses or key.use in uses]
        return sorted(of_them, key=lambda one: one.signs_from, reverse=True)


NO_KEYS_LISTED = KeyList()


def read_key_list(path: Path, *, is_new: bool = False) -> KeyList:
    """Return the list in a file; an empty one if it ``is_new`` and not there.

    Raises:
        StartError: it cannot be read, or says what cannot be.
    """
    try:
        listed = read_table(path.read_text("utf-8"), KeyList)
    except FileNotFoundError:
        if is_new:
            return NO_KEYS_LISTED
        raise StartError(f"{path} is not there") from None
    except (OSError, UnicodeDecodeError, TableError) as error:
        raise StartError(f"{path}: {error}") from None
    try:
        require_sound(listed)
    except StartError as error:
        raise StartError(f"{path}: {error}") from None
    return listed


def require_sound(listed: KeyList) -> None:
    """Refuse a list that no gateway could use.

    Raises:
        StartError: a key is of a kind that does not sign this, stands there twice, or
            ends before it begins; or there are too many.
    """
    if len(listed.key) > MOST:
        raise StartError(f"{len(listed.key)} keys, at most {MOST}")
    if len({key.half.kid for key in listed.key}) < len(listed.key):
        raise StartError("a key stands there twice")
    for key in listed.key:
        if key.signs_until is not None and key.signs_until < key.signs_from:
            raise StartError(f"the key {key.name!r} ends before it signs")
        if key.half.algorithm not in ALGORITHMS[key.use]:
            raise StartError(
                f"the key {key.name!r} is of {key.half.algorithm}, by which no "
                f"{key.use} are signed"
            )


def write_key_list(path: Path, listed: KeyList) -> None:
    """Put a list in the place of another, as a whole.

    Raises:
        StartError: it cannot be written.
    """
    text = _HEAD + "".join(map(_written, listed.key))
    try:
        descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None


def _written(key: ListedKey) -> str:
    lines = ["", "[[key]]", f'provider = "{key.provider}"', f'name = "{key.name}"']
    lines.append(f'use = "{key.use}"')
    for name in ("announced_at", "signs_from", "signs_until"):
        moment = getattr(key, name)
        if moment is not None:
            lines.append(f"{name} = {moment.isoformat()}")
    return "\n".join([*lines, 'public_key = """', f'{key.public_key.strip()}\n"""\n'])
