"""A limit on how long one call to an agency may take.

``asyncio.timeout`` does the same for whatever is put into it, and moves with whoever
sets it anew; for a limit that stays it costs twice as much, once a call.
"""

import asyncio
from types import TracebackType


class TimeLimit:
    """Ends what is awaited inside by ``TimeoutError``, once its time is over."""

    __slots__ = ("_before", "_is_over", "_seconds", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._is_over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a call is a task
        self._task = task
        self._before = task.cancelling()
        loop = task.get_loop()
        self._timer = loop.call_later(self._seconds, self._end)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        # Whoever else wanted the call to end meanwhile is still to be obeyed.
        if (
            self._is_over
            and self._task.uncancel() <= self._before
            and kind is asyncio.CancelledError
        ):
            raise TimeoutError

    def _end(self) -> None:
        self._is_over = True
        self._task.cancel()
