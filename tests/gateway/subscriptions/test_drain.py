"""A process that is told to end lets those who follow go first, but not for ever."""

import signal
import sys

from tests.nursery import run

PROGRAM = """
import asyncio, os, signal, time
from gateway.settings.http import Http
from gateway.settings.subscriptions import Subscriptions
from gateway.sockets.watch import Watch
from gateway.subscriptions.connections import Connections
from gateway.subscriptions.drain import DRAIN_SECONDS, MARGIN_SECONDS, drain_on_sigterm

def say(*words):
    print(*words, flush=True)

async def serve():
    connections, watch = Connections(Subscriptions()), Watch(Http())
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
    seconds = REQUEST_SECONDS
    with (
        drain_on_sigterm(connections, watch, seconds),
        connections.opened(lambda: say("go away"), is_known=True),
    ):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.1)
        say(ended.is_set(), watch.is_leaving)
        THEN
        say(ended.is_set(), watch.is_leaving)
    return signal.getsignal(signal.SIGTERM)

say(asyncio.run(serve()) == signal.SIG_DFL)
"""


def told(then: str, request_seconds: str = "60") -> tuple[int, list[str]]:
    """Run the program; return how it ended and what it said."""
    text = PROGRAM.replace("REQUEST_SECONDS", request_seconds).replace("THEN", then)
    done = run([sys.executable, "-c", text], timeout=30)
    return done.returncode, [*done.stdout.splitlines(), *done.stderr.splitlines()]


def test_the_server_ends_once_those_who_follow_had_their_time() -> None:
    status, lines = told("await asyncio.sleep(DRAIN_SECONDS)")

    assert (status, lines) == (0, ["go away", "False False", "True True", "True"])


def test_who_is_told_twice_does_not_wait() -> None:
    twice = "os.kill(os.getpid(), signal.SIGTERM); await asyncio.sleep(0.1)"

    status, lines = told(twice)

    assert (status, lines) == (0, ["go away", "False False", "True False", "True"])


def test_what_does_not_end_is_killed_once_all_requests_must_be_over() -> None:
    soon = "0.5 - DRAIN_SECONDS - MARGIN_SECONDS"

    status, lines = told("time.sleep(20)", soon)

    assert (status, lines) == (-signal.SIGKILL, ["go away", "False False"])
