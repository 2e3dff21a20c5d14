"""A statement is compared field by field, and the registry's silence is no mismatch."""

from dataclasses import replace
from datetime import date

import pytest

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord
from policy.level import Level
from policy.stated import (
    ClaimOutcome,
    Comparison,
    FieldOutcome,
    StatedCertificate,
    StatedField,
    compare,
    nearest,
    stated_items,
)
from tests.policy.factories import FIRE_MONITORING, LOW_VOLTAGE, RAIL_DRIVER

CATALOGUE = load_catalogue()
MATCH, MISMATCH, UNKNOWN, NOT_STATED = FieldOutcome
DRIVER = StatedCertificate(
    items=frozenset({"4-02-01-01"}),
    level=Level.LEVEL_3,
    issued_on=date(2024, 6, 1),
    number="2409000000300001",
    name="王小明",
)


def compared(stated: StatedCertificate, record: CertificateRecord) -> Comparison:
    found = compare(stated, record, CATALOGUE)
    assert found is not None
    return found


def apart(comparison: Comparison, outcome: FieldOutcome) -> list[StatedField]:
    """Return the fields with an outcome."""
    return [field for field, found in comparison.fields.items() if found is outcome]


def test_all_that_is_right_is_a_match() -> None:
    found = compared(DRIVER, RAIL_DRIVER)

    assert found.outcome is ClaimOutcome.MATCH
    assert apart(found, MATCH) == list(StatedField)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        pytest.param({"level": Level.LEVEL_4}, StatedField.LEVEL, id="level"),
        pytest.param(
            {"issued_on": date(2024, 6, 2)}, StatedField.ISSUED_ON, id="a day later"
        ),
        pytest.param({"number": "2409000000300002"}, StatedField.NUMBER, id="number"),
        pytest.param({"name": "王晓明"}, StatedField.NAME, id="a name of like sound"),
        pytest.param({"items": frozenset({"1.2"})}, StatedField.ITEM, id="item"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_else(
    wrong: dict[str, object], field: StatedField
) -> None:
    found = compared(replace(DRIVER, **wrong), RAIL_DRIVER)  # type: ignore[arg-type]  # test literals

    assert found.outcome is ClaimOutcome.MISMATCH
    assert apart(found, MISMATCH) == [field]


@pytest.mark.parametrize(
    ("left_out", "field"),
    [
        pytest.param({"level": None}, StatedField.LEVEL, id="level"),
        pytest.param({"issued_on": None}, StatedField.ISSUED_ON, id="day"),
        pytest.param({"number": None}, StatedField.NUMBER, id="number"),
        pytest.param({"name": None}, StatedField.NAME, id="name"),
    ],
)
def test_what_is_not_stated_is_not_compared(
    left_out: dict[str, None], field: StatedField
) -> None:
    found = compared(replace(DRIVER, **left_out), RAIL_DRIVER)  # type: ignore[arg-type]  # test literals

    assert found.outcome is ClaimOutcome.MATCH
    assert apart(found, NOT_STATED) == [field]


@pytest.mark.parametrize(
    ("silent", "field"),
    [
        pytest.param({"level": None}, StatedField.LEVEL, id="level"),
        pytest.param({"issued_on": None}, StatedField.ISSUED_ON, id="day"),
        pytest.param({"holder_name": None}, StatedField.NAME, id="name"),
        pytest.param({"title": "证书"}, StatedField.ITEM, id="a title nobody knows"),
    ],
)
def test_what_the_registry_does_not_say_is_not_known(
    silent: dict[str, object], field: StatedField
) -> None:
    found = compared(DRIVER, replace(RAIL_DRIVER, **silent))  # type: ignore[arg-type]  # test literals

    assert found.outcome is ClaimOutcome.UNKNOWN
    assert apart(found, UNKNOWN) == [field]


def test_a_mismatch_outweighs_what_is_not_known() -> None:
    silent = replace(RAIL_DRIVER, holder_name=None)

    found = compared(replace(DRIVER, level=Level.LEVEL_1), silent)

    assert found.outcome is ClaimOutcome.MISMATCH


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        pytest.param("２４０９000000300001", "2409000000300001", id="full width"),
        pytest.param(" 2409 0000 0030 0001", "2409000000300001", id="white space"),
        pytest.param("t310101199001010012", "T310101199001010012", id="lower case"),
        pytest.param("0912345678901", "0000912345678901", id="13 digits, old"),
    ],
)
def test_spellings_of_one_number_are_the_same(stated: str, said: str) -> None:
    found = compared(replace(DRIVER, number=stated), replace(RAIL_DRIVER, number=said))

    assert found.fields[StatedField.NUMBER] is MATCH


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        pytest.param("091234567890", "0000912345678901", id="12 digits"),
        pytest.param("T-2409000000300001", "T2409000000300001", id="a hyphen"),
    ],
)
def test_other_numbers_are_others(stated: str, said: str) -> None:
    found = compared(replace(DRIVER, number=stated), replace(RAIL_DRIVER, number=said))

    assert found.fields[StatedField.NUMBER] is MISMATCH


