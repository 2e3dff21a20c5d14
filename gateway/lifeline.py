"""End with whoever started us, however that came to its end.

A process that is killed takes nobody with it. What it leaves behind is the end of a
pipe: whoever waits at the other one reads nothing more, and knows.
"""

import os
import signal
import time
from dataclasses import dataclass
from threading import Thread
from typing import Self

STDIN = 0


def end_with_stdin() -> None:
    """From now on, end by SIGTERM once standard input is at its end."""
    Thread(target=_wait, args=(STDIN,), daemon=True, name="lifeline").start()


@dataclass(frozen=True, slots=True)
class Lifeline:
    """A pipe that nobody writes to, between a process and what it forks."""

    _held: int
    """The end that is open as long as the process is there."""
    _watched: int

    @classmethod
    def open(cls) -> Self:
        """Return one, before the fork."""
        watched, held = os.pipe()
        return cls(held, watched)

    def end_with_parent(self, seconds: float) -> None:
        """In the fork: end by SIGTERM once the parent is gone, or after a time anyway.

        Who is waiting for others then is not asked: nobody is left who would kill it.
        """
        os.close(self._held)
        args = (self._watched, seconds)
        Thread(target=_wait, args=args, daemon=True, name="lifeline").start()


def _wait(file: int, seconds: float | None = None) -> None:
    # Not ``sys.stdin``: its lock would be waited for at the interpreter's end.
    while os.read(file, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGKILL)
