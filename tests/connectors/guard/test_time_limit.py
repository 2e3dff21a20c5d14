"""A time limit ends what takes too long, and takes nobody else's cancelling for it."""

import asyncio

import pytest

from connectors.guard.time_limit import TimeLimit

AT_ONCE = 0
NEVER = 3600


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


async def test_what_takes_too_long_ends_by_a_timeout_and_its_task_goes_on() -> None:
    async def call() -> str:
        with pytest.raises(TimeoutError), TimeLimit(AT_ONCE):
            await forever()
        await asyncio.sleep(0)
        return "went on"

    assert await asyncio.create_task(call()) == "went on"


async def test_what_ends_in_time_is_left_alone() -> None:
    async def call() -> str:
        with TimeLimit(NEVER):
            await asyncio.sleep(0)
            return "in time"

    assert await asyncio.create_task(call()) == "in time"


async def test_an_error_inside_is_raised_as_it_is() -> None:
    async def call() -> None:
        with TimeLimit(NEVER):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await asyncio.create_task(call())


async def test_whoever_is_cancelled_by_another_is_not_told_of_a_timeout() -> None:
    async def call() -> None:
        with TimeLimit(NEVER):
            await forever()

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_whoever_is_cancelled_as_the_time_ends_is_cancelled() -> None:
    async def call() -> None:
        with TimeLimit(AT_ONCE):
            try:
                await forever()
            except asyncio.CancelledError:
                # The time is over; before that is told, somebody gives up.
                task.cancel()
                raise

    task = asyncio.create_task(call())

    with pytest.raises(asyncio.CancelledError):
        await task
