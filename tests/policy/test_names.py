"""A person's names are compared after the documented normalisation and no other."""

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
