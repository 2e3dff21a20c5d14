"""Cross-check the numbers on a certificate that name no person.

All of these warn and refuse nothing: some lawful old numbers fail their own
check character, and a clause that counts has better evidence than a number's
form. An empty tuple means that nothing is odd.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from policy.level import Level
from policy.text import Text

# GB 32100: digits and letters without I, O, S, V, Z.
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_LENGTH = 18
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NEXT: Mapping[int, Mapping[str, int]] = {
    product: {
        character: ((product + value) % 36 or 36) * 2 % 37
        for value, character in enumerate(_BASE_36)
    }
    for product in range(1, 37)
}
"""ISO 7064 MOD 37,36: the product after a character, by the one before it."""
_LICENCE_PREFIX = ("1", "2", "156", "3005", "2")
_LICENCE_PARTS = 5
_QUALIFICATION_LENGTH = 16
_OLD_QUALIFICATION_LENGTH = 13


def social_credit_code_warnings(code: str) -> tuple[Text, ...]:
    """Say what is odd about a unified social credit code (GB 32100)."""
    if len(code) != _CREDIT_LENGTH or not set(code) <= set(_CREDIT_CHARACTERS):
        return (
            Text(
                "统一社会信用代码应为18位，由数字和I、O、S、V、Z以外的大写字母组成",
                "a social credit code has 18 digits or capital letters "
                "other than I, O, S, V, Z",
            ),
        )
    total = sum(
        _CREDIT_CHARACTERS.index(character) * pow(3, place, 31)
        for place, character in enumerate(code[:-1])
    )
    if _CREDIT_CHARACTERS[-total % 31] == code[-1]:
        return ()
    return (
        Text(
            "统一社会信用代码校验码不符（部分早期代码如此，请核对）",
            "the check character does not fit, which some lawful old codes share: "
            "compare it with the register",
        ),
    )


class LicenceIdProblem(StrEnum):
    """What is odd about an electronic licence id."""

    BAD_FORM = "BAD_FORM"
    BAD_CHARACTERS = "BAD_CHARACTERS"
    BAD_CHECK_CHARACTER = "BAD_CHECK_CHARACTER"


LICENCE_ID_PROBLEMS: Mapping[LicenceIdProblem, Text] = MappingProxyType(
    {
        LicenceIdProblem.BAD_FORM: Text(
            "电子证照标识应为1.2.156.3005.2.类型.颁发者.流水号.版本.校验位",
            "an electronic licence id is "
            "1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>",
        ),
        LicenceIdProblem.BAD_CHARACTERS: Text(
            "电子证照标识只能含数字和大写字母",
            "an electronic licence id has digits and capital letters only",
        ),
        LicenceIdProblem.BAD_CHECK_CHARACTER: Text(
            "电子证照标识校验位不符",
            "the check character of the electronic licence id does not fit",
        ),
    }
)


def licence_id_problem(licence_id: str) -> LicenceIdProblem | None:
    """Return what is odd about an electronic licence id; ``None`` if nothing is.

    Its form is ``1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>``; the
    check character is ISO 7064 MOD 37,36 over the four parts without dots.
    """
    parts = tuple(licence_id.split("."))
    prefix, rest = parts[: len(_LICENCE_PREFIX)], parts[len(_LICENCE_PREFIX) :]
    if prefix != _LICENCE_PREFIX or len(rest) != _LICENCE_PARTS or "" in rest:
        return LicenceIdProblem.BAD_FORM
    checked = "".join(rest[:-1])
    if not set(checked) <= set(_BASE_36):
        return LicenceIdProblem.BAD_CHARACTERS
    if mod_37_36(checked) != rest[-1]:
        return LicenceIdProblem.BAD_CHECK_CHARACTER
    return None


def licence_id_warnings(licence_id: str) -> tuple[Text, ...]:
    """Say in words what is odd about an electronic licence id."""
    problem = licence_id_problem(licence_id)
    return () if problem is None else (LICENCE_ID_PROBLEMS[problem],)


def mod_37_36(characters: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of digits and capitals."""
    product = 36
    for character in characters:
        product = _NEXT[product][character]
    return _BASE_36[(1 - product) % 36]


def qualification_number_warnings(
    number: str, *, level: Level | None, issued_on: date | None
) -> tuple[Text, ...]:
    """Compare a 16-digit qualification number with the stated level and date.

    Digits 1 and 2 are the year of issue, digit 11 is the level. Older Shanghai
    numbers have 13 digits and are read as if "000" stood before them; those
    zeros are no year, so it is not compared.
    """
    is_old = len(number) == _OLD_QUALIFICATION_LENGTH
    digits = number.rjust(_QUALIFICATION_LENGTH, "0") if is_old else number
    is_number = digits.isascii() and digits.isdigit()
    if len(digits) != _QUALIFICATION_LENGTH or not is_number:
        return (
            Text(
                "职业资格证书编号应为16位数字（上海早期为13位）",
                "a qualification number has 16 digits (older ones of Shanghai 13)",
            ),
        )
    warnings = []
    year, grade = digits[:2], digits[10]
    if issued_on is not None and not is_old and year != f"{issued_on.year % 100:02}":
        warnings.append(
            Text(
                f"编号第1至2位为{year}，与发证年份{issued_on.year}不符",
                f"digits 1 and 2 are {year}, the year of issue is {issued_on.year}",
            )
        )
    if level is not None and f"LEVEL_{grade}" != level:
        warnings.append(
            Text(
                f"编号第11位为{grade}，与所述等级不符",
                f"digit 11 is {grade}, the stated level is {level}",
            )
        )
    return tuple(warnings)
