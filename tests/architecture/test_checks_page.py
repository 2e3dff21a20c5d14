"""The checks behind a certificate and their codes stand on the integrators' page."""

from bureau.checks.codes import CheckCode, CheckResult
from bureau.checks.meanings import CHECKS, MEANINGS, RESULTS
from tests.architecture.documents import table

PAGE = "docs/integrators.md"


def rows(heading: str) -> list[list[str]]:
    """Return a table without its code marks."""
    return [[cell.replace("`", "") for cell in row] for row in table(PAGE, heading)]


def test_every_check_is_on_the_page() -> None:
    assert rows("Check") == [[check, text.en] for check, text in CHECKS.items()]


def test_every_result_is_on_the_page() -> None:
    assert rows("Result") == [[result, text.en] for result, text in RESULTS.items()]


def test_every_code_is_on_the_page() -> None:
    told = [
        [code, one.check or "any", one.result, one.text.en]
        for code, one in MEANINGS.items()
        if one.result is not CheckResult.INVALID
    ]

    assert rows("Code of a check") == told


def test_every_code_of_a_failed_check_is_on_the_page() -> None:
    told = [
        [code, str(one.check), one.text.en]
        for code, one in MEANINGS.items()
        if one.result is CheckResult.INVALID
    ]

    assert rows("Code of a failed check") == told
    assert len(told) + len(rows("Code of a check")) == len(CheckCode)
