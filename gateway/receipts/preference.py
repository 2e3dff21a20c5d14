"""Read ``Prefer`` (RFC 7240): whether a client would like a receipt.

A preference is a wish: a header that cannot be read says none, and is never an error.
Preferences are separated by commas and their parameters by semicolons (RFC 7240, 2,
with erratum 4439); in a text in quotes, either separates nothing. Of a preference that
is stated several times the first counts, and an empty value is none.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

NAME = "receipt"
APPLIED: Mapping[str, str] = {"Preference-Applied": NAME}
MOST = 4_096
"""A longer header is not read."""

# Nothing is given back once it was taken, so that reading takes as long as the text.
_SPACE = r"[ \t]*+"
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"  # noqa: S105 - RFC 9110, 5.6.2
_QUOTED = r'"(?:[\t !\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t -\x7e\x80-\xff])*+"'
_SETTING = rf"(?>{_TOKEN}(?:{_SPACE}={_SPACE}(?:{_TOKEN}|{_QUOTED})?+)?+)"
_PREFERENCE = re.compile(
    rf"(?P<name>{_TOKEN})(?:{_SPACE}={_SPACE}(?P<value>{_TOKEN}|{_QUOTED})?+)?+"
    rf"(?:{_SPACE};{_SPACE}(?:{_SETTING})?+)*+{_SPACE}(?:,|\Z)"
)
_BETWEEN = re.compile(r"[ \t,]*+")
_NO_VALUE = (None, '""')


# Clients are few kinds of programs, and each sends the same header.
@lru_cache(maxsize=256)
def wants_receipt(prefer: str) -> bool:
    """Say whether ``Prefer`` has a receipt in it; lines are joined by commas."""
    return len(prefer) <= MOST and _preferences(prefer).get(NAME, "no") in _NO_VALUE


def _preferences(prefer: str) -> Mapping[str, str | None]:
    """Return the values of all preferences as they stand; none of what is malformed."""
    found: dict[str, str | None] = {}
    place = _skipped(prefer, 0)
    while place < len(prefer):
        preference = _PREFERENCE.match(prefer, place)
        if preference is None:
            return {}
        found.setdefault(preference["name"].lower(), preference["value"])
        place = _skipped(prefer, preference.end())
    return found


def _skipped(prefer: str, place: int) -> int:
    between = _BETWEEN.match(prefer, place)
    return place if between is None else between.end()
