"""The page about sending names every problem, outcome, code and flag there is."""

import re
from collections.abc import Iterable

import pytest

from bureau.collection import Outcome
from connectors.quality import Alteration
from gateway.collection.records import ROLLBACK
from gateway.collection.refusal import WORDS, Problem
from gateway.collection.results import ENDS, End
from gateway.collection.states import WORDS as STATES_WORDS
from tests.architecture.documents import table

PAGE = "docs/collection.md"
OF_A_LINE = {"MALFORMED_LINE", "LINE_TOO_LONG", ROLLBACK, *End}


def told(heading: str) -> set[str]:
    """Return every name in the first column of a table; one cell may have several."""
    cells = (row[0] for row in table(PAGE, heading))
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        pytest.param("Problem", Problem, id="problems"),
        pytest.param("Outcome", Outcome, id="outcomes"),
        pytest.param("Line's code", OF_A_LINE, id="codes of lines"),
        pytest.param("Flag", Alteration, id="flags"),
        pytest.param("State's code", STATES_WORDS, id="codes of states"),
    ],
)
def test_every_name_stands_on_the_page(heading: str, names: Iterable[str]) -> None:
    assert told(heading) == {str(name) for name in names}


def test_every_problem_has_the_status_of_the_page() -> None:
    statuses = {
        name: {int(status) for status in row[1].split(",")}
        for row in table(PAGE, "Problem")
        for name in re.findall(r"`([^`]+)`", row[0])
    }

    assert {p: WORDS[p][0] in statuses[p] for p in Problem} == dict.fromkeys(
        Problem, True
    )


def test_every_end_has_its_words() -> None:
    assert set(ENDS) == set(End)
