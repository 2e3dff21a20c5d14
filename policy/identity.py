"""Read the number of an identity document, or say what is wrong with it.

Normalisation is only this: white space around the number is dropped, full-width
letters and digits become ASCII, lower-case letters become upper-case. Nothing
inside the number is removed or guessed.

The check character and the birth date of 18-character numbers are those of
GB 11643. Residence permits for Hong Kong, Macao and Taiwan residents (81, 82,
83) and the foreign permanent resident card of 2023 (9) follow the same scheme,
so no table of birth places stands in their way. Passports have no form of their
own and are never inferred: their type must be stated.

No message and no ``repr`` here contains a whole number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from policy.errors import PolicyError
from policy.text import Text

MAX_CHARACTERS = 32
EARLIEST_BIRTH_YEAR = 1900


class IdType(StrEnum):
    """The documents a holder may be known by."""

    RESIDENT_ID = "RESIDENT_ID"
    HK_MACAO_TAIWAN_RESIDENCE_PERMIT = "HK_MACAO_TAIWAN_RESIDENCE_PERMIT"
    FOREIGN_PERMANENT_RESIDENT_CARD = "FOREIGN_PERMANENT_RESIDENT_CARD"
    HOME_RETURN_PERMIT = "HOME_RETURN_PERMIT"
    TAIWAN_COMPATRIOT_PERMIT = "TAIWAN_COMPATRIOT_PERMIT"
    PASSPORT = "PASSPORT"


ID_TYPE_NAMES: Mapping[IdType, Text] = MappingProxyType(
    {
        IdType.RESIDENT_ID: Text("居民身份证", "resident identity card"),
        IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT: Text(
            "港澳台居民居住证", "residence permit for Hong Kong, Macao or Taiwan"
        ),
        IdType.FOREIGN_PERMANENT_RESIDENT_CARD: Text(
            "外国人永久居留身份证", "foreign permanent resident card"
        ),
        IdType.HOME_RETURN_PERMIT: Text(
            "港澳居民来往内地通行证", "home return permit (Hong Kong, Macao)"
        ),
        IdType.TAIWAN_COMPATRIOT_PERMIT: Text(
            "台湾居民来往大陆通行证", "Taiwan compatriot permit"
        ),
        IdType.PASSPORT: Text("护照", "passport"),
    }
)


class IdentityProblem(StrEnum):
    """Why a number is nobody's."""

    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    BAD_CHARACTERS = "BAD_CHARACTERS"
    BAD_LENGTH = "BAD_LENGTH"
    # Fifteen digits: the resident number before 1999, out of use since 2013.
    OLD_FORM = "OLD_FORM"
    BAD_CHECK_CHARACTER = "BAD_CHECK_CHARACTER"
    BAD_BIRTH_DATE = "BAD_BIRTH_DATE"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    WRONG_TYPE = "WRONG_TYPE"


class IdentityError(PolicyError):
    """A number that cannot be an identity number, and what to do about it."""

    def __init__(self, problem: IdentityProblem, zh: str, en: str) -> None:
        self.problem = problem
        self.message = Text(zh, en)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Identity:
    """One identity document, its number checked and in canonical spelling."""

    type: IdType
    number: str = field(repr=False)


