"""A question goes on as long as somebody waits for it, and not for ever."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import pytest
from starlette.types import Receive

from gateway.graphql_http.refusals import ClientGoneError, Code, RefusedRequestError
from gateway.graphql_http.request_timeout import Limit, Supervision
from tests.circles import circles

T = TypeVar("T")


def too_long(seconds: float) -> RefusedRequestError:
    return RefusedRequestError(Code.TIMED_OUT, f"longer than {seconds:g} seconds")


async def within_time(work: Awaitable[T], receive: Receive, seconds: float) -> T:
    with Limit(Supervision(), seconds, too_long, receive):
        return await work


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
        *(Code.TIMED_OUT, "longer than 0.05 seconds", [True]),
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
    assert await within_time(asyncio.sleep(0.1, "late"), receive, 5.0) == "late"
    assert looked == [True]


async def test_whoever_ends_the_server_ends_the_question() -> None:
    task = asyncio.create_task(within_time(never(), never, 5.0))
    await asyncio.sleep(0.03)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_look_is_for_all_and_ends_those_alone_whose_time_is_over() -> None:
    supervision = Supervision()

    async def wait(seconds: float, limit: float) -> str:
        with Limit(supervision, limit, too_long, never):
            return await asyncio.sleep(seconds, "done")

    ends = await asyncio.gather(
        wait(0.2, 5.0), wait(5, 0.05), wait(0.2, 5.0), return_exceptions=True
    )

    assert [getattr(end, "code", end) for end in ends] == [
        *("done", Code.TIMED_OUT, "done")
    ]


async def test_nobody_is_looked_after_where_the_client_is_not_to_be() -> None:
    with pytest.raises(RefusedRequestError), Limit(Supervision(), 0.05, too_long):
        await asyncio.sleep(5)


async def test_a_request_that_was_looked_after_leaves_nothing_to_collect() -> None:
    with circles() as left:
        await within_time(asyncio.sleep(0.1), never, 5.0)
        await asyncio.sleep(0)

    assert left.isdisjoint({Limit, asyncio.Task})
