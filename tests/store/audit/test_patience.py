"""Nobody waits for the log for ever, and nobody is refused who need not wait longer."""

import asyncio
from functools import partial

import pytest

from connectors.errors import StoreUnavailableError
from store.audit.patience import Patience

SECONDS = 0.01


async def test_who_waits_too_long_is_refused_each_in_turn() -> None:
    loop, patience = asyncio.get_running_loop(), Patience(SECONDS)
    waits = [loop.create_future() for _ in range(3)]
    ended: list[int] = []
    for place, kept in enumerate(waits):
        kept.add_done_callback(partial(_note, ended, place))
        patience.limit(kept)
        await asyncio.sleep(SECONDS / 4)

    await asyncio.wait(waits)

    assert ended == [0, 1, 2]
    for kept in waits:
        with pytest.raises(StoreUnavailableError, match="took too long"):
            kept.result()


def _note(ended: list[int], place: int, _: object) -> None:
    ended.append(place)


async def test_what_is_kept_in_time_and_who_has_left_are_left_alone() -> None:
    loop, patience = asyncio.get_running_loop(), Patience(SECONDS)
    kept, left, last = (loop.create_future() for _ in range(3))
    for one in (kept, left, last):
        patience.limit(one)
    kept.set_result(None)
    left.cancel()

    with pytest.raises(StoreUnavailableError):
        await last

    assert kept.result() is None
    assert left.cancelled()


async def test_who_comes_after_all_others_have_gone_is_refused_too() -> None:
    loop, patience = asyncio.get_running_loop(), Patience(SECONDS)
    for _ in range(2):
        kept = loop.create_future()
        patience.limit(kept)
        with pytest.raises(StoreUnavailableError):
            await kept
