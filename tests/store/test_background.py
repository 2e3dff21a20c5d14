"""Work beside the requests: whatever ends it, it begins again."""

import asyncio

import pytest

from store import background
from store.background import Supervisor, wait_for_change

TURNS = 5


class Dying:
    """Work that ends each time by another error, and goes on in the end."""

    def __init__(self, ends: list[BaseException | None]) -> None:
        self.ends = ends
        self.begun = 0
        self.goes_on = asyncio.Event()

    async def work(self) -> None:
        self.begun += 1
        if not self.ends:
            self.goes_on.set()
            await asyncio.Event().wait()
        end = self.ends.pop(0)
        if end is not None:
            raise end


async def test_whatever_ends_work_it_begins_again_and_that_is_counted() -> None:
    told: list[tuple[str, str]] = []
    supervisor = Supervisor(lambda *what: told.append(what), first_pause=0.001)
    dying = Dying(
        [ValueError("a bug"), OSError(), None, asyncio.CancelledError(), TimeoutError()]
    )

    async with supervisor.running(dying.work, "dying"), asyncio.timeout(5):
        await dying.goes_on.wait()
        going, restarts = supervisor.going, supervisor.restarts

    assert dying.begun == TURNS + 1
    assert going == {"dying": True}
    assert restarts == {"dying": TURNS}
    assert [kind for name, kind in told if name == "dying"] == [
        "ValueError",
        "OSError",
        "NoneType",
        "CancelledError",
        "TimeoutError",
    ]
    assert supervisor.going == {}


async def test_between_two_tries_it_is_shown_not_to_go_on() -> None:
    supervisor = Supervisor(first_pause=60)
    dying = Dying([ValueError()])

    async with supervisor.running(dying.work, "dying"):
        # Once for its beginning, and once for what waits for its end.
        await asyncio.sleep(0.01)

        assert supervisor.going == {"dying": False}
        assert supervisor.restarts == {"dying": 1}
        assert dying.begun == 1


async def test_pauses_grow_and_after_work_that_went_well_are_short_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(background, "LONGEST_PAUSE", 0.008)
    sleep = asyncio.sleep

    async def slept(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", slept)
    dying = Dying([ValueError() for _ in range(TURNS)])
    async with Supervisor(first_pause=0.001).running(dying.work, "dying"):
        await dying.goes_on.wait()
    assert pauses == [0.001, 0.002, 0.004, 0.008, 0.008]

    pauses.clear()
    monkeypatch.setattr(background, "WELL_SECONDS", 0.0)
    dying = Dying([ValueError() for _ in range(TURNS)])
    async with Supervisor(first_pause=0.001).running(dying.work, "dying"):
        await dying.goes_on.wait()
    assert pauses == [0.001] + [0.002 - 0.001] * (TURNS - 1)


async def test_a_change_is_waited_for_and_is_none_from_then_on() -> None:
    changed = asyncio.Event()
    changed.set()

    await wait_for_change(changed, 60)

    assert not changed.is_set()
