"""Read the annex files strictly: every key once, of one type, none left over.

A misspelt key in a file that decides about money must stop the start, so each
key that nobody asked for is refused together with the nearest one that was.
"""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from difflib import get_close_matches
from importlib import resources
from typing import TypeVar

from policy.errors import AnnexError
from policy.text import Text

T = TypeVar("T")


class Table:
    """One TOML table and where it stands, emptied key by key."""

    def __init__(self, content: dict[str, object], where: str) -> None:
        self.where = where
        self._left = dict(content)
        self._asked: list[str] = []

    def take(self, key: str, kind: type[T]) -> T:
        """Take ``key``, which must be there and be exactly a ``kind``.

        Raises:
            AnnexError: it is missing or of another type.
        """
        self._asked.append(key)
        if key not in self._left:
            raise AnnexError(self.where, f"{key} is missing")
        value = self._left.pop(key)
        # A TOML boolean is no integer and a moment is no day, though Python
        # derives the one from the other.
        if not isinstance(value, kind) or (
            isinstance(value, bool | datetime) and kind in (int, date)
        ):
            found = type(value).__name__
            raise AnnexError(
                self.where, f"{key} is a {found}, only a {kind.__name__} is allowed"
            )
        return value

    def take_optional(self, key: str, kind: type[T]) -> T | None:
        """Take ``key`` if it is there."""
        self._asked.append(key)
        return self.take(key, kind) if key in self._left else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of strings; a missing one is empty."""
        found = self.take_optional(key, list) or []
        for entry in found:
            if not isinstance(entry, str):
                raise AnnexError(self.where, f"{key} holds more than strings")
        return tuple(found)

    def text(self, prefix: str = "") -> Text:
        """Take the pair ``<prefix>zh`` and ``<prefix>en``."""
        return Text(self.take(f"{prefix}zh", str), self.take(f"{prefix}en", str))

    def tables(self, key: str) -> Iterator["Table"]:
        """Take an array of tables, one ``Table`` each."""
        for number, entry in enumerate(self.take(key, list), start=1):
            where = f"{self.where}, {key} {number}"
            if not isinstance(entry, dict):
                raise AnnexError(where, "is no table")
            yield Table(entry, where)

    def table(self, key: str) -> "Table":
        """Take one table."""
        return Table(self.take(key, dict), f"{self.where}, {key}")

    def names(self) -> tuple[str, ...]:
        """Return the keys not taken yet, in the order of the file."""
        return tuple(self._left)

    def finish(self) -> None:
        """Refuse what nobody asked for.

        Raises:
            AnnexError: a key is left over.
        """
        for unknown in self._left:
            near = get_close_matches(unknown, self._asked, n=1)
            hint = f", did you mean {near[0]}" if near else ""
            raise AnnexError(self.where, f"unknown key {unknown}{hint}")


def read_annex(name: str) -> str:
    """Return the text of one file of ``policy/annex``."""
    return (resources.files("policy") / "annex" / name).read_text(encoding="utf-8")


def parse_table(text: str, where: str) -> Table:
    """Parse TOML.

    Raises:
        AnnexError: it is no TOML.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AnnexError(where, f"is no TOML: {error}") from None
    return Table(content, where)
