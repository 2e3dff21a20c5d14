"""Where each clause stands: in which document, and where in it.

The words are data: ``annex/places.toml``.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from policy.errors import AnnexError
from policy.table import parse_table, read_annex
from policy.text import Text

FILE = "places.toml"


class Place(NamedTuple):
    """The place of a clause."""

    document: str | None
    """Its number, such as 沪人社职〔2022〕219号; ``None`` if no document has it."""
    words: Text


@cache
def load_places() -> Mapping[str, Place]:
    """Return the places by clause.

    Raises:
        AnnexError: the project's own file is broken.
    """
    return read_places(read_annex(FILE))


def read_places(text: str) -> Mapping[str, Place]:
    """Read the ``place`` tables of TOML.

    Raises:
        AnnexError: a key is unknown or missing, or a clause is there twice.
    """
    found: dict[str, Place] = {}
    root = parse_table(text, FILE)
    for table in root.tables("place"):
        clause = table.take("clause", str)
        if clause in found:
            raise AnnexError(table.where, f"{clause} is there twice")
        found[clause] = Place(table.take_optional("document", str), table.text())
        table.finish()
    root.finish()
    return MappingProxyType(found)
