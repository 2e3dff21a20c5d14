"""Configuration files with something wrong, made from ones that are right."""

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

Table = dict[str, Any]

WORDS = st.sampled_from(
    (
        *("", "a", "..", "[0]", "a[::0]", "`1`", "join('.', [a, b])", "max_by(a, &b)"),
        *("*", "2026-01-01", "\x00", "\u202e", "http://a/", "file:///a", "EdDSA"),
    )
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | WORDS
    | st.dates()
    | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
    ),
    max_leaves=5,
)


def written(value: Any) -> str:
    """Return ``value`` in TOML, tables in line."""
    if isinstance(value, Mapping):
        members = ", ".join(f"{_text(k)} = {written(v)}" for k, v in value.items())
        return f"{{{members}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return repr(value)


def _text(value: str) -> str:
    escaped = json.dumps(value, ensure_ascii=True)
    # JSON writes what is beyond 16 bits as two halves; TOML knows no halves.
    return escaped if value.isascii() else f'"{"".join(map(_escape, value))}"'


def _escape(character: str) -> str:
    return f"\\U{ord(character):08x}"


@st.composite
def misshapen(draw: st.DrawFn, text: str) -> str:
    """Return ``text`` with up to three of its values, keys or lines changed."""
    if draw(st.booleans()):
        return draw(_misspelt(text))
    table = tomllib.loads(text)
    for _ in range(draw(st.integers(1, 3))):
        _change(draw, table)
    return "\n".join(f"{_text(key)} = {written(value)}" for key, value in table.items())


def _change(draw: st.DrawFn, table: Table) -> None:
    """Change something in ``table``, or deeper."""
    place: Any = table
    while True:
        if not place:
            return
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = draw(st.sampled_from(list(keys)))
        inner = place[key]
        if isinstance(inner, (dict, list)) and inner and draw(st.integers(0, 3)):
            place = inner
            continue
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                place[key] = draw(VALUES)
            case "remove":
                del place[key]
            case _ if isinstance(place, dict):
                place[draw(st.text(max_size=8))] = draw(VALUES)
            case _:
                place.append(draw(VALUES))
        return


@st.composite
def _misspelt(draw: st.DrawFn, text: str) -> str:
    """Return ``text`` with a piece of it replaced."""
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.integers(0, 40)))
    piece = draw(st.text(max_size=8) | st.sampled_from(["[[", "{" * 999, "9" * 5000]))
    return text[:start] + piece + text[end:]
