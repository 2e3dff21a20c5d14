"""Read a TOML table into a typed value, and refuse what it does not know.

An ignored misspelling is a setting that silently does nothing, so an unknown key
is refused with its place and the nearest key that exists.

``tomllib`` takes the square of a key's parts in time and memory: ten kilobytes of one
dotted key are seconds. Manifests and plans come from strangers, so ``_require_bounds``
counts what a text would cost before the parser sees it; it reads every character once.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

MARK = "\ufeff"
"""The byte order mark, with which editors on Windows begin a file."""
MAX_PARTS = 8
"""The most parts of a key; the longest that anybody knows has four."""
MAX_DEPTH = 16
"""The most arrays and tables in line inside one another."""
MAX_MARKS = 5_000
"""The most keys, values and parts of keys; a manifest has some hundred."""
MAX_NAME = 60
"""The characters of an unknown key that are compared and repeated."""
STRUCTS = 200
"""How many kinds of table are known with their fields; there are some sixty."""
_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\.|""?(?!"))*+"{3,5}+|"(?:[^"\\\n]++|\\[^\n])*+"'
    r"|'''(?:[^']++|''?(?!'))*+'{3,5}+|'[^'\n]*+'"
    r"|(?:[ \t\r]*+(?:\#[^\n]*+)?+\n)++|\#[^\n]*+"
    r"|(?P<mark>[=,.\[\]{}])|(?P<unclosed>[\"'])|[^\"'\#\n=,.\[\]{}]++",
    re.DOTALL,
)
"""A text in quotation marks, ends of lines with comments, a mark, or words between.

Nothing in it is tried twice (``++``), so that it takes one way through any text.
"""
T = TypeVar("T", bound=msgspec.Struct)


class TableError(Exception):
    """The text is no TOML, or not the table that was expected."""


def read_table(text: str, struct: type[T]) -> T:
    """Parse ``text`` as TOML into ``struct``.

    Raises:
        TableError: not TOML, more of it than is read, an unknown key, a missing key
            or a wrong type; the message says where and what is allowed.
    """
    text = text.removeprefix(MARK)
    _require_bounds(text)
    try:
        table = tomllib.loads(text)
    except ValueError as error:
        # A TOMLDecodeError, or an integer of more digits than Python converts.
        raise TableError(f"not TOML: {error}") from None
    _refuse_unknown_keys(table, struct, "")
    try:
        return msgspec.convert(table, struct)
    except msgspec.ValidationError as error:
        raise TableError(str(error)) from None


def _require_bounds(text: str) -> None:
    """Refuse what the parser would take long for.

    Marks are counted outside of texts and comments. What is no TOML is the parser's to
    refuse, which reads no further than here: to the quotation mark that nothing closes.

    Raises:
        TableError: a key of too many parts, too deep, or too much of it.
    """
    marks = parts = depth = 0
    for token in _TOKEN.finditer(text):
        mark = token["mark"]
        if mark is None:
            if token["unclosed"] is not None:
                return
            if token[0][-1] == "\n":
                parts = 0
            continue
        marks += 1
        parts = parts + 1 if mark == "." else 0
        depth += (mark in "[{") - (mark in "]}")
        if parts >= MAX_PARTS:
            raise _refused(text, token, f"a key of more than {MAX_PARTS} parts")
        if depth > MAX_DEPTH:
            raise _refused(text, token, f"more than {MAX_DEPTH} inside one another")
        if marks > MAX_MARKS:
            raise _refused(text, token, f"more than {MAX_MARKS} keys and values")


def _refused(text: str, token: re.Match[str], why: str) -> TableError:
    line = text.count("\n", 0, token.start()) + 1
    return TableError(f"{why} (at line {line})")


def _refuse_unknown_keys(table: dict[str, Any], struct: type, place: str) -> None:
    """Walk ``table`` beside the fields of ``struct``; open mappings are not walked."""
    hints = _hints_of(struct)
    for key, value in table.items():
        if key not in hints:
            name = key[:MAX_NAME]
            near = difflib.get_close_matches(name, hints, n=1, cutoff=0)
            raise TableError(
                f"unknown key {place + name!r}; the nearest known one is "
                f"{place + near[0]!r}"
            )
        for inner in _structs_in(hints[key]):
            if isinstance(value, dict):
                for name, one in _tables_in(value, hints[key], key).items():
                    _refuse_unknown_keys(one, inner, f"{place}{name}.")
            elif isinstance(value, list):
                for element in value:
                    if isinstance(element, dict):
                        _refuse_unknown_keys(element, inner, f"{place}{key}.")


@lru_cache(maxsize=STRUCTS)
def _hints_of(struct: type) -> Mapping[str, Any]:
    """Return the fields of a struct, which are evaluated anew each time if asked."""
    return get_type_hints(struct)


def _tables_in(
    table: dict[str, Any], hint: object, key: str
) -> dict[str, dict[str, Any]]:
    """Return the tables of a struct by their places: one, or one for each name."""
    if get_origin(hint) is not dict:
        return {key: table}
    named = {f"{key}.{name}": one for name, one in table.items()}
    return {place: one for place, one in named.items() if isinstance(one, dict)}


def _structs_in(hint: object) -> list[type[msgspec.Struct]]:
    """Return the struct types a type hint mentions."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [struct for part in get_args(hint) for struct in _structs_in(part)]
