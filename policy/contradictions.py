"""Find what a certificate's record says against itself.

Each contradiction warns, and is counted against its agency (``connectors.quality``).
Which of two statements is wrong is not ours to guess, so a clause that needs one of
them is undetermined: the sets below say which warning touches what. A warning that
no set has touches no clause.

What is not stated contradicts nothing. A number is compared in the form in which it
is written in full: a special-operations number is "T" and the holder's identity
number, a qualification number has 16 digits (older ones of Shanghai 13), of which 1
and 2 are the year and digit 11 is the level. Numbers of another form are not read.
"""

import re
import unicodedata
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from policy.certificate import CertificateRecord
from policy.derived import once_a_record
from policy.identifiers import licence_id_warnings
from policy.level import Level
from policy.months import MONTHS_A_YEAR, add_months

VALID_MONTHS = 6 * MONTHS_A_YEAR
"""A special-operations licence is valid for six years (令第30号, public copy)."""
REVIEW_MONTHS = 3 * MONTHS_A_YEAR
"""It is reviewed every three, or with its end where a review was made or put off."""
_A_DAY = timedelta(days=1)
"""Six years may end on the day itself or on the one before."""


class RecordWarning(StrEnum):
    """A way in which a record contradicts itself, or the rule it was made by."""

    NUMBER_LEVEL = "NUMBER_LEVEL"
    NUMBER_YEAR = "NUMBER_YEAR"
    NUMBER_OF_ANOTHER_PERSON = "NUMBER_OF_ANOTHER_PERSON"
    FIRST_ISSUE_AFTER_ISSUE = "FIRST_ISSUE_AFTER_ISSUE"
    STATE_BEFORE_ISSUE = "STATE_BEFORE_ISSUE"
    REVIEW_BEFORE_ISSUE = "REVIEW_BEFORE_ISSUE"
    ENDS_BEFORE_START = "ENDS_BEFORE_START"
    VALIDITY_TOO_SHORT = "VALIDITY_TOO_SHORT"
    VALIDITY_TOO_LONG = "VALIDITY_TOO_LONG"
    REVIEW_OFF_RULE = "REVIEW_OFF_RULE"
    LICENCE_ID = "LICENCE_ID"
    EXAMINED_AFTER_ISSUE = "EXAMINED_AFTER_ISSUE"


ISSUE_IN_DOUBT = frozenset(
    {
        RecordWarning.NUMBER_YEAR,
        RecordWarning.FIRST_ISSUE_AFTER_ISSUE,
        RecordWarning.EXAMINED_AFTER_ISSUE,
    }
)
"""The day of issue is not certain: 219-1b, and 17-window where it counts."""
FIRST_ISSUE_IN_DOUBT = frozenset({RecordWarning.FIRST_ISSUE_AFTER_ISSUE})
"""Nor is the day of first issue: 219-n2, and 17-window where that counts."""
LEVEL_IN_DOUBT = frozenset({RecordWarning.NUMBER_LEVEL})
"""Nor the level: 219-1a, and what notice 17 has by level."""
HOLDER_IN_DOUBT = frozenset({RecordWarning.NUMBER_OF_ANOTHER_PERSON})
"""Nor the holder: 219-2c."""
VALIDITY_IN_DOUBT = frozenset(
    {
        RecordWarning.REVIEW_BEFORE_ISSUE,
        RecordWarning.ENDS_BEFORE_START,
        RecordWarning.VALIDITY_TOO_LONG,
    }
)
"""Nor how long it is valid: where a standing rests on that, it is unknown (219-3b). A
validity that is too short may have been cut at an age limit, and is believed."""

_LICENCE_NUMBER = re.compile(r"T([0-9]{17}[0-9X])[^0-9]?")
_QUALIFICATION_NUMBER = re.compile(r"[0-9]{13}|[0-9]{16}")
_FULL_DIGITS = 16
_LEVEL_DIGIT = 10
_SEPARATORS = re.compile(r"[\s.\-\u00ad\u200b-\u200f\u2060\ufeff]")


@once_a_record
def warnings_of(record: CertificateRecord) -> frozenset[RecordWarning]:
    """Return every contradiction of ``record``."""
    found = [*_in_number(record), *_in_days(record)]
    if record.level is Level.UNGRADED:
        found += _in_validity(record)
    if record.licence_id is not None and licence_id_warnings(record.licence_id):
        found.append(RecordWarning.LICENCE_ID)
    return frozenset(found)


