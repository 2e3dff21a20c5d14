"""The kit's checks and findings are those of docs/agencies.md, word for word.

And those of the Chinese page: what the kit says to an agency in Shanghai.
"""

import pytest

from connectors.conformance.answers import CHECKS, CODES
from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.explanations import EXPLANATIONS
from tests.architecture.documents import names, table

PAGE = "docs/agencies.md"
CHINESE_PAGE = "docs/zh/agencies.md"


def test_every_check_is_described() -> None:
    assert names(PAGE, "Check") == list(Check)


def test_every_finding_is_described_as_the_kit_says_it() -> None:
    told = [[cell.replace("`", "") for cell in row] for row in table(PAGE, "Finding")]

    assert told == [
        [code, one.severity, one.meaning.en, one.remedy.en]
        for code, one in ((code, EXPLANATIONS[code]) for code in FindingCode)
    ]


def test_every_finding_is_described_in_chinese_as_the_kit_says_it() -> None:
    told = [
        [cell.replace("`", "") for cell in row] for row in table(CHINESE_PAGE, "发现")
    ]

    assert told == [
        [code, one.severity, one.meaning.zh, one.remedy.zh]
        for code, one in ((code, EXPLANATIONS[code]) for code in FindingCode)
    ]


def test_every_finding_is_explained_in_both_languages() -> None:
    assert set(EXPLANATIONS) == set(FindingCode)
    for explained in EXPLANATIONS.values():
        assert all((explained.meaning.zh, explained.remedy.zh, explained.remedy.en))


@pytest.mark.parametrize("heading", ["Check", "Finding"])
def test_no_cell_is_empty(heading: str) -> None:
    assert all(all(row) for row in table(PAGE, heading))


def test_every_refusal_is_a_finding_of_some_check() -> None:
    """UNREADABLE alone is found by a closer look, in ANSWERS."""
    assert set(CODES.values()) - set(CHECKS) == {FindingCode.UNREADABLE}
