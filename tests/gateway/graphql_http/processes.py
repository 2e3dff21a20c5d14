"""What a running gateway costs, read from ``/proc``."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.running import Gateway

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Cost:
    """What was spent between two moments."""

    cpu_seconds: float = 0.0
    grown_bytes: int = 0


@contextmanager
def cost_of(gateway: Gateway) -> Iterator[Cost]:
    """Measure all processes of ``gateway`` until the end of the block."""
    processes = gateway.processes
    assert processes
    cpu, memory = _cpu_seconds(processes), _resident_bytes(processes)
    cost = Cost()
    yield cost
    cost.cpu_seconds = _cpu_seconds(processes) - cpu
    cost.grown_bytes = _resident_bytes(processes) - memory


def _cpu_seconds(processes: list[Path]) -> float:
    """Sum up what each thread ran, in nanoseconds as the scheduler counts."""
    threads = [t for process in processes for t in (process / "task").iterdir()]
    return sum(int((t / "schedstat").read_text().split()[0]) for t in threads) / 1e9


def _resident_bytes(processes: list[Path]) -> int:
    pages = [int((p / "statm").read_text().split()[1]) for p in processes]
    return sum(pages) * PAGE_BYTES
