"""Read a TOML table into a typed value, and refuse what it does not know.

An ignored misspelling is a setting that silently does nothing, so an unknown key
is refused with its place and the nearest key that exists.
"""

import difflib
import tomllib
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

MARK = "\ufeff"
"""The byte order mark, with which editors on Windows begin a file."""
T = TypeVar("T", bound=msgspec.Struct)


class TableError(Exception):
    """The text is no TOML, or not the table that was expected."""


def read_table(text: str, struct: type[T]) -> T:
    """Parse ``text`` as TOML into ``struct``.

    Raises:
        TableError: not TOML, an unknown key, a missing key or a wrong type; the
            message says where and what is allowed.
    """
    try:
        table = tomllib.loads(text.removeprefix(MARK))
    except ValueError as error:
        # A TOMLDecodeError, or an integer of more digits than Python converts.
        raise TableError(f"not TOML: {error}") from None
    except RecursionError:
        raise TableError("not TOML of this shape: nested too deeply") from None
    _refuse_unknown_keys(table, struct, "")
    try:
        return msgspec.convert(table, struct)
    except msgspec.ValidationError as error:
        raise TableError(str(error)) from None


def _refuse_unknown_keys(table: dict[str, Any], struct: type, place: str) -> None:
    """Walk ``table`` beside the fields of ``struct``; open mappings are not walked."""
    hints = get_type_hints(struct)
    for key, value in table.items():
        if key not in hints:
            near = difflib.get_close_matches(key, hints, n=1, cutoff=0)
            raise TableError(
                f"unknown key {place + key!r}; the nearest known one is "
                f"{place + near[0]!r}"
            )
        for inner in _structs_in(hints[key]):
            if isinstance(value, dict):
                _refuse_unknown_keys(value, inner, f"{place}{key}.")
            elif isinstance(value, list):
                for element in value:
                    if isinstance(element, dict):
                        _refuse_unknown_keys(element, inner, f"{place}{key}.")


def _structs_in(hint: object) -> list[type[msgspec.Struct]]:
    """Return the struct types a type hint mentions."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [struct for part in get_args(hint) for struct in _structs_in(part)]
