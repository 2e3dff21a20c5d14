"""A moment is a day where it is midnight, give or take a minute; else it is none.

Programs turn a day into its midnight, and some lose 43 seconds on the way: so much was
Shanghai's time ahead before 1901. What is at noon is the day of something else. Zones
are not converted; one that is not UTC or China's own is refused.
"""

import re
from datetime import date, timedelta

from policy import normal_form

_DAY_SECONDS = 86_400
_MARGIN_SECONDS = 60
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})"
    r"|\.([0-9]{1,2})\.([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日"
    r"|([0-9]{2})([0-9]{2}))"
)
_TIME = re.compile(
    r"(?P<day>.+?)(?:\s*T|\s|(?<=日))\s*(?P<h>[0-9]{1,2}):(?P<m>[0-5][0-9])"
    r"(?::(?P<s>[0-5][0-9])(?:\.[0-9]{1,9})?)?(?:Z|\+00:?00|\+08:?00)?",
    re.IGNORECASE,
)
_WITHOUT_MARKS = re.compile(r"([0-9]{8})([0-9]{2})([0-9]{2})([0-9]{2})")
_LAST_HOUR = 23


def day_written(text: str) -> date | None:
    """Return the day that is written, alone or with its midnight."""
    # White space stays between a day and its time: without it 1 0:00 is 10:00.
    words = " ".join(map(normal_form.day, normal_form.seen(text).split()))
    if without_marks := _WITHOUT_MARKS.fullmatch(words):
        words = without_marks.expand(r"\1 \2:\3:\4")
    found = _TIME.fullmatch(words)
    if found is None:
        return _day(words)
    hours = int(found["h"])
    seconds = hours * 3_600 + int(found["m"]) * 60 + int(found["s"] or 0)
    day = _day(found["day"])
    if day is None or hours > _LAST_HOUR:
        return None
    return day_counted(seconds / _DAY_SECONDS, day)


def day_counted(days: float, epoch: date) -> date | None:
    """Return the day that is so many days after ``epoch``."""
    whole = round(days)
    if round(abs(days - whole) * _DAY_SECONDS) > _MARGIN_SECONDS:
        return None
    try:
        return epoch + timedelta(days=whole)
    except OverflowError:
        return None


def _day(words: str) -> date | None:
    found = _DATE.fullmatch(normal_form.day(words))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None
