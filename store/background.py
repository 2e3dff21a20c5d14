"""Keep something going beside the requests, from the start to the end.

Nobody waits for such work, so an end that a bug makes is said in the log.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Run ``work`` until the end, and cancel it then.

    ``name`` is the logger's, ``gateway.name``.
    """
    going = asyncio.create_task(work, name=name)
    going.add_done_callback(_report_the_end)
    try:
        yield
    finally:
        going.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await going


async def wait_for_change(changed: asyncio.Event, seconds: float) -> None:
    """Wait until ``changed`` is set, which is cleared, or ``seconds`` have gone."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await changed.wait()
    changed.clear()


def _report_the_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        structlog.get_logger(f"gateway.{task.get_name()}").error(
            "background work ended", exc_info=error
        )
