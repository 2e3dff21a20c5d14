"""Names are compared after the documented normalisation and no other."""

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
        pytest.param("SMITH  JOHN", "Smith John", id="case and spaces"),
        pytest.param("ＳＭＩＴＨ JOHN", "SMITH JOHN", id="full-width letters"),
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
        pytest.param("SMITHJOHN", "SMITH JOHN", id="Latin words run together"),
        pytest.param("阿卜杜拉·买买提", "阿卜杜拉买买提", id="no middle dot"),
    ],
)
def test_different_names_are_not_the_same(one: str, other: str) -> None:
    assert not same_name(one, other)
