"""The page on checking claims has the words of the code."""

from bureau.look_ups.statements import MAX_STATEMENTS
from gateway.batch.columns import NAMES, Column
from gateway.batch.results import HEADER
from policy.stated import ClaimOutcome, StatedField
from resolvers.claims.enums import ClaimProblem
from tests.architecture.documents import ROOT, names, table

PAGE = "docs/batch-check.md"


def test_every_column_is_there_with_every_name() -> None:
    told = {
        row[0].strip("`"): tuple(row[1].split(", ")) for row in table(PAGE, "Column")
    }

    assert told == {str(column): NAMES[column] for column in Column}


def test_every_column_of_the_results_is_there_in_order() -> None:
    assert names(PAGE, "Result") == list(HEADER)


def test_every_word_of_an_answer_is_explained() -> None:
    assert names(PAGE, "Claim") == list(ClaimOutcome)
    assert names(PAGE, "Compared") == list(StatedField)
    assert names(PAGE, "Refused claim") == list(ClaimProblem)


def test_the_count_of_statements_is_the_codes() -> None:
    for page in (
        PAGE,
        "docs/privacy.md",
        "docs/decisions/claims-compared-not-shown.md",
    ):
        assert f"{MAX_STATEMENTS} different" in (ROOT / page).read_text("utf-8")
