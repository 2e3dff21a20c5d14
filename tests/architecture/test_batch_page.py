"""The page on checking claims has the words of the code."""

from policy.stated import ClaimOutcome, StatedField
from resolvers.claim_choices import ClaimProblem
from resolvers.statements import MAX_STATEMENTS
from tests.architecture.documents import ROOT, names

PAGE = "docs/batch-check.md"


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
