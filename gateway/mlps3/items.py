"""Read the items, which are data: ``items.toml`` beside this module."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from connectors.strict_toml import read_table


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Data that is protected."""

    id: str
    zh: str
    en: str


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a standard asks."""

    id: str
    standard: str
    clause: str
    zh: str
    en: str
    rests_on: tuple[str, ...]
    """The ids of the data that it is about."""
    remedy: str
    """What to set where it is unmet."""


class Items(msgspec.Struct, frozen=True, kw_only=True):
    """The table."""

    data: Sequence[Data]
    item: Sequence[Item]


@cache
def load_items() -> Items:
    """Return the table that is installed."""
    return read_table(files(__package__).joinpath("items.toml").read_text(), Items)
