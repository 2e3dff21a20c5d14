"""The citizen identification number of GB 11643: its check character and birth date.

Eighteen characters: six of place, eight of birth date, three of sequence, one
check character over the seventeen before it. The place is not looked up: the
residence permits for Hong Kong, Macao and Taiwan residents and the foreign
permanent resident card use the scheme with places no table lists.
"""

from datetime import date
from operator import mul

LENGTH = 18
EARLIEST_BIRTH_YEAR = 1800

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WEIGHT_OF_ZEROES = ord("0") * sum(_WEIGHTS)
_CHECK_CHARACTERS = "10X98765432"


def check_character(seventeen: str) -> str:
    """Return the check character of seventeen digits.

    Raises:
        ValueError: they are not seventeen, or not digits.
    """
    if len(seventeen) != len(_WEIGHTS) or not (
        seventeen.isascii() and seventeen.isdigit()
    ):
        raise ValueError("seventeen digits are needed")
    # Of the characters' own numbers, which are those of digits and a zero's each.
    total = sum(map(mul, seventeen.encode(), _WEIGHTS)) - _WEIGHT_OF_ZEROES
    return _CHECK_CHARACTERS[total % 11]


def has_birth_date(number: str) -> bool:
    """Whether characters 7 to 14 are a day since 1800; the future is not refused."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return born.year >= EARLIEST_BIRTH_YEAR
