"""What a running gateway costs, read from ``/proc``."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.running import Gateway

PROC = Path("/proc")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Cost:
    """What was spent between two moments."""

    cpu_seconds: float = 0.0
    grown_bytes: int = 0


@contextmanager
def cost_of(gateway: Gateway) -> Iterator[Cost]:
    """Measure all processes of ``gateway`` until the end of the block."""
    processes = _processes(gateway)
    cpu, memory = _cpu_seconds(processes), _resident_bytes(processes)
    cost = Cost()
    yield cost
    cost.cpu_seconds = _cpu_seconds(processes) - cpu
    cost.grown_bytes = _resident_bytes(processes) - memory


def _processes(gateway: Gateway) -> list[Path]:
    """Return the process that was started with the gateway's settings, and below."""
    own = os.fsencode(gateway.folder / "gateway.toml")
    started = [process for process in _all() if own in _command(process)]
    found: list[Path] = []
    while started:
        process = started.pop()
        found.append(process)
        started += [p for p in _all() if _parent(p) == process.name]
    return found


def _all() -> list[Path]:
    return [path for path in PROC.iterdir() if path.name.isdigit() and path.exists()]


def _command(process: Path) -> list[bytes]:
    try:
        return (process / "cmdline").read_bytes().split(b"\0")
    # Somebody else's has ended since it was listed.
    except OSError:
        return []


def _parent(process: Path) -> str:
    try:
        stat = (process / "stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[1]


def _cpu_seconds(processes: list[Path]) -> float:
    """Sum up what each thread ran, in nanoseconds as the scheduler counts."""
    threads = [t for process in processes for t in (process / "task").iterdir()]
    return sum(int((t / "schedstat").read_text().split()[0]) for t in threads) / 1e9


def _resident_bytes(processes: list[Path]) -> int:
    pages = [int((p / "statm").read_text().split()[1]) for p in processes]
    return sum(pages) * PAGE_BYTES
