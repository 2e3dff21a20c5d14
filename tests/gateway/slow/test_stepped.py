"""A coroutine that is timed ends as it would by itself."""

import asyncio
from time import thread_time

import pytest

from gateway.slow.stepped import Stepped


async def test_what_it_returns_is_returned_after_all_its_steps() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await Stepped(work()) == "done"


async def test_what_it_raises_is_raised() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise LookupError("why")

    with pytest.raises(LookupError, match="why"):
        await Stepped(work())


async def test_it_is_cancelled_where_it_waits_and_may_clean_up() -> None:
    cleaned: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            cleaned.append("up")

    async def awaiting() -> None:
        await Stepped(work())

    task = asyncio.create_task(awaiting())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert cleaned == ["up"]


async def test_its_own_processor_time_is_counted_and_no_waiting() -> None:
    def burn(seconds: float) -> None:
        until = thread_time() + seconds
        while thread_time() < until:
            pass

    async def work() -> None:
        burn(0.02)
        other = asyncio.create_task(asyncio.to_thread(burn, 0))
        await other
        asyncio.get_running_loop().call_soon(burn, 0.2)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    stepped = Stepped(work())
    await stepped

    assert 0.02 <= stepped.cpu_seconds < 0.2
