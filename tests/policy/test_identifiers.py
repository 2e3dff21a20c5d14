"""Numbers that name no person: odd ones are warned about, none is refused."""

from datetime import date

import pytest

from policy.identifiers import (
    licence_id_warnings,
    mod_37_36,
    qualification_number_warnings,
    social_credit_code_warnings,
)
from policy.level import Level
from tests.policy.factories import is_said_twice


@pytest.mark.parametrize("code", ["91350100M000100Y43", "11310000002419000K"])
def test_a_fitting_social_credit_code_gives_no_warning(code: str) -> None:
    assert social_credit_code_warnings(code) == ()


@pytest.mark.parametrize(
    ("code", "warning"),
    [
        pytest.param("11310000002419000L", "check character", id="check character"),
        pytest.param("11310000002419000", "18 digits", id="17 characters"),
        pytest.param("1131000000241900OK", "18 digits", id="letter O"),
        pytest.param("", "18 digits", id="empty"),
    ],
)
def test_an_odd_social_credit_code_gives_one_warning(code: str, warning: str) -> None:
    (found,) = social_credit_code_warnings(code)

    assert warning in found.en
    assert is_said_twice(found)


def test_the_check_character_is_that_of_a_published_example() -> None:
    # The example of IFPI's GRid standard: A1-2425G-ABC1234002-M.
    assert mod_37_36("A12425GABC1234002") == "M"


LICENCE = "1.2.156.3005.2.11100000000013338W011.11310000000000000X.000000001.001."


def test_a_fitting_licence_id_gives_no_warning() -> None:
    assert licence_id_warnings(LICENCE + "6") == ()


@pytest.mark.parametrize(
    ("licence_id", "warning"),
    [
        pytest.param(LICENCE + "7", "check character", id="check character"),
        pytest.param(
            LICENCE.replace("000000001", "000000002") + "6",
            "check character",
            id="changed serial",
        ),
        pytest.param(LICENCE[:-1], "<check>", id="no check character"),
        pytest.param(LICENCE, "<check>", id="empty check character"),
        pytest.param("2" + LICENCE[1:] + "6", "<check>", id="other prefix"),
        pytest.param(
            LICENCE.replace("W", "w") + "6", "capital letters", id="lower case"
        ),
    ],
)
def test_an_odd_licence_id_gives_one_warning(licence_id: str, warning: str) -> None:
    (found,) = licence_id_warnings(licence_id)

    assert warning in found.en
    assert is_said_twice(found)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("2409000000300001", id="16 digits"),
        pytest.param("9000000300001", id="13 digits, no year compared"),
    ],
)
def test_a_fitting_qualification_number_gives_no_warning(number: str) -> None:
    found = qualification_number_warnings(
        number, level=Level.LEVEL_3, issued_on=date(2024, 6, 1)
    )

    assert found == ()


@pytest.mark.parametrize(
    ("number", "warnings"),
    [
        pytest.param(
            "2309000000300001",
            ["digits 1 and 2 are 23, the year of issue is 2024"],
            id="year",
        ),
        pytest.param(
            "2409000000400001",
            ["digit 11 is 4, the stated level is LEVEL_3"],
            id="level",
        ),
        pytest.param(
            "9000000400001",
            ["digit 11 is 4, the stated level is LEVEL_3"],
            id="level of 13 digits",
        ),
        pytest.param(
            "2309000000900001",
            [
                "digits 1 and 2 are 23, the year of issue is 2024",
                "digit 11 is 9, the stated level is LEVEL_3",
            ],
            id="both",
        ),
        pytest.param(
            "24090000003000012",
            ["a qualification number has 16 digits (older ones of Shanghai 13)"],
            id="17 digits",
        ),
        pytest.param(
            "T310101199001010",
            ["a qualification number has 16 digits (older ones of Shanghai 13)"],
            id="a letter",
        ),
    ],
)
def test_an_odd_qualification_number_gives_each_warning(
    number: str, warnings: list[str]
) -> None:
    found = qualification_number_warnings(
        number, level=Level.LEVEL_3, issued_on=date(2024, 6, 1)
    )

    assert [warning.en for warning in found] == warnings
    assert all(map(is_said_twice, found))


def test_a_number_is_not_compared_with_what_is_not_stated() -> None:
    found = qualification_number_warnings(
        "2309000000900001", level=None, issued_on=None
    )

    assert found == ()
