"""What a number of a sheet is by its format: a number, a moment, or neither.

Formats 27 to 36 and 50 to 58 stand in no file: Excel has them built in for Chinese,
Japanese and Korean, and in each of these all are dates or times.
"""

import re
from enum import Enum, auto

_MOMENTS = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_ELAPSED = 46
_NO_CODE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""What a format shows as it stands, and its colours, conditions and locales."""
_COUNTS_TIME = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_MOMENT = re.compile(r"[ymdhs]", re.IGNORECASE)


class Format(Enum):
    """What a number with a format is."""

    NUMBER = auto()
    MOMENT = auto()
    ELAPSED = auto()
    """A span of time, which is no moment."""


def format_of(number: int, code: str | None) -> Format:
    """Return what the format with this number is; ``code`` if the file states one."""
    if code is None:
        if number == _ELAPSED:
            return Format.ELAPSED
        return Format.MOMENT if number in _MOMENTS else Format.NUMBER
    # Numbers above zero go by the first section.
    letters = _NO_CODE.sub("", code).split(";")[0]
    if _COUNTS_TIME.search(letters):
        return Format.ELAPSED
    return Format.MOMENT if _MOMENT.search(letters) else Format.NUMBER
