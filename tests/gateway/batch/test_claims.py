"""Cells become a claim, in the spellings that people use, or a reason why not."""

from datetime import date

import pytest

from gateway.batch.claims import claim_of
from gateway.batch.columns import Column
from gateway.batch.tables import Row
from policy.identity import ID_TYPE_NAMES
from policy.text import Text

TODAY = date(2026, 3, 1)
LEAST = {Column.ID_NUMBER: "310101199001010012", Column.ITEM: "1.2"}


def claim(**cells: str) -> dict[str, str] | Text:
    stated = LEAST | {Column(name): cell for name, cell in cells.items()}
    found = claim_of(Row(line=2, cells=stated), TODAY)
    return found if isinstance(found, Text) else dict(found)


@pytest.mark.parametrize(
    "blank", ["", "　", "\u200b", "\u2800\ufeff", "\ue5e5", "\u3164"]
)
def test_what_is_blank_is_not_stated(blank: str) -> None:
    stated = dict.fromkeys(("name", "level", "issued_on", "number", "id_type"), blank)

    assert claim(**stated) == {
        "idNumber": "310101199001010012",
        "item": "1.2",
    }


@pytest.mark.parametrize(
    "cell",
    [
        "2024-06-01",
        "2024/6/1",
        "2024.06.01",
        "2024年6月1日",
        "20240601",
        "２０２４-６-１",
        "2024-06-01 00:00:00",
        "2024/6/1 0:00",
        "2024-06-01T00:00:00",
        "2024-06-01T00:00:00.000Z",
        "2024-06-01T00:00:00+08:00",
        "2024年6月1日 0:00",
        "2024-06-01　00：00",
        "2024-06-01 00:01:00",
        "2024-05-31 23:59:17",
        "2024-05-31T23:59:00Z",
        "2024-06-01 00:00:00.0",
        "20240601000000",
        "20240601 00:00:00",
        "2024年6月1日00:00",
        "2024\u20116\u20111",
        "\u202a2024-06-01\u202c 00:00:00\u200b",
        "2024-06-01\ue5e500：00",
        "\u28002024。6。1",
        "2024－06－01",
    ],
)
def test_a_day_is_read(cell: str) -> None:
    found = claim(issued_on=cell)

    assert isinstance(found, dict)
    assert found["issuedOn"] == "2024-06-01"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        pytest.param("2024-02-30", "no date", id="no such day"),
        pytest.param("01/06/2024", "no date", id="day first"),
        pytest.param("2024-6", "no date", id="a month"),
        pytest.param("45444", "no date", id="Excel's count of days"),
        pytest.param("2024-06-01 12:00:00", "no date", id="noon"),
        pytest.param("2024-06-01 00:01:01", "no date", id="over a minute late"),
        pytest.param("2024-05-31 23:58:59", "no date", id="over a minute early"),
        pytest.param("2024-05-31T16:00:00Z", "no date", id="midnight of elsewhere"),
        pytest.param("2024-06-01T00:00:00-05:00", "no date", id="another zone"),
        pytest.param("2024-05-31 24:00", "no date", id="hour 24"),
        pytest.param("2024-06-01 00:60", "no date", id="minute 60"),
        pytest.param("2024-06-01 12:00 AM", "no date", id="halves of a day"),
        pytest.param("00:00:00", "no date", id="no day"),
        pytest.param("20240601120000", "no date", id="noon without marks"),
        pytest.param("20240601246000", "no date", id="no time"),
        pytest.param("9999-12-31 23:59:59", "no date", id="the end of days"),
        pytest.param("2026-03-02", "after today", id="tomorrow"),
        pytest.param("2026-03-01 23:59:30", "after today", id="tonight"),
    ],
)
def test_what_is_no_day_of_the_past_is_refused(cell: str, why: str) -> None:
    found = claim(issued_on=cell)

    assert isinstance(found, Text)
    assert why in found.en


def test_today_is_allowed() -> None:
    assert isinstance(claim(issued_on="2026-03-01"), dict)


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        ("四级", "LEVEL_4"),
        ("中级工", "LEVEL_4"),
        ("中级工（四级）", "LEVEL_4"),
        ("中级工(四级)", "LEVEL_4"),
        ("4", "LEVEL_4"),
        ("4级", "LEVEL_4"),
        ("level_4", "LEVEL_4"),
        ("４", "LEVEL_4"),
        ("4.0", "LEVEL_4"),
        ("四级/中级工", "LEVEL_4"),
        ("四级／中级技能", "LEVEL_4"),
        ("四级（中级工）", "LEVEL_4"),
        ("四级 中级工", "LEVEL_4"),
        ("国家职业资格四级", "LEVEL_4"),
        ("国家职业资格四级（中级技能）", "LEVEL_4"),
        ("职业技能等级四级", "LEVEL_4"),
        ("中级工（国家职业资格四级）", "LEVEL_4"),
        ("中级", "LEVEL_4"),
        ("中级技能", "LEVEL_4"),
        ("初级", "LEVEL_5"),
        ("三级/高级", "LEVEL_3"),
        ("三级（高级技能）", "LEVEL_3"),
        ("二级/技师", "LEVEL_2"),
        ("一级/高级技师", "LEVEL_1"),
        ("高级技师", "LEVEL_1"),
        ("不区分等级", "UNGRADED"),
        ("不区分等级（初领证书）", "UNGRADED"),
    ],
)
def test_a_grade_is_read(cell: str, level: str) -> None:
    found = claim(level=cell)

    assert isinstance(found, dict)
    assert found["level"] == level


@pytest.mark.parametrize(
    "cell",
    [
        "六级",
        "0",
        "高级",
        "四级/高级工",
        "一级技师",
        "四级以上",
        "44",
        "4.5",
        "国家职业资格",
        "高级工（国家职业资格四级）",
        "技师/高级技师",
        "非四级",
    ],
)
def test_another_grade_is_refused(cell: str) -> None:
    assert isinstance(claim(level=cell), Text)


@pytest.mark.parametrize(
    ("cell", "id_type"),
    [
        ("护照", "PASSPORT"),
        ("PASSPORT", "PASSPORT"),
        (" ｐassport\u200b", "PASSPORT"),
        ("身份证", "RESIDENT_ID"),
        *((name.zh, id_type) for id_type, name in ID_TYPE_NAMES.items()),
    ],
)
def test_an_id_type_is_read(cell: str, id_type: str) -> None:
    found = claim(id_type=cell)

    assert isinstance(found, dict)
    assert found["idType"] == id_type


@pytest.mark.parametrize(
    ("cells", "zh", "en"),
    [
        (
            {"id_type": "驾驶证"},
            "证件类型不明；可填：",
            "no such id type; state one of ",
        ),
        ({"id_number": ""}, "id_number 为空", "id_number is empty"),
        ({"item": ""}, "item 为空", "item is empty"),
        ({"name": "王" * 101}, "name 超过100字", "name is over 100 characters"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    cells: dict[str, str], zh: str, en: str
) -> None:
    found = claim(**cells)

    assert isinstance(found, Text)
    assert (found.zh[: len(zh)], found.en[: len(en)]) == (zh, en)


def test_a_name_may_have_a_hundred_characters() -> None:
    found = claim(name="王" * 100)

    assert isinstance(found, dict)
    assert found["name"] == "王" * 100


def test_what_was_wrong_with_the_row_stays_wrong() -> None:
    problem = Text("坏", "bad")

    assert claim_of(Row(line=2, cells=LEAST, problem=problem), TODAY) is problem
