"""A caller may state so many different things about one person in a day."""

from datetime import date

import pytest

from bureau.look_ups.statements import MAX_STATEMENTS, Statements

TODAY = date(2026, 3, 1)


@pytest.fixture(name="statements")
def _statements() -> Statements:
    """As many statements as are allowed, about one person, by one caller."""
    statements = Statements()
    for number in range(MAX_STATEMENTS):
        assert statements.admit("pudong", "P", str(number), TODAY)
    return statements


def test_one_more_is_refused(statements: Statements) -> None:
    assert not statements.admit("pudong", "P", "another", TODAY)


@pytest.mark.parametrize(
    ("caller", "person", "statement", "today"),
    [
        pytest.param("pudong", "P", "0", TODAY, id="the same again"),
        pytest.param("pudong", "Q", "another", TODAY, id="somebody else"),
        pytest.param("xuhui", "P", "another", TODAY, id="another caller"),
        pytest.param("pudong", "P", "another", date(2026, 3, 2), id="the next day"),
    ],
)
def test_others_are_admitted(
    statements: Statements, caller: str, person: str, statement: str, today: date
) -> None:
    assert statements.admit(caller, person, statement, today)


def test_a_request_from_before_midnight_forgets_nothing(statements: Statements) -> None:
    for number in range(MAX_STATEMENTS):
        statements.admit("pudong", "P", str(number), date(2026, 3, 2))

    assert not statements.admit("pudong", "P", "another", TODAY)
