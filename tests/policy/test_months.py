"""Months are counted as 民法典 201 to 203 do."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.months import add_months


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        pytest.param(date(2024, 6, 1), 12, date(2025, 6, 1), id="same day next year"),
        pytest.param(date(2024, 2, 29), 12, date(2025, 2, 28), id="leap day"),
        pytest.param(date(2023, 2, 28), 12, date(2024, 2, 28), id="into a leap year"),
        pytest.param(date(2024, 12, 31), 12, date(2025, 12, 31), id="last of the year"),
        pytest.param(date(2024, 12, 1), 1, date(2025, 1, 1), id="over the year's end"),
        pytest.param(date(2024, 1, 31), 1, date(2024, 2, 29), id="no such day"),
        pytest.param(date(2024, 11, 30), 3, date(2025, 2, 28), id="no such day, short"),
        pytest.param(date(2024, 6, 1), 0, date(2024, 6, 1), id="none"),
        pytest.param(date(9998, 12, 31), 12, date.max, id="on the last day there is"),
        pytest.param(date(9999, 2, 1), 10, date(9999, 12, 1), id="in the last year"),
        pytest.param(date(9999, 1, 1), 60, date.max, id="after the last day there is"),
        pytest.param(date.min, 12, date(2, 1, 1), id="from the first day there is"),
    ],
)
def test_a_period_ends_on_the_same_day_or_the_last_of_the_month(
    start: date, months: int, last: date
) -> None:
    assert add_months(start, months) == last


@given(start=st.dates(), months=st.integers(0, 10**30))
def test_any_period_ends_on_a_day_that_is_no_earlier(start: date, months: int) -> None:
    assert start <= add_months(start, months) <= date.max
