"""Identity numbers: every type accepted, every mistake named, none ever echoed."""

import pytest

from policy.gb11643 import check_character
from policy.identity import (
    Identity,
    IdentityError,
    IdentityProblem,
    IdType,
    mask,
    parse_identity,
)
from tests.policy.factories import is_said_twice

RESIDENT = IdType.RESIDENT_ID
PERMIT = IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT
FOREIGN = IdType.FOREIGN_PERMANENT_RESIDENT_CARD
HOME_RETURN = IdType.HOME_RETURN_PERMIT
TAIWAN = IdType.TAIWAN_COMPATRIOT_PERMIT
PASSPORT = IdType.PASSPORT
Problem = IdentityProblem


@pytest.mark.parametrize(
    ("number", "type_"),
    [
        pytest.param("310101199001010012", RESIDENT, id="resident of Shanghai"),
        pytest.param("11010519491231002X", RESIDENT, id="example of GB 11643, X"),
        pytest.param("440524188001010014", RESIDENT, id="example of GB 11643, 1880"),
        pytest.param("810000199001010019", PERMIT, id="Hong Kong"),
        pytest.param("820000199001010029", PERMIT, id="Macao"),
        pytest.param("830000199001010039", PERMIT, id="Taiwan"),
        pytest.param("911310199001010012", FOREIGN, id="foreign card of 2023"),
        pytest.param("USA310090010112", FOREIGN, id="foreign card of 2017"),
        pytest.param("H12345678", HOME_RETURN, id="home return, 8 digits"),
        pytest.param("M1234567801", HOME_RETURN, id="home return, 10 digits"),
        pytest.param("12345678", TAIWAN, id="Taiwan compatriot"),
    ],
)
def test_a_number_of_each_type_is_recognised(number: str, type_: IdType) -> None:
    assert parse_identity(number) == Identity(type_, number)


@pytest.mark.parametrize("number", ["E12345678", "H12345678", "AB1234567", "12345"])
def test_a_passport_is_accepted_when_its_type_is_stated(number: str) -> None:
    assert parse_identity(number, PASSPORT) == Identity(PASSPORT, number)


def test_a_passport_is_never_inferred() -> None:
    with pytest.raises(IdentityError) as refusal:
        parse_identity("E12345678")

    assert refusal.value.problem is Problem.UNKNOWN_TYPE


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("11010519491231002x", id="lower-case x"),
        pytest.param("  11010519491231002X\n", id="white space around"),
        pytest.param("\u300011010519491231002X", id="full-width space"),
        pytest.param("１１０１０５１９４９１２３１００２Ｘ", id="full-width"),
        pytest.param(
            "１１０１０５１９４９１２３１００２ｘ", id="full-width lower case"
        ),
    ],
)
def test_normalisation_gives_the_canonical_number(number: str) -> None:
    assert parse_identity(number) == Identity(RESIDENT, "11010519491231002X")


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        pytest.param("", Problem.EMPTY, id="empty"),
        pytest.param(" \t\u3000", Problem.EMPTY, id="white space only"),
        pytest.param("1" * 33, Problem.TOO_LONG, id="33 characters"),
        pytest.param("1" * 32, Problem.BAD_LENGTH, id="32 digits"),
        pytest.param("31010119900101001", Problem.BAD_LENGTH, id="17 digits"),
        pytest.param("1101051949123100X", Problem.BAD_LENGTH, id="17 with X"),
        pytest.param("3101011990010100123", Problem.BAD_LENGTH, id="19 digits"),
        pytest.param("310101 19900101 0012", Problem.BAD_CHARACTERS, id="spaces in it"),
        pytest.param("310101-19900101-0012", Problem.BAD_CHARACTERS, id="hyphens"),
        pytest.param("٣١٠١٠١١٩٩٠٠١٠١٠٠١٢", Problem.BAD_CHARACTERS, id="other digits"),
        pytest.param("²10101199001010012", Problem.BAD_CHARACTERS, id="superscript"),
        pytest.param("31010119900101001ſ", Problem.BAD_CHARACTERS, id="long s"),
        pytest.param("310101199001010012\0", Problem.BAD_CHARACTERS, id="NUL"),
        pytest.param("31010119900101O012", Problem.BAD_CHARACTERS, id="letter O"),
        pytest.param("X10101199001010012", Problem.BAD_CHARACTERS, id="X in front"),
        pytest.param("310101199001010011", Problem.BAD_CHECK_CHARACTER, id="check 1"),
        pytest.param("31010119900101001X", Problem.BAD_CHECK_CHARACTER, id="check X"),
        pytest.param("810000199001010018", Problem.BAD_CHECK_CHARACTER, id="81"),
        pytest.param("911310199001010011", Problem.BAD_CHECK_CHARACTER, id="foreign"),
        pytest.param("310101199002300011", Problem.BAD_BIRTH_DATE, id="30 February"),
        pytest.param("310101190002290019", Problem.BAD_BIRTH_DATE, id="1900 no leap"),
        pytest.param("310101179912310018", Problem.BAD_BIRTH_DATE, id="1799"),
        pytest.param("840000199001010014", Problem.UNKNOWN_TYPE, id="84"),
        pytest.param("010101199001010012", Problem.UNKNOWN_TYPE, id="0 in front"),
        pytest.param("310101900101001", Problem.OLD_FORM, id="15 digits"),
        pytest.param("H1234567", Problem.UNKNOWN_TYPE, id="home return, 7 digits"),
        pytest.param("1" * 12, Problem.BAD_LENGTH, id="12 digits"),
        pytest.param("H123456789", Problem.UNKNOWN_TYPE, id="home return, 9 digits"),
        pytest.param(
            "US3100900101121", Problem.UNKNOWN_TYPE, id="2 letters, 13 digits"
        ),
    ],
)
def test_a_mistake_is_named(number: str, problem: IdentityProblem) -> None:
    with pytest.raises(IdentityError) as refusal:
        parse_identity(number)

    assert refusal.value.problem is problem
    assert is_said_twice(refusal.value.message)
    assert str(refusal.value) == refusal.value.message.en


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("310101200002290015", id="leap day of 2000"),
        pytest.param("310101180001010012", id="first year allowed"),
    ],
)
def test_a_rare_birth_date_is_accepted(number: str) -> None:
    assert parse_identity(number).number == number