_FULL_WIDTH = {0xFF00 + code - 0x20: code for code in b"0123456789"} | {
    0xFF00 + code - 0x20: code
    for code in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
}
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FORMS: Mapping[IdType, tuple[re.Pattern[str], Text]] = MappingProxyType(
    {
        IdType.RESIDENT_ID: (
            re.compile(r"[1-7][0-9]{16}[0-9X]"),
            Text("18位", "18 characters"),
        ),
        IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT: (
            re.compile(r"8[123][0-9]{15}[0-9X]"),
            Text("以81、82或83开头的18位", "18 characters from 81, 82 or 83 on"),
        ),
        IdType.FOREIGN_PERMANENT_RESIDENT_CARD: (
            re.compile(r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}"),
            Text(
                "以9开头的18位，或3个字母加12位数字",
                "18 characters from 9 on, or 3 letters and 12 digits",
            ),
        ),
        IdType.HOME_RETURN_PERMIT: (
            re.compile(r"[HM](?:[0-9]{8}|[0-9]{10})"),
            Text("H或M加8位或10位数字", "H or M and 8 or 10 digits"),
        ),
        IdType.TAIWAN_COMPATRIOT_PERMIT: (
            re.compile(r"[0-9]{8}"),
            Text("8位数字", "8 digits"),
        ),
        IdType.PASSPORT: (
            re.compile(r"[A-Z0-9]{5,17}"),
            Text("5至17位字母或数字", "5 to 17 letters or digits"),
        ),
    }
)
_INFERRED = tuple(type_ for type_ in IdType if type_ is not IdType.PASSPORT)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_OLD_RESIDENT = re.compile(r"[0-9]{15}")
_EIGHTEEN_CHARACTERS = 18


def id_type_of(name: str) -> IdType:
    """Return the type called ``name``.

    Raises:
        IdentityError: there is none (UNKNOWN_TYPE).
    """
    try:
        return IdType(name)
    except ValueError:
        allowed = ", ".join(IdType)
        raise IdentityError(
            IdentityProblem.UNKNOWN_TYPE,
            f"证件类型未知，可用：{allowed}",
            f"unknown id type, allowed are {allowed}",
        ) from None


def parse_identity(number: str, id_type: IdType | None = None) -> Identity:
    """Return the identity ``number`` stands for, inferring its type if not stated.

    A birth date in the future is not refused: there is no clock here.

    Raises:
        IdentityError: ``number`` cannot be one, or not of ``id_type``.
    """
    canonical = _canonical(number)
    type_ = _infer(canonical) if id_type is None else id_type
    pattern, form = _FORMS[type_]
    if not pattern.fullmatch(canonical):
        raise _misfit(canonical, type_, form)
    if len(canonical) == _EIGHTEEN_CHARACTERS and type_ is not IdType.PASSPORT:
        _check_eighteen(canonical)
    return Identity(type_, canonical)


def mask(number: str) -> str:
    """Return ``number`` fit for display: at most its first three and last two."""
    front, back = (3, 2) if len(number) >= len("310000000000000") else (1, 1)
    hidden = len(number) - front - back
    if hidden <= 0:
        return "*" * len(number)
    return f"{number[:front]}{'*' * hidden}{number[-back:]}"


def check_character(seventeen: str) -> str:
    """Return the GB 11643 check character of seventeen digits."""
    total = sum(
        int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True)
    )
    return _CHECK_CHARACTERS[total % 11]


def _canonical(number: str) -> str:
    if len(number) > MAX_CHARACTERS:
        raise IdentityError(
            IdentityProblem.TOO_LONG,
            f"证件号码有{len(number)}个字符，最多{MAX_CHARACTERS}个",
            f"{len(number)} characters found, at most {MAX_CHARACTERS} allowed",
        )
    canonical = number.strip().translate(_FULL_WIDTH)
    if not canonical:
        raise IdentityError(
            IdentityProblem.EMPTY,
            "证件号码为空，请填写",
            "the number is empty, state one",
        )
    # isalnum alone would let other scripts' digits through.
    if not (canonical.isascii() and canonical.isalnum()):
        raise IdentityError(
            IdentityProblem.BAD_CHARACTERS,
            "证件号码只能由字母和数字组成，请去掉空格、连字符等",
            "only letters and digits are allowed, leave out spaces and hyphens",
        )
    return canonical.upper()


