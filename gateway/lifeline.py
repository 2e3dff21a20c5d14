"""End with whoever started us, however that came to its end.

A process that is killed takes nobody with it. What it leaves behind is the end of a
pipe: whoever waits at the other one reads nothing more, and knows.
"""

import os
import signal
from threading import Thread

STDIN = 0


def end_with_stdin() -> None:
    """From now on, end by SIGTERM once standard input is at its end."""
    Thread(target=_wait, daemon=True, name="lifeline").start()


def _wait() -> None:
    # Not ``sys.stdin``: its lock would be waited for at the interpreter's end.
    while os.read(STDIN, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
