"""A person's names are compared after the documented normalisation and no other."""

import csv
from pathlib import Path

import pytest

from policy.names import same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("王小明", "王小明", id="equal"),
        pytest.param(" 王小明 ", "王小明", id="white space around"),
        pytest.param("王 明", "王明", id="white space inside a Chinese name"),
        pytest.param("阿卜杜拉·买买提", "阿卜杜拉•买买提", id="bullet for middle dot"),
        pytest.param("阿卜杜拉·买买提", "阿卜杜拉．买买提", id="full-width full stop"),
        pytest.param("阿卜杜拉·买买提", "阿卜杜拉买买提", id="no middle dot"),
        pytest.param("玛丽亚•C•桑托斯", "玛丽亚·C·桑托斯", id="dots beside a letter"),
        pytest.param("SMITH  JOHN", "Smith John", id="case and spaces"),
        pytest.param("ＳＭＩＴＨ JOHN", "SMITH JOHN", id="full-width letters"),
        pytest.param("SMITHJOHN", "SMITH JOHN", id="Latin words run together"),
        pytest.param("O’BRIEN", "O'Brien", id="another apostrophe"),
        pytest.param("ANNE‐MARIE", "ANNE-MARIE", id="another hyphen"),
    ],
)
def test_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("王小明", "王晓明", id="same sound"),
        pytest.param("王小明", "王小", id="shorter"),
        pytest.param("張三", "张三", id="traditional character"),
        pytest.param("SMITH JOHN", "JOHN SMITH", id="other order"),
        pytest.param("王○明", "王明", id="a circle is no dot: it is drawn for 〇"),
        pytest.param("王〇明", "王明", id="nor is a zero"),
        pytest.param("ÅSE", "ASE", id="a letter with a mark"),
        pytest.param("王一明", "王-明", id="a dash is no character"),
    ],
)
def test_different_names_are_not_the_same(one: str, other: str) -> None:
    assert not same_name(one, other)


CASES = Path("tests/cases/normal_form")
OF_REGISTRY = {
    "310199196002157018": "张三",
    "310199196006157058": "李𰻝",
    "310199196007157068": "王𱍐",
    "310199196008157078": "赵𮯰",
    "310199196009157088": "钱䶮",
    "310199196010157093": "周𠂇",
    "310199196011157108": "吴龴",
    "310199196108157198": "杨\ue863",
    "310199196003157028": "阿卜杜拉·买买提",
    "310199196004157038": "玛丽亚·C·桑托斯",
    "310199196109157202": "葛伟",
    "310199196001157008": "陆建安",
    "310199196012157118": "郑伟",
    "310199196106157178": "沈伟",
}
"""The names that the registry of the cases signs, by number."""


def sheet(file: str) -> list[tuple[str, str]]:
    """Return the numbers and names of a sheet of the cases, as Python decodes it."""
    encoding = "utf-8-sig" if "utf8" in file else "gb18030"
    with (CASES / file).open(encoding=encoding, newline="") as opened:
        _, *rows = csv.reader(opened)
    return [(number, name) for _, name, number, _ in rows]


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("names-utf8.csv", 17),
        ("names-gb18030.csv", 16),
        ("names-gb18030-two-byte.csv", 3),
    ],
)
def test_every_name_of_the_cases_is_the_registrys(file: str, rows: int) -> None:
    stated = sheet(file)

    assert len(stated) == rows
    for number, name in stated:
        assert same_name(name, OF_REGISTRY[number]), name
        others = {other for n, other in OF_REGISTRY.items() if n != number}
        assert not any(same_name(name, other) for other in others), name
