"""A question goes on as long as somebody waits for it, and not for ever."""

import asyncio
from typing import Any

import pytest

from gateway.graphql_http.refusals import ClientGoneError, Code, RefusedRequestError
from gateway.graphql_http.request_timeout import within_time


async def never() -> Any:
    return await asyncio.Event().wait()


async def test_an_answer_that_takes_too_long_is_stopped() -> None:
    stopped: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            stopped.append(True)
            raise

    with pytest.raises(RefusedRequestError) as refused:
        await within_time(work(), never, 0.05)

    assert (refused.value.code, str(refused.value), stopped) == (
        *(Code.TIMED_OUT, "the question took longer than 0.05 seconds", [True]),
    )
    # Who answers that goes on, and is not cancelled itself.
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_where_the_client_has_left_nothing_goes_on() -> None:
    messages = iter([{"type": "http.request"}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    with pytest.raises(ClientGoneError):
        await asyncio.wait_for(within_time(asyncio.sleep(5), receive, 5.0), 2)


async def test_what_is_done_in_time_is_returned_and_nobody_looked_after() -> None:
    looked: list[bool] = []

    async def receive() -> Any:
        looked.append(True)
        try:
            return await asyncio.Event().wait()
        finally:
            looked.append(False)

    assert await within_time(asyncio.sleep(0, "done"), receive, 5.0) == "done"
    assert looked == []
    assert await within_time(asyncio.sleep(0.05, "late"), receive, 5.0) == "late"
    await asyncio.sleep(0)
    assert looked == [True, False]


async def test_whoever_ends_the_server_ends_the_question() -> None:
    task = asyncio.create_task(within_time(never(), never, 5.0))
    await asyncio.sleep(0.03)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