def _infer(canonical: str) -> IdType:
    for type_ in _INFERRED:
        if _FORMS[type_][0].fullmatch(canonical):
            return type_
    if _OLD_RESIDENT.fullmatch(canonical):
        raise _old_form()
    if len(canonical) == _EIGHTEEN_CHARACTERS:
        if _EIGHTEEN.fullmatch(canonical):
            raise IdentityError(
                IdentityProblem.UNKNOWN_TYPE,
                "18位号码应以1至7（居民身份证）、81至83（港澳台居民居住证）或9"
                "（外国人永久居留身份证）开头",
                "an 18-character number starts with 1 to 7 (resident), 81 to 83 "
                "(Hong Kong, Macao, Taiwan) or 9 (foreign permanent resident)",
            )
        raise IdentityError(
            IdentityProblem.BAD_CHARACTERS,
            "18位号码的前17位应为数字，末位为数字或X",
            "the first 17 of 18 characters are digits, the last is a digit or X",
        )
    if canonical.isdigit():
        raise _bad_length(canonical, _FORMS[IdType.RESIDENT_ID][1])
    raise IdentityError(
        IdentityProblem.UNKNOWN_TYPE,
        f"{len(canonical)}位号码不属于可自动识别的证件，请注明证件类型（如护照）",
        f"{len(canonical)} characters fit no type that can be inferred, "
        "state the id type (a passport's must be stated)",
    )


def _misfit(canonical: str, type_: IdType, form: Text) -> IdentityError:
    """Say why ``canonical`` is none of ``type_``: another's, too short, or odd."""
    name = ID_TYPE_NAMES[type_]
    for other in _INFERRED:
        if _FORMS[other][0].fullmatch(canonical):
            fitting = ID_TYPE_NAMES[other]
            return IdentityError(
                IdentityProblem.WRONG_TYPE,
                f"号码不是{name.zh}的形式，而是{fitting.zh}的形式，请更正证件类型",
                f"the number has the form of a {fitting.en}, not of a {name.en}: "
                f"state {other} or correct the number",
            )
    if type_ is IdType.RESIDENT_ID and _OLD_RESIDENT.fullmatch(canonical):
        return _old_form()
    if len(canonical) not in _LENGTHS[type_]:
        return _bad_length(canonical, form, name)
    return IdentityError(
        IdentityProblem.BAD_CHARACTERS,
        f"{name.zh}号码应为{form.zh}",
        f"a {name.en} has {form.en}",
    )


_LENGTHS: Mapping[IdType, frozenset[int]] = MappingProxyType(
    {
        IdType.RESIDENT_ID: frozenset({18}),
        IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT: frozenset({18}),
        IdType.FOREIGN_PERMANENT_RESIDENT_CARD: frozenset({15, 18}),
        IdType.HOME_RETURN_PERMIT: frozenset({9, 11}),
        IdType.TAIWAN_COMPATRIOT_PERMIT: frozenset({8}),
        IdType.PASSPORT: frozenset(range(5, 18)),
    }
)


def _bad_length(canonical: str, form: Text, name: Text | None = None) -> IdentityError:
    who = name or ID_TYPE_NAMES[IdType.RESIDENT_ID]
    return IdentityError(
        IdentityProblem.BAD_LENGTH,
        f"号码有{len(canonical)}位，{who.zh}号码应为{form.zh}",
        f"{len(canonical)} characters found, a {who.en} has {form.en}",
    )


def _old_form() -> IdentityError:
    return IdentityError(
        IdentityProblem.OLD_FORM,
        "15位居民身份证号码自2013年起停用，请使用18位号码",
        "15-digit resident numbers ended in 2013, use the 18 of the present card",
    )


def _check_eighteen(canonical: str) -> None:
    try:
        born = date(int(canonical[6:10]), int(canonical[10:12]), int(canonical[12:14]))
    except ValueError:
        born = date.min
    if born.year < EARLIEST_BIRTH_YEAR:
        raise IdentityError(
            IdentityProblem.BAD_BIRTH_DATE,
            "号码第7至14位不是有效的出生日期，请核对",
            "characters 7 to 14 are no birth date, compare them with the document",
        )
    if check_character(canonical[:17]) != canonical[17]:
        raise IdentityError(
            IdentityProblem.BAD_CHECK_CHARACTER,
            "号码末位校验码不符，请逐位核对",
            "the last character does not fit the others, compare them one by one "
            "with the document",
        )
