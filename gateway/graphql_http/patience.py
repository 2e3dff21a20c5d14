"""Wait for an answer as long as somebody waits for it, and not for ever."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from gateway.graphql_http.refusals import ClientGoneError, Code, RefusedRequestError

T = TypeVar("T")


async def awaited(work: Awaitable[T], receive: Receive, seconds: float) -> T:
    """Return what ``work`` comes to; cancel it once nobody will read that.

    Cancelling reaches down to the calls to agencies, unless another request waits
    for the same call (``connectors.guard``).

    Raises:
        RefusedRequestError: it took too long.
        ClientGoneError: the client left.
    """
    answering = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait(
            (answering, leaving),
            timeout=seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if answering.done():
            return answering.result()
        if leaving.done():
            raise ClientGoneError
        raise RefusedRequestError(
            Code.TIMED_OUT, f"the question took longer than {seconds:g} seconds"
        )
    finally:
        # Our own cancellation, at the server's end, comes this way too.
        unfinished = [task for task in (answering, leaving) if task.cancel()]
        await asyncio.gather(*unfinished, return_exceptions=True)


async def _left(receive: Receive) -> None:
    """Return once the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