def test_names_are_compared_as_the_clause_does() -> None:
    record = replace(RAIL_DRIVER, holder_name="SMITH JOHN")

    same = compared(replace(DRIVER, name="Ｓmith  John"), record)
    other = compared(replace(DRIVER, name="John Smith"), record)

    assert same.fields[StatedField.NAME] is MATCH
    assert other.fields[StatedField.NAME] is MISMATCH


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        pytest.param("1.2", {"1.2"}, id="a code"),
        pytest.param(" １．２ ", {"1.2"}, id="a code in full width"),
        pytest.param("低压电工作业", {"1.2"}, id="a name"),
        pytest.param("消防设施监控操作", {"4-07-05-04.1"}, id="an alias"),
        pytest.param(
            "4-07-05-04", {"4-07-05-04.1", "4-07-05-04.2"}, id="a code that two share"
        ),
        pytest.param("压力焊作业", set(), id="a look-alike"),
        pytest.param("低压电工作", set(), id="cut off"),
        pytest.param("1.20", set(), id="no code"),
        pytest.param("", set(), id="nothing"),
    ],
)
def test_an_item_is_its_code_or_a_known_spelling(words: str, codes: set[str]) -> None:
    assert stated_items(words, CATALOGUE) == codes


def test_a_shared_code_is_right_for_either_direction() -> None:
    shared = replace(DRIVER, items=stated_items("4-07-05-04", CATALOGUE), level=None)

    assert compared(shared, FIRE_MONITORING).fields[StatedField.ITEM] is MATCH


def test_a_certificate_of_another_item_is_not_what_is_meant() -> None:
    stated = replace(DRIVER, number=None)

    assert compare(stated, LOW_VOLTAGE, CATALOGUE) is None


def test_a_number_that_all_licences_of_a_holder_share_names_none_of_them() -> None:
    stated = StatedCertificate(items=frozenset({"1.1"}), number=LOW_VOLTAGE.number)

    assert compare(stated, LOW_VOLTAGE, CATALOGUE) is None


def test_the_nearest_has_the_fewest_mismatches() -> None:
    stated = replace(DRIVER, name=None)
    records = [
        replace(RAIL_DRIVER, level=Level.LEVEL_4, issued_on=date(2023, 6, 1)),
        replace(RAIL_DRIVER, level=Level.LEVEL_4),
        replace(RAIL_DRIVER, level=None),
    ]

    found = [compared(stated, record) for record in records]

    assert nearest(found) == 2
    assert nearest(found[:2]) == 1
    assert nearest([]) is None


def test_the_nearest_leaves_the_least_unknown() -> None:
    no_level = replace(RAIL_DRIVER, level=None)
    no_day_and_no_name = replace(RAIL_DRIVER, issued_on=None, holder_name=None)

    found = [compared(DRIVER, no_day_and_no_name), compared(DRIVER, no_level)]

    assert nearest(found) == 1


def test_of_equally_many_mismatches_the_more_telling_field_is_right() -> None:
    other_number = replace(RAIL_DRIVER, number="2409000000300009")
    other_day = replace(RAIL_DRIVER, issued_on=date(2023, 6, 1))

    found = [compared(DRIVER, other_number), compared(DRIVER, other_day)]

    assert nearest(found) == 1
