"""Somebody is told 30, 7 and 1 days before a key ends."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.registration.keys import warned_days

END = datetime(2026, 12, 31, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("left", "days"),
    [
        pytest.param(timedelta(days=30) + MOMENT, None, id="a moment over 30 days"),
        pytest.param(timedelta(days=30), 30, id="30 days"),
        pytest.param(timedelta(days=7) + MOMENT, 30, id="a moment over 7 days"),
        pytest.param(timedelta(days=7), 7, id="7 days"),
        pytest.param(timedelta(days=1) + MOMENT, 7, id="a moment over a day"),
        pytest.param(timedelta(days=1), 1, id="a day"),
        pytest.param(MOMENT, 1, id="the last moment"),
        pytest.param(timedelta(0), 0, id="over"),
        pytest.param(-timedelta(days=3), 0, id="long over"),
    ],
)
def test_a_warning_begins_on_its_day(left: timedelta, days: int | None) -> None:
    assert warned_days(END, END - left) == days
