"""A process that can be struck, with all that it forked, and started again."""

import os
import resource
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any


@dataclass(slots=True)
class Part:
    """A process of the town, with all that it forks."""

    run: Callable[[], AbstractContextManager[Popen[Any]]]
    _stack: ExitStack = field(default_factory=ExitStack)
    _process: Popen[Any] | None = None

    def begin(self) -> None:
        """Start it, and wait until it answers."""
        self._process = self._stack.enter_context(self.run())

    def end(self) -> None:
        """Have it end in order, unless it has ended."""
        self._stack.close()
        self._stack = ExitStack()

    def terminate(self) -> None:
        """Have it end in order, and wait for nothing."""
        assert self._process is not None
        self._process.terminate()

    def signal(self, number: int) -> None:
        """Send a signal to it and to all that it forked."""
        for pid in family(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def limit_files(self, size_bytes: int) -> None:
        """Let no file of it grow beyond a size, or any, with ``RLIM_INFINITY``."""
        for pid in family(self.pid):
            _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size_bytes, most))

    @property
    def pid(self) -> int:
        """Its number, as long as it runs."""
        assert self._process is not None
        return self._process.pid


def family(pid: int) -> list[int]:
    """Return a process and all below it, parents first."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # What is in brackets is its name, which may have anything in it.
            parents[int(stat.parent.name)] = int(
                stat.read_text("utf-8").rpartition(")")[2].split()[1]
            )
    found = [pid]
    for parent in found:
        found += [child for child, its in parents.items() if its == parent]
    return found
