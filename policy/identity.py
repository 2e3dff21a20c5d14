"""Read the number of an identity document, or say what is wrong with it.

Normalisation is only this: white space around the number is dropped, and characters
nobody sees wherever they are; full-width letters and digits become ASCII, lower-case
letters become upper-case. Nothing else inside the number is removed or guessed.

The check character and the birth date of 18-character numbers are those of
GB 11643, for residents as for holders of the residence permits for Hong Kong,
Macao and Taiwan residents (81, 82, 83) and of the foreign permanent resident card
of 2023 (9). Passports have no form of their own and are never inferred: their
type must be stated. Fifteen-digit resident numbers are refused, not converted:
whoever holds a card today has eighteen characters on it.

No message and no ``repr`` here contains a whole number.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from types import MappingProxyType
from typing import NamedTuple

from policy import gb11643, normal_form
from policy.errors import PolicyError
from policy.text import Text

MAX_CHARACTERS = 32


class IdType(StrEnum):
    """The documents a holder may be known by."""

    RESIDENT_ID = "RESIDENT_ID"
    HK_MACAO_TAIWAN_RESIDENCE_PERMIT = "HK_MACAO_TAIWAN_RESIDENCE_PERMIT"
    FOREIGN_PERMANENT_RESIDENT_CARD = "FOREIGN_PERMANENT_RESIDENT_CARD"
    HOME_RETURN_PERMIT = "HOME_RETURN_PERMIT"
    TAIWAN_COMPATRIOT_PERMIT = "TAIWAN_COMPATRIOT_PERMIT"
    PASSPORT = "PASSPORT"

    __hash__ = str.__hash__
    """The text's own, in place of Enum's, which is a call."""


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
    """A fault of an identity number."""

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


# A tuple: a question looks its person up in tables some fifty times, and a tuple of
# texts is hashed and compared without a call of ours.
class Identity(NamedTuple):
    """One identity document, its number checked and in canonical spelling."""

    type: IdType
    number: str

    def __repr__(self) -> str:
        """Leave the number out: what is shown may be logged."""
        return f"Identity(type={self.type!r})"


# What an input method leaves behind: full-width letters and digits.
_FULL_WIDTH = {
    ord(character) + 0xFEE0: character
    for character in "0123456789" + ascii_uppercase + ascii_lowercase
}


@dataclass(frozen=True, slots=True)
class _Form:
    """The form of one type's numbers, for the computer and for people."""

    pattern: re.Pattern[str]
    lengths: frozenset[int]
    words: Text


def _form(pattern: str, lengths: Iterable[int], zh: str, en: str) -> _Form:
    return _Form(re.compile(pattern), frozenset(lengths), Text(zh, en))


_FORMS: Mapping[IdType, _Form] = MappingProxyType(
    {
        IdType.RESIDENT_ID: _form(
            r"[1-7][0-9]{16}[0-9X]", {18}, "18位", "18 characters"
        ),
        IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT: _form(
            r"8[123][0-9]{15}[0-9X]",
            {18},
            "以81、82或83开头的18位",
            "18 characters starting with 81, 82 or 83",
        ),
        IdType.FOREIGN_PERMANENT_RESIDENT_CARD: _form(
            r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}",
            {15, 18},
            "以9开头的18位，或3个字母加12位数字",
            "18 characters starting with 9, or 3 letters and 12 digits",
        ),
        IdType.HOME_RETURN_PERMIT: _form(
            r"[HM](?:[0-9]{8}|[0-9]{10})",
            {9, 11},
            "H或M加8位或10位数字",
            "H or M and 8 or 10 digits",
        ),
        IdType.TAIWAN_COMPATRIOT_PERMIT: _form(r"[0-9]{8}", {8}, "8位数字", "8 digits"),
        IdType.PASSPORT: _form(
            r"[A-Z0-9]{5,17}",
            range(5, 18),
            "5至17位字母或数字",
            "5 to 17 letters or digits",
        ),
    }
)
_INFERRED = tuple(type_ for type_ in IdType if type_ is not IdType.PASSPORT)
_OLD_RESIDENT = re.compile(r"[0-9]{15}")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")


def parse_identity(number: str, id_type: IdType | None = None) -> Identity:
    """Return the identity ``number`` stands for, inferring its type if not stated.

    A birth date in the future is not refused: there is no clock here.

    Raises:
        IdentityError: ``number`` cannot be one, or not of ``id_type``.
    """
    canonical = _canonical(number)
    type_ = _infer(canonical) if id_type is None else id_type
    if not _FORMS[type_].pattern.fullmatch(canonical):
        raise _misfit(canonical, type_)
    # A passport's pattern ends at 17 characters, so this is one of GB 11643.
    if len(canonical) == gb11643.LENGTH:
        _check_eighteen(canonical)
    return Identity(type_, canonical)


def mask(number: str) -> str:
    """Return ``number`` fit for display: at most its first three and last two."""
    front, back = (3, 2) if len(number) >= len("310000000000000") else (1, 1)
    hidden = len(number) - front - back
    if hidden <= 0:
        return "*" * len(number)
    return f"{number[:front]}{'*' * hidden}{number[-back:]}"


def _canonical(number: str) -> str:
    if len(number) > MAX_CHARACTERS:
        raise IdentityError(
            IdentityProblem.TOO_LONG,
            f"证件号码有{len(number)}个字符，最多{MAX_CHARACTERS}个",
            f"{len(number)} characters found, at most {MAX_CHARACTERS} allowed",
        )
    canonical = number.strip()
    if not canonical.isascii():
        canonical = normal_form.seen(canonical).translate(_FULL_WIDTH)
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
    fitting = _fitting(canonical)
    if fitting is not None:
        return fitting
    if _OLD_RESIDENT.fullmatch(canonical):
        raise _old_form()
    if _EIGHTEEN.fullmatch(canonical):
        raise IdentityError(
            IdentityProblem.UNKNOWN_TYPE,
            "18位号码应以1至7（居民身份证）、81至83（港澳台居民居住证）或9"
            "（外国人永久居留身份证）开头",
            "an 18-character number starts with 1 to 7 (resident), 81 to 83 "
            "(Hong Kong, Macao, Taiwan) or 9 (foreign permanent resident)",
        )
    if len(canonical) == gb11643.LENGTH:
        raise IdentityError(
            IdentityProblem.BAD_CHARACTERS,
            "18位号码的前17位应为数字，末位为数字或X",
            "the first 17 of 18 characters are digits, the last is a digit or X",
        )
    if canonical.removesuffix("X").isdigit():
        raise _bad_length(canonical, IdType.RESIDENT_ID)
    raise IdentityError(
        IdentityProblem.UNKNOWN_TYPE,
        f"{len(canonical)}位号码不属于可自动识别的证件，请注明证件类型（如护照）",
        f"{len(canonical)} characters fit no type that can be inferred, "
        "state the id type (a passport's must be stated)",
    )


def _fitting(canonical: str) -> IdType | None:
    for type_ in _INFERRED:
        if _FORMS[type_].pattern.fullmatch(canonical):
            return type_
    return None


def _misfit(canonical: str, stated: IdType) -> IdentityError:
    """Say why ``canonical`` is none of ``stated``: another's, too short, or odd."""
    form, name = _FORMS[stated], ID_TYPE_NAMES[stated]
    fitting = _fitting(canonical)
    if fitting is not None:
        other = ID_TYPE_NAMES[fitting]
        return IdentityError(
            IdentityProblem.WRONG_TYPE,
            f"号码不是{name.zh}的形式，而是{other.zh}的形式，请更正证件类型或号码",
            f"the number has the form of a {other.en}, not of a {name.en}: "
            f"state {fitting} or correct the number",
        )
    if stated is IdType.RESIDENT_ID and _OLD_RESIDENT.fullmatch(canonical):
        return _old_form()
    if len(canonical) not in form.lengths:
        return _bad_length(canonical, stated)
    return IdentityError(
        IdentityProblem.BAD_CHARACTERS,
        f"{name.zh}号码应为{form.words.zh}",
        f"a {name.en} has {form.words.en}",
    )


def _bad_length(canonical: str, type_: IdType) -> IdentityError:
    form, name = _FORMS[type_], ID_TYPE_NAMES[type_]
    return IdentityError(
        IdentityProblem.BAD_LENGTH,
        f"号码有{len(canonical)}位，{name.zh}号码应为{form.words.zh}",
        f"{len(canonical)} characters found, a {name.en} has {form.words.en}",
    )


def _old_form() -> IdentityError:
    return IdentityError(
        IdentityProblem.OLD_FORM,
        "15位居民身份证号码自2013年起停用，请使用18位号码",
        "15-digit resident numbers ended in 2013, use the 18 of the present card",
    )


def _check_eighteen(canonical: str) -> None:
    if not gb11643.has_birth_date(canonical):
        raise IdentityError(
            IdentityProblem.BAD_BIRTH_DATE,
            "号码第7至14位不是有效的出生日期，请核对",
            "characters 7 to 14 are no birth date, compare them with the document",
        )
    if gb11643.check_character(canonical[:-1]) != canonical[-1]:
        raise IdentityError(
            IdentityProblem.BAD_CHECK_CHARACTER,
            "号码末位校验码不符，请逐位核对",
            "the last character does not fit the others, compare them one by one "
            "with the document",
        )
