"""A follower counts every event once, wherever what it is sent was cut."""

import asyncio

import pytest

from benchmarks.followers import BEGUN, Follower

PIECE = b"\nevent: next\nid: a\ndata: {}\n\n"
SENT = b"HTTP/1.1 200 OK\r\n\r\n3\r\n:\n\n\r\n" + 3 * (b"1d\r\n" + PIECE + b"\r\n")


@pytest.mark.parametrize("size", [1, 7, len(SENT)])
async def test_events_are_counted_wherever_they_are_cut(size: int) -> None:
    follower = Follower("localhost")

    for start in range(0, len(SENT), size):
        follower.data_received(SENT[start : start + size])

    assert BEGUN in SENT
    assert follower.begun.done()
    assert follower.events == 3


async def test_one_that_is_not_let_in_says_so() -> None:
    follower = Follower("localhost")

    follower.data_received(b"HTTP/1.1 429 Too Many Requests\r\n\r\n{}")
    follower.connection_lost(None)
    await asyncio.sleep(0)

    assert follower.begun.exception() is not None
    assert follower.is_cut_off
