"""Read a day in one of the formats that a manifest may name, and keep the reading."""

from datetime import date
from functools import lru_cache

KEPT_DAYS = 4096
"""The most days of one date format whose reading is kept; none of them is personal."""


# Raising, they keep nothing: only what is a day of the format is kept.
@lru_cache(KEPT_DAYS)
def _hyphened(stated: str) -> date:
    # fromisoformat would also take a week date of the same length.
    if len(stated) != len("YYYY-MM-DD") or stated[4] != "-" or stated[7] != "-":
        raise ValueError
    return date.fromisoformat(stated)


@lru_cache(KEPT_DAYS)
def _compact(stated: str) -> date:
    if len(stated) != len("YYYYMMDD") or not (stated.isascii() and stated.isdigit()):
        raise ValueError
    return date.fromisoformat(f"{stated[:4]}-{stated[4:6]}-{stated[6:]}")


@lru_cache(KEPT_DAYS)
def _slashed(stated: str) -> date:
    if len(stated) != len("YYYY/MM/DD") or stated[4] != "/" or stated[7] != "/":
        raise ValueError
    return date.fromisoformat(stated.replace("/", "-"))


DAYS = {"YYYY-MM-DD": _hyphened, "YYYYMMDD": _compact, "YYYY/MM/DD": _slashed}
