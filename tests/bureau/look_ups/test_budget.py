"""The budget counts people, not questions, and refuses a batch as a whole."""

from datetime import date

import pytest

from bureau.look_ups.budget import OverBudgetError, PeopleBudget, account_of

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def budget(allowed: int = 3, **allowed_of: int) -> PeopleBudget:
    return PeopleBudget(allowed, allowed_of)


@pytest.mark.parametrize(
    ("people", "percent"),
    [
        pytest.param("a", 0, id="well below"),
        pytest.param("abcdefg", 0, id="just below 80 %"),
        pytest.param("abcdefgh", 80, id="80 %"),
        pytest.param("abcdefghij", 100, id="the last allowed"),
    ],
)
def test_what_is_spent_is_told(people: str, percent: int) -> None:
    spent = budget(10).admit("hr", list(people), MONDAY)

    assert (spent.people, spent.allowed, spent.percent) == (len(people), 10, percent)


def test_one_over_the_budget_is_refused() -> None:
    with pytest.raises(OverBudgetError, match="4 people, at most 3 allowed"):
        budget().admit("hr", list("abcd"), MONDAY)


def test_a_refused_batch_counts_nobody() -> None:
    spending = budget()
    spending.admit("hr", ["a"], MONDAY)
    with pytest.raises(OverBudgetError):
        spending.admit("hr", list("bcd"), MONDAY)

    assert spending.admit("hr", list("bc"), MONDAY).people == 3


def test_a_person_counts_once_a_day() -> None:
    spending = budget()
    for _ in range(5):
        spending.admit("hr", ["a", "a"], MONDAY)

    assert spending.admit("hr", ["a"], MONDAY).people == 1


def test_who_was_counted_stays_open_when_the_budget_is_spent() -> None:
    spending = budget()
    spending.admit("hr", list("abc"), MONDAY)

    assert spending.admit("hr", list("ab"), MONDAY).people == 3


def test_a_budget_made_smaller_over_night_keeps_counted_people_open() -> None:
    spending = budget(1)
    spending.learn(MONDAY, [("hr", "a"), ("hr", "b")])

    assert spending.admit("hr", ["b"], MONDAY).people == 2


def test_each_caller_has_a_budget_of_its_own() -> None:
    spending = budget()
    spending.admit("hr", list("abc"), MONDAY)

    assert spending.admit("audit", list("def"), MONDAY).people == 3


def test_a_callers_own_figure_wins() -> None:
    assert budget(3, platform=5).admit("platform", list("abcde"), MONDAY).people == 5


def test_a_caller_with_nothing_allowed_looks_up_nobody() -> None:
    with pytest.raises(OverBudgetError):
        budget(3, trainee=0).admit("trainee", ["a"], MONDAY)


def test_the_count_starts_anew_the_next_day() -> None:
    spending = budget()
    spending.admit("hr", list("abc"), MONDAY)

    assert spending.admit("hr", list("def"), TUESDAY).people == 3


def test_a_request_from_before_midnight_does_not_bring_yesterday_back() -> None:
    spending = budget()
    spending.admit("hr", list("abc"), TUESDAY)

    with pytest.raises(OverBudgetError):
        spending.admit("hr", ["d"], MONDAY)


def test_what_was_looked_up_before_the_start_counts() -> None:
    spending = budget()
    spending.learn(MONDAY, [("hr", "a"), ("hr", "b"), ("audit", "c")])

    assert spending.admit("hr", ["d"], MONDAY).people == 3


def test_a_level_is_news_once_a_day() -> None:
    spending = budget(5)

    told = [spending.admit("hr", [person], MONDAY).is_news for person in "abcdde"[:5]]

    assert told == [False, False, False, True, False]


def test_the_first_refusal_is_news_once() -> None:
    spending = budget(1)
    told = []
    for _ in range(2):
        with pytest.raises(OverBudgetError) as refused:
            spending.admit("hr", ["a", "b"], MONDAY)
        told.append(refused.value.is_news)

    assert told == [True, False]


def test_what_others_looked_up_yesterday_does_not_count() -> None:
    spending = budget(1)
    spending.admit("hr", ["a"], TUESDAY)
    spending.learn(MONDAY, [("hr", "b")])

    assert spending.admit("hr", ["a"], TUESDAY).people == 1


def test_whoever_is_refused_late_is_counted_no_more() -> None:
    spending = budget(2)
    spending.admit("hr", ["a", "b"], MONDAY)

    error = spending.refused("hr", "b", 3)

    assert (error.found, error.allowed, error.is_late) == (3, 2, True)
    assert spending.admit("hr", ["c"], MONDAY).people == 2


def test_a_late_refusal_is_news_once_too() -> None:
    spending = budget(9)
    spending.admit("hr", ["a", "b"], MONDAY)

    assert [spending.refused("hr", p, 10).is_news for p in "ab"] == [True, False]


def test_one_caller_s_districts_are_counted_apart() -> None:
    spending = budget(2)
    pudong, xuhui = account_of("hr", ["310115"]), account_of("hr", ["310104"])
    spending.admit(pudong, list("ab"), MONDAY)

    with pytest.raises(OverBudgetError):
        spending.admit(pudong, ["c"], MONDAY)
    assert spending.admit(xuhui, list("cd"), MONDAY).people == 2
    assert spending.admit(account_of("hr", None), ["e"], MONDAY).people == 1


def test_a_district_of_a_caller_may_have_a_budget_of_its_own() -> None:
    spending = PeopleBudget(3, {"hr": 5, "hr 310115": 7})

    assert spending.allowed(account_of("hr", ["310115"])) == 7
    assert spending.allowed(account_of("hr", ["310104"])) == 5
    assert spending.allowed(account_of("hr", [])) == 5
    assert spending.allowed(account_of("else", ["310115"])) == 3


def test_people_of_a_client_have_budgets_apart_as_large_as_the_client_s() -> None:
    budget = PeopleBudget(100, {"bureau:hr": 1})

    budget.admit("bureau:hr#one", ["a"], MONDAY)
    budget.admit("bureau:hr#other", ["b"], MONDAY)

    with pytest.raises(OverBudgetError):
        budget.admit("bureau:hr#one", ["b"], MONDAY)
