"""Months are counted as 民法典 201 to 203 do."""

from datetime import date

import pytest

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
    ],
)
def test_a_period_ends_on_the_same_day_or_the_last_of_the_month(
    start: date, months: int, last: date
) -> None:
    assert add_months(start, months) == last
