"""Processes of our programs for tests, forked by one that has imported them.

``Popen`` and ``run`` are those of ``subprocess``, and ``started`` that of
``gateway.demo.processes``, for ``python -m`` and ``python -c`` alone. What they start
is a process like theirs, in a tenth of the time (``tests/forks.py``). How a program
starts by its command line is for ``subprocess`` to try still.
"""

import inspect
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, AnyStr

STOP_SECONDS = 5.0
_SIGNATURE = inspect.signature(
    subprocess.Popen._execute_child  # type: ignore[attr-defined] # named in no stub
)
_UNSUPPORTED = {
    "executable": None,
    "preexec_fn": None,
    "pass_fds": (),
    "shell": False,
    "gid": None,
    "gids": None,
    "uid": None,
    "umask": -1,
    "process_group": -1,
}


class _Nursery:
    """The process that forks; it is there from the first time on that it is asked."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._is_ours = True

    def ask(self, program: Mapping[str, object], streams: list[int]) -> socket.socket:
        """Ask for a process; return where its id and its end are told."""
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            text = json.dumps(program).encode()
            files = [*streams, there.fileno()]
            socket.send_fds(self.start(), [text], files)
        return here

    def start(self) -> socket.socket:
        """Let it begin to import, unless it has; return where it is asked."""
        if self._control is None:
            here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with there:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.forks", str(there.fileno())],
                    pass_fds=[there.fileno()],
                    stdin=subprocess.DEVNULL,
                )
            self._control = here
        return self._control

    def share(self) -> None:
        """Go on asking that of the process of which we are a fork, and let it be."""
        self._is_ours = False

    def end(self) -> None:
        """Let it end, once nobody can ask any more."""
        if self._control is not None and self._process is not None:
            self._control.close()
            if self._is_ours:
                self._process.wait()
                self._process = None
            self._control = None


NURSERY = _Nursery()
os.register_at_fork(after_in_child=NURSERY.share)


class Popen(subprocess.Popen[AnyStr]):
    """A process that was forked instead of executed, and is used like any other."""

    _told: socket.socket

    def _execute_child(self, *given: object) -> None:
        asked: dict[str, Any] = _SIGNATURE.bind(self, *given).arguments
        for name, usual in _UNSUPPORTED.items():
            assert asked.get(name, usual) == usual, f"{name} is not for forks"
        command = [os.fspath(word) for word in asked["args"]]
        assert command[0] == sys.executable, f"{command[0]} is not for forks"
        ends = (asked["p2cread"], asked["c2pwrite"], asked["errwrite"])
        program = {
            "arguments": command[1:],
            "folder": str(Path(asked["cwd"] or ".").resolve()),
            "environment": dict(os.environ if asked["env"] is None else asked["env"]),
            "is_apart": asked["start_new_session"],
        }
        try:
            streams = [n if end == -1 else end for n, end in enumerate(ends)]
            self._told = NURSERY.ask(program, streams)
            self.pid = self._hear("started")
        finally:
            self._close_pipe_fds(  # type: ignore[attr-defined] # named in no stub
                *(asked[end] for end in ("p2cread", "p2cwrite", "c2pread")),
                *(asked[end] for end in ("c2pwrite", "errread", "errwrite")),
            )
        self._child_created = True

    def _internal_poll(
        self, _deadstate: int | None = None, *_: object, **__: object
    ) -> int | None:
        lock = self._waitpid_lock  # type: ignore[attr-defined] # named in no stub
        if not lock.acquire(blocking=False):
            return None
        try:
            if self.returncode is None:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        finally:
            lock.release()
        return self.returncode

    def _try_wait(self, flags: int) -> tuple[int, int]:
        try:
            status = self._hear("ended", socket.MSG_DONTWAIT if flags else 0)
        except BlockingIOError:
            return 0, 0
        with self._told:
            # Noted; once it is forgotten, the other end is closed.
            self._told.shutdown(socket.SHUT_WR)
            self._told.recv(64)
        return self.pid, status

    def _hear(self, what: str, flags: int = 0) -> int:
        word, _, number = self._told.recv(64, flags).decode().partition(" ")
        assert word == what, f"{self.args!r}: {word or 'what forks has ended'}"
        return int(number)


def run(  # noqa: PLR0913 - what ``subprocess.run`` is told
    command: Sequence[str | Path],
    *,
    input: str | None = None,  # noqa: A002 - as ``subprocess.run`` names it
    timeout: float | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    check: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; keep what it writes."""
    pipe = subprocess.PIPE
    stdin = None if input is None else pipe
    with Popen(
        command, stdin=stdin, stdout=pipe, stderr=pipe, text=True, cwd=cwd, env=env
    ) as process:
        try:
            out, err = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(command, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


@contextmanager
def started(*module_and_arguments: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """Run one of our commands, its errors to ``log``; end it at the end.

    Its standard input ends with us, even if we are killed.
    """
    with (
        log.open("ab") as errors,
        Popen(
            [sys.executable, "-m", *module_and_arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
