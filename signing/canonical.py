"""Write JSON in the one way that RFC 8785 has for it.

Whoever has the same content writes the same bytes, in whatever language, and so the
same digest. What came as bytes and is still there as bytes is not written anew
(``signing.envelope``): this is for content that each side has parsed, or not written
yet, such as the variables of a question.
"""

import re
from decimal import Decimal

import orjson

_FRACTION = re.compile(rb"[0-9][.eE]")
_LEAST, _MOST = -6, 21
"""Between these exponents ECMAScript writes a number in full (6.1.6.1.20)."""


def canonical(content: object) -> bytes:
    """Return ``content`` as RFC 8785 writes it.

    Integers beyond 2**53, half characters and numbers that are none are not looked for:
    ``strict_json`` refuses them where content comes from.
    """
    written = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    # orjson has another order of names beyond ASCII, and other ways with fractions;
    # what only looks as if there were any is written once more, and is the same.
    if written.isascii() and not _FRACTION.search(written):
        return written
    return _written(content).encode()


def _written(content: object) -> str:
    if isinstance(content, dict):
        members = sorted(content.items(), key=lambda member: _units(member[0]))
        inner = (f"{_written(name)}:{_written(value)}" for name, value in members)
        return f"{{{','.join(inner)}}}"
    if isinstance(content, list):
        return f"[{','.join(map(_written, content))}]"
    if isinstance(content, float):
        return _number(content)
    return orjson.dumps(content).decode()


def _units(name: str) -> bytes:
    """Return a name so that it is in order by UTF-16 (RFC 8785, 3.2.3)."""
    return name.encode("utf-16-be")


def _number(value: float) -> str:
    """Return a number as ECMAScript does (RFC 8785, 3.2.2.3)."""
    if value == 0:
        return "0"
    # The shortest digits that are read as the same number, as ECMAScript has them.
    shortest = Decimal(repr(value))
    point = shortest.adjusted() + 1
    digits = "".join(map(str, shortest.as_tuple().digits)).strip("0")
    sign = "-" if value < 0 else ""
    if _LEAST < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if 0 < point <= _MOST:
        whole, fraction = digits[:point].ljust(point, "0"), digits[point:]
        return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
    first, more = digits[0], digits[1:]
    return f"{sign}{first}{'.' if more else ''}{more}e{point - 1:+d}"
