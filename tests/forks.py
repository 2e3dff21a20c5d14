"""A process that has imported everything, and forks our programs when asked to.

Run as ``python -m tests.forks SOCKET`` by ``tests/nursery.py``. A program started by
its command line spends two seconds of a processor on imports; a fork of this process
has them already. Apart from that it is the same: a process with its own standard
streams, folder and environment, that can be signalled, and killed, and that ends as an
interpreter does (``tests/test_nursery.py``), but for taking every module apart, which
takes ten times as long as the fork.

Forks are made while there is one thread and no event loop. A process that has ended
stays a zombie until whoever asked for it has taken note, as with one's own children.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import threading
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gateway.documents.trusted import open_documents
from gateway.settings.settings import Settings
from policy.catalogue import load_catalogue
from policy.parameters import load_parameters

NOT_FOR_IMPORT = ("__main__", "migrations.env")
SETTINGS = Settings(
    manifests="",
    trust_bundle="",
    certificate_id_key_file="",
    pseudonym_key_file="",
    tokens=[],
)
MESSAGE_BYTES = 200_000
"""The most a request may take: arguments and the environment."""
STREAMS = 3
"""Standard input, output and error, which are sent along."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a fork is to become."""

    arguments: Sequence[str]
    """What follows ``python``: ``-m`` and a module, or ``-c`` and a text."""
    folder: str
    environment: Mapping[str, str]
    is_apart: bool
    """Whether it is in a session of its own, which no Ctrl-C reaches."""
    files: Sequence[int] = ()
    """Its streams, and where to tell that it is itself now."""


@dataclass(frozen=True, slots=True)
class Child:
    """A fork, and where to tell of its end."""

    pid: int
    told: int
    is_over: bool = False


def ours() -> list[str]:
    """Return the names of our packages."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["packages"]["find"]["include"]
    return [pattern.removesuffix("*") for pattern in patterns]


def import_everything() -> None:
    """Import all of our modules, and what they need with them."""
    for name in ours():
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith(NOT_FOR_IMPORT):
                importlib.import_module(module.name)
    # Every gateway reads these as it starts. A fork has read them.
    open_documents(SETTINGS)
    load_catalogue()
    load_parameters()
    # Looked through no more, so that forks go on sharing it.
    gc.collect()
    gc.freeze()


def fork_when_asked(control: socket.socket) -> Program | None:
    """Fork until nobody can ask any more; return in a fork what it is to become."""
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is None:
                    text, files, _, _ = socket.recv_fds(
                        control, MESSAGE_BYTES, STREAMS + 1
                    )
                    if not text:
                        return None
                    program = fork(selector, json.loads(text), files)
                    if program is not None:
                        return program
                else:
                    selector.unregister(key.fd)
                    see_off(selector, key.data)
                    os.close(key.fd)


def fork(
    selector: selectors.BaseSelector, asked: dict[str, Any], files: Sequence[int]
) -> Program | None:
    """Make one process; return in that one what it is to become."""
    assert threading.active_count() == 1, "a fork would lose the other threads"
    pid = os.fork()
    if pid == 0:
        return Program(**asked, files=files)
    for file in files[:STREAMS]:
        os.close(file)
    child = Child(pid, files[STREAMS])
    selector.register(os.pidfd_open(pid), selectors.EVENT_READ, child)
    return None


def see_off(selector: selectors.BaseSelector, child: Child) -> None:
    """Tell how a process ended; let it go once that was noted."""
    if not child.is_over:
        ended = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert ended is not None
        is_exit = ended.si_code == os.CLD_EXITED
        status = ended.si_status << 8 if is_exit else ended.si_status
        with suppress(BrokenPipeError, ConnectionResetError):
            os.write(child.told, f"ended {status}".encode())
        # Readable when the other end was closed, by them or with them.
        over = replace(child, is_over=True)
        selector.register(child.told, selectors.EVENT_READ, over)
    else:
        os.waitpid(child.pid, 0)


def become(program: Program) -> None:
    """Be the program, from here to the end of this process."""
    if program.is_apart:
        os.setsid()
    *streams, told = program.files
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
    os.chdir(program.folder)
    os.write(told, f"started {os.getpid()}".encode())
    os.closerange(STREAMS, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(program.environment)
    sys.path[0] = program.folder
    kind, what, *more = program.arguments
    sys.argv = [kind, *more]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(what, {"__name__": "__main__"})  # noqa: S102 - what ``python -c`` does


def end(code: int) -> None:
    """End as the interpreter does, as far as anybody can tell."""
    threading._shutdown()  # type: ignore[attr-defined] # named in no stub
    atexit._run_exitfuncs()
    # What cannot be written is the interpreter's to tell.
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code & 0xFF)


def main() -> None:
    """Import, and fork."""
    # Ctrl-C is for whoever asks; we end with them.
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    import_everything()
    program = fork_when_asked(control)
    if program is not None:
        control.detach()
        signal.signal(signal.SIGINT, interrupt)
        code: str | int | None = None
        try:
            become(program)
        except SystemExit as left:
            code = left.code
        if code is None or isinstance(code, int):
            end(code or 0)
        sys.exit(code)


if __name__ == "__main__":
    main()
