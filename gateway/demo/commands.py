"""``gateway demo``: run the demo, or check every story person's answer."""

import signal
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from gateway.demo.demo import Ports, open_demo
from gateway.demo.screen import show_demo, show_stopped


def run_demo(folder: Path, holders: int, ports: Ports) -> None:
    """Run the demo until Ctrl-C, or until its terminal is closed.

    Raises:
        StartError: it could not start.
    """
    # Ctrl-C is listened to even where a script started us in the background. Under
    # nohup a terminal that closes means nothing.
    endings = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        endings.remove(signal.SIGHUP)
    for ending in endings:
        signal.signal(ending, _interrupt)
    try:
        with open_demo(folder, holders, ports) as demo:
            show_demo(demo)
            # Blocked, for a signal just before a mere pause would be slept through,
            # and a second one would interrupt the clearing up.
            signal.pthread_sigmask(signal.SIG_BLOCK, endings)
            signal.sigwait(endings)
    except KeyboardInterrupt:
        pass
    # The terminal may be gone.
    with suppress(OSError):
        show_stopped()


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """End a start under way, once: the processes so far are to be ended, too."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt
