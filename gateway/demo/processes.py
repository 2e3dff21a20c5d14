"""Run our own commands as processes beside us, and end all of them."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.errors import StartError

READY_SECONDS = 30.0
STOP_SECONDS = 5.0


def run(*module_and_arguments: str) -> None:
    """Run one of our commands to its end.

    Raises:
        StartError: it failed; the message is what it wrote.
    """
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "-m", *module_and_arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise StartError(done.stderr.strip() or f"{module_and_arguments[0]} failed")


@contextmanager
def started(*module_and_arguments: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """Run one of our commands beside us, its errors to ``log``; end it at the end.

    Its standard input ends with us, even if we are killed: a command that watches it
    (``--until-stdin-closes``) is never left behind.
    """
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, "-m", *module_and_arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Ctrl-C reaches us alone; we end the others, in order.
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def ready_address(process: subprocess.Popen[str], log: Path) -> str:
    """Return the address a sandbox agency says it listens on.

    Raises:
        StartError: it ended instead; the message is the end of its log.
    """
    assert process.stdout is not None  # noqa: S101 - ``started`` opens a pipe
    word, _, address = process.stdout.readline().strip().partition(" ")
    if word != "ready":
        process.wait()
        raise StartError(_last_line(log))
    return address


def await_answer(url: str, process: subprocess.Popen[str], log: Path) -> None:
    """Wait until ``url`` answers.

    Raises:
        StartError: the process ended, or took too long.
    """
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise StartError(_last_line(log))
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise StartError(f"{url} did not answer within {READY_SECONDS:.0f} s; see {log}")


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines()
    return lines[-1] if lines else f"a process ended without a word; see {log}"
