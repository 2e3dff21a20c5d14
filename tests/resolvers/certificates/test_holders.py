"""A batch that is empty or too long says how many people it may be of."""

from typing import Any

import pytest

from policy.text import Text
from resolvers.bilingual import Language
from resolvers.certificates.holders import InvalidList


@pytest.mark.parametrize(
    ("counted", "zh", "en"),
    [
        (
            InvalidList(found=101, allowed=100),
            "列表有101人，允许1至100人，请分批查询",
            "101 people given, 1 to 100 allowed; ask in several batches",
        ),
        (
            InvalidList(counted=Text("项", "claims"), found=0, allowed=500),
            "列表有0项，允许1至500项，请分批查询",
            "0 claims given, 1 to 500 allowed; ask in several batches",
        ),
    ],
)
def test_it_says_how_many_were_given_and_are_allowed(
    counted: Any,  # a field of the graph is a method still
    zh: str,
    en: str,
) -> None:
    said = [counted.message(language=one) for one in (Language.ZH, Language.EN)]

    assert said == [zh, en]