@pytest.mark.parametrize(
    ("number", "stated", "problem"),
    [
        pytest.param("810000199001010019", RESIDENT, Problem.WRONG_TYPE, id="81"),
        pytest.param("310101199001010012", PERMIT, Problem.WRONG_TYPE, id="resident"),
        pytest.param("310101199001010012", PASSPORT, Problem.WRONG_TYPE, id="passport"),
        pytest.param("12345678", RESIDENT, Problem.WRONG_TYPE, id="Taiwan"),
        pytest.param("310101900101001", RESIDENT, Problem.OLD_FORM, id="old resident"),
        pytest.param("1234567", TAIWAN, Problem.BAD_LENGTH, id="7 of 8"),
        pytest.param("1234567A", TAIWAN, Problem.BAD_CHARACTERS, id="letter in digits"),
        pytest.param("K12345678", HOME_RETURN, Problem.BAD_CHARACTERS, id="not H or M"),
        pytest.param("Eſ2345678", PASSPORT, Problem.BAD_CHARACTERS, id="long s"),
        pytest.param("E٣2345678", PASSPORT, Problem.BAD_CHARACTERS, id="other digit"),
        pytest.param("E123", PASSPORT, Problem.BAD_LENGTH, id="passport of 4"),
        pytest.param(
            "3101011990010100A2", RESIDENT, Problem.BAD_CHARACTERS, id="letter inside"
        ),
    ],
)
def test_a_number_must_be_of_the_stated_type(
    number: str, stated: IdType, problem: IdentityProblem
) -> None:
    with pytest.raises(IdentityError) as refusal:
        parse_identity(number, stated)

    assert refusal.value.problem is problem
    assert is_said_twice(refusal.value.message)
    assert str(refusal.value) == refusal.value.message.en


def test_a_wrong_type_names_the_type_the_number_fits() -> None:
    with pytest.raises(IdentityError) as refusal:
        parse_identity("810000199001010019", RESIDENT)

    assert "HK_MACAO_TAIWAN_RESIDENCE_PERMIT" in refusal.value.message.en


def test_an_old_number_says_what_to_use_instead() -> None:
    with pytest.raises(IdentityError) as refusal:
        parse_identity("310101900101001")

    assert (
        refusal.value.message.zh == "15位居民身份证号码自2013年起停用，请使用18位号码"
    )


@pytest.mark.parametrize(
    ("number", "stated"),
    [
        ("310101199001010011", None),
        ("310101199002300011", None),
        ("310101 19900101 0012", None),
        ("31010119900101001", None),
        ("310101900101001", None),
        ("810000199001010019", RESIDENT),
        ("1234567A", TAIWAN),
        ("E12345678", None),
        ("1" * 33, None),
    ],
)
def test_no_message_contains_the_number(number: str, stated: IdType | None) -> None:
    with pytest.raises(IdentityError) as refusal:
        parse_identity(number, stated)

    said = (str(refusal.value), refusal.value.message.zh, refusal.value.message.en)
    assert [words for words in said if number in words] == []


def test_an_identity_does_not_show_its_number() -> None:
    shown = repr(parse_identity("310101199001010012"))

    assert shown == f"Identity(type={IdType.RESIDENT_ID!r})"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("310101199001010012", "310*************12"),
        ("T310101199001010012", "T31**************12"),
        ("310101900101001", "310**********01"),
        ("31010190010100", "3************0"),
        ("H12345678", "H*******8"),
        ("ABC", "A*C"),
        ("AB", "**"),
        ("", ""),
    ],
)
def test_a_masked_number_keeps_its_length_and_few_characters(
    number: str, shown: str
) -> None:
    assert mask(number) == shown


@pytest.mark.parametrize(
    "seventeen",
    [
        pytest.param("1101051949123100", id="too few"),
        pytest.param("110105194912310021", id="too many"),
        pytest.param("1101051949123100X", id="a letter"),
        pytest.param("１1010519491231002", id="a full-width digit"),
    ],
)
def test_a_check_character_is_of_seventeen_digits(seventeen: str) -> None:
    with pytest.raises(ValueError, match="seventeen digits"):
        check_character(seventeen)