def validity_warnings(record: CertificateRecord) -> frozenset[RecordWarning]:
    """Return those by which its days do not say how long ``record`` is valid."""
    return VALIDITY_IN_DOUBT & warnings_of(record)


class NumberSaid(NamedTuple):
    """What a certificate's number says beside being one."""

    is_holders: bool | None = None
    """Whether the identity number in it is the holder's; ``None`` if it has none."""
    grade: str | None = None
    """The digit of the level."""
    year: int | None = None
    """The last two digits of the year of issue."""


def said_by_number(record: CertificateRecord) -> NumberSaid:
    """Return what the number of ``record`` says, in itself and of its holder."""
    plain = _plain(record.number)
    licence = _LICENCE_NUMBER.match(plain)
    if licence is not None:
        return NumberSaid(is_holders=licence[1] == record.holder.number)
    if not _QUALIFICATION_NUMBER.fullmatch(plain):
        return NumberSaid()
    grade = plain.rjust(_FULL_DIGITS, "0")[_LEVEL_DIGIT]
    return NumberSaid(
        grade=grade, year=int(plain[:2]) if len(plain) == _FULL_DIGITS else None
    )


def _in_number(record: CertificateRecord) -> list[RecordWarning]:
    said = said_by_number(record)
    if said.is_holders is not None:
        return [] if said.is_holders else [RecordWarning.NUMBER_OF_ANOTHER_PERSON]
    if record.level is Level.UNGRADED:
        return []
    found = []
    is_graded = None not in (record.level, said.grade)
    if is_graded and record.level != f"LEVEL_{said.grade}":
        found.append(RecordWarning.NUMBER_LEVEL)
    issued = record.issued_on
    if said.year is not None and issued is not None:
        # A lost document is made again under its old number.
        first = record.first_issued_on or issued
        if said.year not in (issued.year % 100, first.year % 100):
            found.append(RecordWarning.NUMBER_YEAR)
    return found


def _plain(number: str) -> str:
    """Return a number without what stands between its characters, and in capitals."""
    if not (number.isascii() and number.isalnum()):
        number = _SEPARATORS.sub("", unicodedata.normalize("NFKC", number))
    return number.upper()


def _in_days(record: CertificateRecord) -> list[RecordWarning]:
    issued, until = record.issued_on, record.valid_until
    # A day that is not stated comes neither before nor after another.
    began = issued or date.min
    found = []
    if (record.first_issued_on or date.min) > (issued or date.max):
        found.append(RecordWarning.FIRST_ISSUE_AFTER_ISSUE)
    if (record.state_since or date.max) < began:
        found.append(RecordWarning.STATE_BEFORE_ISSUE)
    if (record.review_due_on or date.max) < began:
        found.append(RecordWarning.REVIEW_BEFORE_ISSUE)
    examined = None if record.examination is None else record.examination.held_on
    if (examined or date.min) > (issued or date.max):
        found.append(RecordWarning.EXAMINED_AFTER_ISSUE)
    if until is not None and until < max(began, record.valid_from or began):
        found.append(RecordWarning.ENDS_BEFORE_START)
    return found


def _in_validity(record: CertificateRecord) -> list[RecordWarning]:
    """Compare a licence's days with the rule: six years, a review every three."""
    start = record.valid_from or record.issued_on
    if start is None:
        return []
    found = []
    last, until = add_months(start, VALID_MONTHS), record.valid_until
    if until is not None:
        if _is_days_after(until, last):
            found.append(RecordWarning.VALIDITY_TOO_LONG)
        elif _is_days_after(last, until):
            found.append(RecordWarning.VALIDITY_TOO_SHORT)
    due, ends = record.review_due_on, until or last
    first_review = add_months(start, REVIEW_MONTHS)
    # Later than after three years only together with the end.
    is_late = due is not None and _is_days_after(due, first_review)
    if due is not None and is_late and abs(due - ends) > _A_DAY:
        found.append(RecordWarning.REVIEW_OFF_RULE)
    return found


def _is_days_after(one: date, other: date) -> bool:
    """Whether ``one`` is later than ``other`` by more than the one day allowed."""
    return one - other > _A_DAY
