"""Start processes on a core of their own, and read what they used from /proc."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10.0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat after the name in brackets, proc(5).
_PARENT, _USER, _SYSTEM, _REAPED_USER, _REAPED_SYSTEM = 1, 11, 12, 13, 14


class BenchmarkError(Exception):
    """The benchmark cannot go on; the message says why and what to do."""


class WrongAnswersError(BenchmarkError):
    """A server gave answers that are not those it had to give."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Which cores servers run on, and which the rest: load and upstreams."""

    server: int
    load: int

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Take the first and the last core this process may use.

        Raises:
            BenchmarkError: there is only one.
        """
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) == 1:
            raise BenchmarkError(
                "two cores are needed: one for the server that is measured, one for "
                "who asks it"
            )
        return cls(cores[0], cores[-1])


def tool(name: str, remedy: str) -> str:
    """Return the path of a command.

    Raises:
        BenchmarkError: it is not installed.
    """
    path = shutil.which(name)
    if path is None:
        raise BenchmarkError(f"{name} is not installed; {remedy}")
    return path


def pinned(*cores: int) -> list[str]:
    """Return the start of a command that may use these cores only."""
    return ["taskset", "--cpu-list", ",".join(map(str, cores))]


@contextmanager
def started(  # noqa: PLR0913 - how a process is run
    command: Collection[str],
    *,
    core: int,
    log: Path,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Run ``command`` on ``core``; end it and all its children at the end.

    ``user`` is whom it runs as, where it refuses to run as root.
    """
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            [*pinned(core), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            user=user,
            # A group of its own, so that its children end with it.
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)
        if process.stdout is not None:
            process.stdout.close()


def _end(process: subprocess.Popen[str]) -> None:
    """Ask the process to end, then its whole group; it is its leader."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def tree(root: int) -> set[int]:
    """Return a process and all its descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[_PARENT])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def cpu_seconds(roots: Collection[int]) -> float:
    """Return the user and system time of whole process trees, all threads."""
    ticks = 0
    for pid in set().union(*map(tree, roots)):
        # One that ended meanwhile is in its parent's time of reaped children.
        if fields := _stat(pid):
            ticks += sum(
                int(fields[at]) for at in (_USER, _SYSTEM, _REAPED_USER, _REAPED_SYSTEM)
            )
    return ticks / TICKS_A_SECOND


def resident_bytes(roots: Collection[int]) -> int:
    """Return the memory of whole process trees; what processes share counts once."""
    return sum(_memory(pid, "Pss:") for pid in set().union(*map(tree, roots)))


def largest_bytes(roots: Collection[int]) -> int:
    """Return the memory of the largest process, what it shares included."""
    return max(_memory(pid, "Rss:") for pid in set().union(*map(tree, roots)))


def peak_bytes(roots: Collection[int]) -> int:
    """Return the most that one of the processes ever had in memory; 0 if none runs."""
    return max(_peak(pid) for pid in set().union(*map(tree, roots)))


def _peak(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    rows = (row.split() for row in told.splitlines())
    return next((int(row[1]) for row in rows if row[:1] == ["VmHWM:"]), 0) * 1024


def _memory(pid: int, row: str) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    kilobytes = (int(line.split()[1]) for line in text.splitlines() if row in line)
    return next(kilobytes, 0) * 1024


def _stat(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` after the name; none if it ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def is_running(pid: int) -> bool:
    """Say whether a process is there and has not ended."""
    fields = _stat(pid)
    return bool(fields) and fields[0] != "Z"


def settle() -> None:
    """Let a server that just started finish what it does once it is ready."""
    time.sleep(0.5)
