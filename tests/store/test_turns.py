"""Turns are given in order, urgent ones first, and waited for a while."""

import asyncio
from contextlib import suppress

import pytest

from connectors.errors import StoreUnavailableError
from store.turns import TOO_LONG, Turns


async def test_who_is_urgent_goes_before_others_and_all_in_their_order() -> None:
    turns, order = Turns(), []

    async def go(name: str, *, is_urgent: bool) -> None:
        async with turns.turn(is_urgent=is_urgent):
            order.append(name)
            for _ in range(3):
                await asyncio.sleep(0)
            assert order[-1] == name, "two have a turn"

    async with asyncio.TaskGroup() as tasks:
        for name in ("first", "a", "U", "b", "V"):
            tasks.create_task(go(name, is_urgent=name.isupper()))
        await asyncio.sleep(0)
        assert turns.waiting == 4

    assert order == ["first", "U", "V", "a", "b"]
    assert turns.waiting == 0


async def test_who_waited_long_enough_is_refused_and_nobody_else() -> None:
    turns = Turns(seconds=0.05)
    async with turns.turn():
        with pytest.raises(StoreUnavailableError, match=TOO_LONG):
            async with turns.turn():
                pass
        assert turns.waiting == 0

    async with turns.turn():
        pass


@pytest.mark.parametrize("steps", range(8))
async def test_a_turn_that_came_to_who_has_left_is_passed_on(steps: int) -> None:
    """Whatever the moment: before it came, as it came, and while it was had."""
    turns = Turns()

    async def hold() -> None:
        async with turns.turn():
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(hold())
        leaving = asyncio.create_task(hold())
        for _ in range(steps):
            await asyncio.sleep(0)
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await leaving

    async with asyncio.timeout(1):
        await hold()
    assert turns.waiting == 0


async def test_what_fails_in_its_turn_gives_it_back() -> None:
    turns = Turns()
    with pytest.raises(LookupError):
        async with turns.turn():
            raise LookupError

    async with asyncio.timeout(1), turns.turn():
        pass
