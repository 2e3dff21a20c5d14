"""Keep things going beside the requests, from the start to the end.

Nobody waits for such work, so whatever ends it begins again, after a pause that grows:
a database that was away, an error of a driver's own, a bug of ours. That it did is in
the log, counted, and shown by readiness; no work has to know what may go wrong.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0
"""How many seconds pass before work begins again: twice as many each time."""
WELL_SECONDS = 60.0
"""Work that went on for so long begins again as soon as the first time."""

Work = Callable[[], Coroutine[Any, Any, None]]
"""Begins work that has no end of its own."""


class Supervisor:
    """Keeps work going, and knows how each piece of it does."""

    def __init__(
        self,
        failed: Callable[[str, str], None] = lambda _name, _kind: None,
        *,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._failed = failed
        """Is told of each end, by the work's name and the kind of what ended it."""
        self._first_pause = first_pause
        self._restarts: Counter[str] = Counter()
        self._is_going: dict[str, bool] = {}

    @property
    def going(self) -> Mapping[str, bool]:
        """Of each piece of work whether it goes on, and does not pause."""
        return dict(self._is_going)

    @property
    def restarts(self) -> Mapping[str, int]:
        """How often each has begun again, if it has."""
        return dict(self._restarts)

    @asynccontextmanager
    async def running(self, work: Work, name: str) -> AsyncIterator[None]:
        """Keep ``work`` going until the end, and cancel it then.

        ``name`` is the logger's, ``gateway.name``.
        """
        keeping = asyncio.create_task(self._keep(work, name), name=name)
        try:
            yield
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping
            self._is_going.pop(name, None)

    async def _keep(self, work: Work, name: str) -> None:
        logger, pause = structlog.get_logger(f"gateway.{name}"), self._first_pause
        while True:
            self._is_going[name] = True
            began = time.monotonic()
            try:
                await work()
                error: BaseException | None = None
            except asyncio.CancelledError as cancelled:
                # Somebody may cancel what the work waits for, and not the work.
                if _is_ending():
                    raise
                error = cancelled
            except Exception as raised:  # noqa: BLE001 - of whatever kind it is
                error = raised
            self._is_going[name] = False
            self._restarts[name] += 1
            self._failed(name, type(error).__name__)
            if time.monotonic() - began >= WELL_SECONDS:
                pause = self._first_pause
            logger.error("background work ended", exc_info=error, again_in=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def wait_for_change(changed: asyncio.Event, seconds: float) -> None:
    """Wait until ``changed`` is set, which is cleared, or ``seconds`` have gone."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await changed.wait()
    changed.clear()


def _is_ending() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
