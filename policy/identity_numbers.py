"""Find and mask citizen identification numbers in texts, however they are written.

Three forms are found, in any digits there are, full-width ones too, and with whatever
characters nobody sees in between:

- eighteen characters in a row in the form of GB 11643. The check character is not
  computed: a number with one digit wrong still says nearly everything about a person.
  Nothing need stand around it: a special-operations number is "T" and the number;
- eighteen characters with marks or blanks between them (``310199-19600115-7008``).
  Dates, amounts and file numbers beside each other have as many digits, so here the
  check character and the birth date decide, and marks are alike or where fields meet;
- the fifteen digits of before 1999, which have no check character: the place has to
  lie in a province, and the birth date in the years whose holders still claim.

A file of the notice is from 2022 or later, and whoever holds a certificate was born
before: that keeps a district, a day and a serial number from being taken for a person.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate
from string import hexdigits

from policy.gb11643 import check_character, has_birth_date
from policy.identity import mask
from policy.normal_form import without_unseen

_BETWEEN = r"[\W_]{0,4}"
_FIFTEEN = rf"\d(?:{_BETWEEN}\d){{14}}"
_HAS_FIFTEEN, _HAS_FIFTEEN_ASCII = re.compile(_FIFTEEN), re.compile(_FIFTEEN, re.ASCII)
"""What a text without such a number nearly always lacks: one look, and it is done."""
_FIFTEEN_ZEROES = b"0" * 15
_ZEROES = bytes.maketrans(b"123456789", b"0" * 9)
_BETWEEN_ASCII = bytes(one for one in range(128) if not chr(one).isalnum())
"""For a look that is quicker by far: digits are alike, and nothing is between them."""
_IN_A_ROW = re.compile(
    r"[1-9](?=(\d{5}(?:1[89]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]))",
    re.ASCII,
)
_DAY = (
    rf"{_BETWEEN}(?:0{_BETWEEN}[1-9]|1{_BETWEEN}[0-2])"
    rf"{_BETWEEN}(?:[0-2]{_BETWEEN}\d|3{_BETWEEN}[01])"
)
"""Month and day: most of what is looked at ends there, and is never taken apart."""
_WITH_MARKS = re.compile(
    rf"[1-9](?<!\d\d)(?=((?:{_BETWEEN}\d){{5}}{_BETWEEN}(?:1{_BETWEEN}9|2{_BETWEEN}0)"
    rf"(?:{_BETWEEN}\d){{2}}{_DAY}(?:{_BETWEEN}\d){{3}}{_BETWEEN}[\dXx])(?!\d))"
)
_OF_BEFORE_1999 = re.compile(
    rf"[1-8](?<!\d\d)(?=((?:{_BETWEEN}\d){{5}}{_BETWEEN}[4-9]{_BETWEEN}\d{_DAY}"
    rf"(?:{_BETWEEN}\d){{3}})(?!\d))"
)
_MARKS = re.compile(r"[\W_]+")
_CLOCK = re.compile(r"(?<!\d)\d\d[:：]\d\d(?!\d)")
"""A time of the day: it stands beside days, and is part of nobody's number."""
_DIGEST = 32
"""The fewest characters of a digest or a random id in hexadecimals, which has fifteen
digits in a row now and then."""
_X = {0xFF38: "X", 0xFF58: "x", 0x2169: "X", 0x2179: "x"}
BORN = range(1900, 2022)
"""The years of birth in a number that has marks in it."""
BORN_BEFORE_1999 = range(1940, 2000)
"""The years of birth in a number of fifteen digits."""
PROVINCES = frozenset(
    {
        *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35"),
        *("36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54"),
        *("61", "62", "63", "64", "65", "71", "81", "82", "83"),
    }
)
"""How the codes of places begin."""
_FIELDS = frozenset({6, 8, 10, 12})
"""Where place, year, month, day and serial number meet in fifteen digits."""
_EIGHTEENS_FIELDS = frozenset({6, 10, 12, 14, 17})
"""Where these and the check character meet in eighteen."""


