"""Read signed JSON so that it can be read in one way only.

Parsers disagree on duplicate keys, on numbers beyond 2^53-1, on floats and on lone
surrogates; each disagreement lets two readers see two records under one signature.
What could be read twice is refused (the numbers: RFC 7493, I-JSON). Strings are not
normalised: the bytes stay what was signed.

There are two readers. ``_read`` is the authority and makes every refusal. ``_prove``
reads what honest signers write, several times as quickly, and returns it only with a
proof that the authority would return the same; in any doubt it returns nothing.
``tests/signing/test_two_readers.py`` holds that.

What is no signed record may hold fractions: ``read_by`` is the authority with another
idea of a number, and refuses all else alike (``gateway.graphql_http.strict_json``).
"""

import json
from collections.abc import Callable
from itertools import compress
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn, TypeAlias

import orjson

from signing.errors import Check, Refusal, SigningError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

MAX_DEPTH = 32
"""The most arrays and objects inside one another; a certificate needs four."""

MAX_INTEGER = 2**53 - 1
"""The largest integer every JSON reader holds exactly (RFC 7493 section 2.2)."""

_MAX_INTEGER_TEXT = len(str(-MAX_INTEGER))
_WHITE_SPACE = " \t\n\r"


class RefusedJSONError(Exception):
    """The text is no JSON, or can be read in more than one way."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        super().__init__(detail)
        self.refusal = refusal
        self.detail = detail


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object. The key is not named in the refusal: it may be personal data."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RefusedJSONError(Refusal.DUPLICATE_KEY, "a key occurs twice in an object")
    return members


def _integer(text: str) -> int:
    # The length comes first: Python itself refuses to convert 5,000 digits, with
    # another exception.
    if len(text) <= _MAX_INTEGER_TEXT:
        value = int(text)
        if -MAX_INTEGER <= value <= MAX_INTEGER:
            return value
    raise RefusedJSONError(
        Refusal.INTEGER_TOO_LARGE, f"an integer is beyond {MAX_INTEGER}"
    )


def _float(_text: str) -> NoReturn:
    raise RefusedJSONError(Refusal.FLOAT, "a number has a fraction or an exponent")


def _constant(name: str) -> NoReturn:
    raise RefusedJSONError(Refusal.INVALID_JSON, f"{name} is no JSON")


def strict_decoder(read_fraction: Callable[[str], float]) -> JSONDecoder:
    """Return what refuses all it meets that can be read in two ways.

    ``read_fraction`` reads a number with a fraction or an exponent, or refuses it.
    """
    return JSONDecoder(
        object_pairs_hook=_object,
        parse_int=_integer,
        parse_float=read_fraction,
        parse_constant=_constant,
    )


_DECODER = strict_decoder(_float)


def read(text: bytes, check: Check, key_id: str | None = None) -> Json:
    """Parse ``text``; a refusal is reported as one of ``check``.

    Raises:
        SigningError: not UTF-8, not JSON, followed by other bytes, nested deeper
            than ``MAX_DEPTH``, or holding what readers read differently.
    """
    proved = _prove(text)
    if proved is not None:
        return proved
    try:
        return _read(text)
    except RefusedJSONError as error:
        raise SigningError(check, error.refusal, error.detail, key_id) from None


def read_again(text: bytes, check: Check, key_id: str | None = None) -> Json:
    """Parse what ``read`` returned something for before.

    Nothing is in it that could be read in two ways, so any reader will do.

    Raises:
        SigningError: it was not read before.
    """
    try:
        content: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return read(text, check, key_id)
    return content


def _prove(text: bytes) -> Json:
    """Return what ``text`` says if that is beyond doubt, and ``None`` if it is not.

    Without an escape every string has two quotation marks and no more. If all strings
    that were read, keys and values, account for all marks of the text, then none was
    dropped, so no key occurred twice. A fraction or an exponent, and an integer of
    more than 64 bits, is read as a float.
    """
    if b"\\" in text:
        return None
    try:
        content: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return content if 2 * _strings(content) == text.count(b'"') else None


_DOUBT = -1
_LOOKED_AT = frozenset({dict, list, int, float})
"""All that orjson returns but texts, ``true``, ``false`` and ``null``."""


def _strings(content: Json) -> int:
    """Count keys and texts; ``_DOUBT`` if there is a number or a depth to refuse."""
    strings = 0
    is_container = type(content) is dict or type(content) is list
    level: list[Any] = [content if is_container else [content]]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for container in level:
            values = container
            if type(container) is dict:
                strings += len(container)
                values = container.values()
            kinds = list(map(type, values))
            strings += kinds.count(str)
            for value in compress(values, map(_LOOKED_AT.__contains__, kinds)):
                if type(value) is dict or type(value) is list:
                    below.append(value)
                elif not _is_exact(value):
                    return _DOUBT
        if not below:
            return strings
        level = below
    return _DOUBT


def _is_exact(value: float) -> bool:
    """Say whether every reader reads the number ``value`` alike."""
    return type(value) is not float and -MAX_INTEGER <= value <= MAX_INTEGER


def _read(text: bytes) -> Json:
    content: Json = read_by(_DECODER, text)
    return content


def read_by(decoder: JSONDecoder, text: bytes) -> Any:  # noqa: ANN401 - as it decodes
    """Parse ``text`` by a ``strict_decoder``.

    Raises:
        RefusedJSONError: see ``read``.
    """
    try:
        characters = text.decode()
    except UnicodeDecodeError as error:
        raise RefusedJSONError(
            Refusal.INVALID_UTF8, f"byte {error.start} is not UTF-8"
        ) from None
    start = len(characters) - len(characters.lstrip(_WHITE_SPACE))
    try:
        content, end = decoder.raw_decode(characters, start)
    except JSONDecodeError as error:
        raise RefusedJSONError(
            Refusal.INVALID_JSON, f"no JSON at character {error.pos}"
        ) from None
    except RecursionError:
        raise _too_deep() from None
    if end != len(characters) and (rest := characters[end:].rstrip(_WHITE_SPACE)):
        raise RefusedJSONError(
            Refusal.TRAILING_BYTES, f"{len(rest)} characters follow the JSON"
        )
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


def _too_deep() -> RefusedJSONError:
    return RefusedJSONError(
        Refusal.TOO_DEEP, f"nested deeper than {MAX_DEPTH} arrays and objects"
    )


def _refuse_lone_surrogates(content: Json) -> None:
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise RefusedJSONError(
            Refusal.LONE_SURROGATE, "an escape stands for half a character"
        ) from None
