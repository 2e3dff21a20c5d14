"""A recheck asks in its hours alone, and no faster than it was told to."""

import asyncio
from datetime import UTC, datetime

import pytest

from gateway.errors import StartError
from gateway.ledger.pace import RETRY_SECONDS, SteadyPace, read_hours


@pytest.mark.parametrize(
    ("hours", "within", "outside"),
    [
        pytest.param(
            "22:00-06:00",
            ["22:00:00", "23:59:59", "00:00:00", "05:59:59"],
            ["21:59:59", "06:00:00", "12:00:00"],
            id="over midnight",
        ),
        pytest.param(
            "01:30-05:00",
            ["01:30:00", "04:59:59"],
            ["01:29:59", "05:00:00", "23:00:00"],
            id="within a day",
        ),
        pytest.param("05:00-05:00", [], ["04:59:59", "05:00:00"], id="no time at all"),
    ],
)
def test_hours_are_shanghais_from_the_first_to_before_the_last(
    hours: str, within: list[str], outside: list[str]
) -> None:
    def has(clock: str) -> bool:
        at = datetime.fromisoformat(f"2026-11-25T{clock}+08:00").astimezone(UTC)
        return SteadyPace(1.0, read_hours(hours), lambda: at).may_go_on()

    assert [has(clock) for clock in within] == [True] * len(within)
    assert [has(clock) for clock in outside] == [False] * len(outside)


@pytest.mark.parametrize("stated", ["22:00", "22:00-", "10-25:00", "night"])
def test_what_are_no_hours_is_told_as_it_was_stated(stated: str) -> None:
    with pytest.raises(StartError) as refused:
        read_hours(stated)

    assert str(refused.value) == (
        f"--hours is {stated!a}; state it as 22:00-06:00, in Shanghai"
    )


def test_without_hours_it_may_go_on_at_any_time() -> None:
    assert SteadyPace(1.0, None, lambda: datetime.now(UTC)).may_go_on()


@pytest.fixture(name="slept")
def _slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return slept


async def test_each_batch_waits_for_the_people_of_those_before_it(
    slept: list[float],
) -> None:
    pace = SteadyPace(50.0, None, lambda: datetime.now(UTC))

    for people in (100, 25, 1):
        await pace.wait(people)

    assert slept == pytest.approx([0.0, 2.0, 2.5], abs=0.2)


async def test_an_agency_that_does_not_speak_is_waited_for_twice_as_long_each_time(
    slept: list[float],
) -> None:
    pace = SteadyPace(50.0, None, lambda: datetime.now(UTC))

    for failures in (1, 2, 3):
        await pace.wait_for_agency(failures)

    assert slept == [RETRY_SECONDS, 2 * RETRY_SECONDS, 4 * RETRY_SECONDS]
    assert RETRY_SECONDS == 1.0