def without_identity_numbers(text: str) -> str:
    """Return ``text`` with everything like an identity number masked."""
    plain = _plain(text)
    if plain is None:
        return text
    places = _places(text)
    masked = list(text)
    for start, end in _found(plain):
        # Over what others have masked before: two numbers may share characters.
        for place, character in enumerate(mask(plain[start:end]), start):
            if character == "*":
                masked[places[place]] = character
    return "".join(masked)


def has_identity_number(text: str) -> bool:
    """Say whether something in ``text`` looks like an identity number."""
    plain = _plain(text)
    return plain is not None and any(True for _ in _found(plain))


def _places(text: str) -> Sequence[int]:
    """Return where in ``text`` the characters of ``_plain`` stand."""
    if text.isascii():
        return range(len(text))
    return [place for place, one in enumerate(text) if without_unseen(one)]


def _plain(text: str) -> str | None:
    """Return what is seen of ``text``, with each digit and X as ASCII has it.

    ``None`` if it has no fifteen digits beside each other.
    """
    if text.isascii():
        if _FIFTEEN_ZEROES not in text.encode().translate(_ZEROES, _BETWEEN_ASCII):
            return None
        return text if _HAS_FIFTEEN_ASCII.search(text) else None
    text = without_unseen(text)
    if _HAS_FIFTEEN.search(text) is None:
        return None
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in text.translate(_X)
    )


def _found(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where the numbers in ``plain`` begin and end."""
    for row in _IN_A_ROW.finditer(plain):
        yield row.start(), row.end(1)
    for spread in _WITH_MARKS.finditer(plain):
        start, end = spread.start(), spread.end(1)
        spelt = plain[start:end]
        is_one = _is_somebodys(_MARKS.sub("", spelt).upper()) and _is_taken_apart(spelt)
        if is_one and not _CLOCK.search(spelt):
            yield start, end
    for old in _OF_BEFORE_1999.finditer(plain):
        start, end = old.start(), old.end(1)
        spelt = plain[start:end]
        if _was_somebodys(_MARKS.split(spelt)) and not _is_in_digest(plain, start, end):
            yield start, end


def _is_somebodys(number: str) -> bool:
    """Say whether eighteen characters have a birth date and their check character."""
    return (
        int(number[6:10]) in BORN
        and has_birth_date(number)
        and check_character(number[:17]) == number[17]
    )


def _is_taken_apart(spelt: str) -> bool:
    """Say whether the marks in eighteen characters are those of one number.

    They are all the same, or stand where fields meet; of amounts and their sums, which
    have as many digits, they are neither.
    """
    groups = _MARKS.split(spelt)
    is_alike = len(set(_MARKS.findall(spelt))) <= 1
    return is_alike or _EIGHTEENS_FIELDS.issuperset(_cuts(groups))


def _is_in_digest(plain: str, start: int, end: int) -> bool:
    """Say whether digits that stand together are part of a longer hexadecimal."""
    before, after = plain[max(0, start - _DIGEST) : start], plain[end : end + _DIGEST]
    around = len(before) - len(before.rstrip(hexdigits))
    around += len(after) - len(after.lstrip(hexdigits))
    return plain[start:end].isdigit() and around + end - start >= _DIGEST


def _was_somebodys(groups: list[str]) -> bool:
    """Say whether fifteen digits, in groups as they are written, are of before 1999.

    Whoever takes a number apart does it where its fields meet, or evenly.
    """
    number = "".join(groups)
    born = f"{number[:6]}19{number[6:]}"
    return (
        number[:2] in PROVINCES
        and has_birth_date(born)
        and int(born[6:10]) in BORN_BEFORE_1999
        and (_FIELDS.issuperset(_cuts(groups)) or _is_even(groups))
    )


def _cuts(groups: list[str]) -> Iterator[int]:
    """Yield after how many digits each group but the last ends."""
    return accumulate(map(len, groups[:-1]))


def _is_even(groups: list[str]) -> bool:
    size = len(groups[0])
    return {size}.issuperset(map(len, groups[:-1])) and len(groups[-1]) <= size
