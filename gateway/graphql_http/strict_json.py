"""Read JSON from outside so that it can be read in one way only.

What two parsers would read differently is refused: a key that occurs twice, NaN and
infinities, integers no double holds, half a surrogate pair, a byte order mark. What
could exhaust this one is, too: depth, and integers of thousands of digits. Messages
say where, and never repeat what was sent.
"""

import json
import math
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

MAX_DEPTH = 32
"""The most arrays and objects inside one another; our deepest input needs six."""

MAX_INTEGER = 2**53 - 1
"""The largest integer every JSON reader holds exactly (RFC 7493, 2.2)."""

_MAX_INTEGER_TEXT = len(str(-MAX_INTEGER))
_WHITE_SPACE = " \t\n\r"


class StrictJSONError(Exception):
    """The text is no JSON, or can be read in more than one way."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise StrictJSONError("a key occurs twice in an object")
    return members


def _integer(text: str) -> int:
    # The length comes first: Python itself refuses to convert 5,000 digits.
    if len(text) <= _MAX_INTEGER_TEXT:
        value = int(text)
        if -MAX_INTEGER <= value <= MAX_INTEGER:
            return value
    raise StrictJSONError(f"an integer is beyond {MAX_INTEGER}; send it as a string")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise StrictJSONError("a number is too large")
    return value


def _constant(name: str) -> NoReturn:
    raise StrictJSONError(f"{name} is no JSON")


_DECODER = JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)


def read_json(text: bytes) -> Json:
    """Parse ``text``.

    Raises:
        StrictJSONError: see the module.
    """
    try:
        characters = text.decode()
    except UnicodeDecodeError as error:
        raise StrictJSONError(f"byte {error.start} is not UTF-8") from None
    characters = characters.strip(_WHITE_SPACE)
    content: Json
    try:
        content, end = _DECODER.raw_decode(characters)
    except JSONDecodeError as error:
        raise StrictJSONError(f"no JSON at character {error.pos}") from None
    except RecursionError:
        raise _too_deep() from None
    if end != len(characters):
        raise StrictJSONError(f"{len(characters) - end} characters follow the JSON")
    _limit_depth(characters, content)
    # UTF-8 holds no surrogates, so only an escape can have brought one in.
    if "\\u" in characters:
        _refuse_lone_surrogates(content)
    return content


def _limit_depth(characters: str, content: Json) -> None:
    """Refuse what is nested too deep; most texts have too few brackets to be."""
    if characters.count("[") + characters.count("{") <= MAX_DEPTH:
        return
    level = [content]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    if level:
        raise _too_deep()


def _too_deep() -> StrictJSONError:
    return StrictJSONError(f"nested deeper than {MAX_DEPTH} arrays and objects")


def _refuse_lone_surrogates(content: Json) -> None:
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise StrictJSONError("an escape stands for half a character") from None
