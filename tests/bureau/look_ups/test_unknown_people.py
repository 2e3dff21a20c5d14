"""A caller that tries numbers is noticed; one that has bad luck is not."""

from datetime import UTC, datetime, timedelta

import pytest

from bureau.look_ups.unknown_people import WINDOW, UnknownPeopleWatch

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def told(unknown: int, known: int = 0, caller: str = "hr") -> list[int]:
    """Note people, known ones first; return what each note said."""
    watch = UnknownPeopleWatch()
    for number in range(known):
        watch.note(caller, f"known {number}", NOON, is_known=True)
    return [
        watch.note(caller, f"unknown {number}", NOON, is_known=False)
        for number in range(unknown)
    ]


@pytest.mark.parametrize(
    ("unknown", "known", "alarm"),
    [
        pytest.param(19, 0, 0, id="too few to be a pattern"),
        pytest.param(20, 0, 20, id="only unknown ones"),
        pytest.param(20, 20, 20, id="half of them"),
        pytest.param(20, 21, 0, id="less than half"),
    ],
)
def test_many_unknown_people_are_alarming(unknown: int, known: int, alarm: int) -> None:
    assert told(unknown, known)[-1] == alarm


def test_an_alarm_is_raised_once_a_window() -> None:
    assert [n for n in told(60) if n] == [20]


def test_one_unknown_person_asked_about_often_is_no_pattern() -> None:
    watch = UnknownPeopleWatch()

    notes = [watch.note("hr", "the same", NOON, is_known=False) for _ in range(100)]

    assert set(notes) == {0}


@pytest.mark.parametrize(
    ("later", "alarm"),
    [
        pytest.param(WINDOW, 20, id="the window's last moment"),
        pytest.param(WINDOW + timedelta(seconds=1), 0, id="a new window"),
    ],
)
def test_what_was_before_the_window_is_forgotten(later: timedelta, alarm: int) -> None:
    watch = UnknownPeopleWatch()
    for number in range(19):
        watch.note("hr", f"unknown {number}", NOON, is_known=False)

    assert watch.note("hr", "the twentieth", NOON + later, is_known=False) == alarm


def test_callers_are_watched_apart() -> None:
    watch = UnknownPeopleWatch()
    for number in range(19):
        watch.note("hr", f"unknown {number}", NOON, is_known=False)

    assert watch.note("audit", "another", NOON, is_known=False) == 0
