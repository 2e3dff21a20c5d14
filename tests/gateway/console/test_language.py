"""A page is in the language that its reader prefers, or chose."""

import pytest

from gateway.console.language import Language, preferred


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        pytest.param("", Language.ZH, id="nothing said"),
        pytest.param("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH, id="Chinese first"),
        pytest.param("en-GB,en;q=0.9,zh;q=0.8", Language.EN, id="English first"),
        pytest.param("fr,en;q=0.3", Language.EN, id="English at least"),
        pytest.param("fr", Language.ZH, id="neither"),
        pytest.param("en;q=0, zh;q=0", Language.ZH, id="both refused"),
        pytest.param("en;q=x,zh", Language.ZH, id="no weight"),
        pytest.param("*;;;,en" + ",x" * 100, Language.EN, id="rubbish"),
    ],
)
def test_the_better_liked_of_the_two_is_taken(
    accepted: str, expected: Language
) -> None:
    assert preferred(accepted) is expected
