"""Long work lets others of the event loop go first, and still comes to its end."""

import asyncio
from time import perf_counter

from connectors.giving_way import Slices, give_way

STEPS = 20
STEP_SECONDS = 0.001
LONG_SECONDS = 30.0


def work() -> None:
    """Keep the loop busy for longer than an idle turn of it takes."""
    until = perf_counter() + STEP_SECONDS
    while perf_counter() < until:
        pass


async def steps(taken: list[int]) -> None:
    """Take many steps, as an answer does that asks others in between."""
    for number in range(STEPS):
        work()
        taken.append(number)
        await asyncio.sleep(0)


async def test_whoever_has_many_steps_to_go_is_done_before_work_goes_on() -> None:
    taken: list[int] = []
    asking = asyncio.create_task(steps(taken))

    await give_way(LONG_SECONDS)

    assert len(taken) == STEPS
    await asking


async def test_work_goes_on_though_others_never_rest() -> None:
    taken: list[int] = []

    async def forever() -> None:
        while True:
            await steps(taken)

    never_resting = asyncio.create_task(forever())
    await give_way(STEP_SECONDS)
    never_resting.cancel()

    assert len(taken) > 0
    await asyncio.gather(never_resting, return_exceptions=True)


async def test_a_slice_that_has_time_left_goes_on_at_once() -> None:
    taken: list[int] = []
    asking = asyncio.create_task(steps(taken))
    await Slices(LONG_SECONDS).pause()
    assert taken == []

    await Slices(0).pause()

    assert taken != []
    await asking
