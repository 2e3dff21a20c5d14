"""Run ``gateway check`` as a process, and read what it wrote."""

import csv
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.gateway.batch.conftest import NIGHT
from tests.nursery import Popen, run
from tests.running import Gateway, eventually


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended."""

    code: int
    output: str
    error: str


def command(gateway: Gateway, claims: Path, out: Path, *more: str) -> list[str]:
    """Return the command that checks ``claims``."""
    return [
        *(sys.executable, "-m", "gateway", "check", str(claims), "--out", str(out)),
        *("--url", gateway.url, "--purpose", "SUBSIDY_CLAIM", "--case", "night-1"),
        *more,
    ]


def environment(token: str = NIGHT) -> dict[str, str]:
    """Return what the process is told besides."""
    return {**os.environ, "CHECK_TOKEN": token}


def check(
    gateway: Gateway, claims: Path, out: Path, *more: str, token: str = NIGHT
) -> Run:
    """Check ``claims``."""
    ended = run(
        command(gateway, claims, out, *more), env=environment(token), timeout=300
    )
    return Run(ended.returncode, ended.stdout, ended.stderr)


def kill_once(holds: Callable[[], bool], arguments: list[str]) -> None:
    """Run a command, and kill it as soon as ``holds``; it must still be running."""
    with Popen(arguments, env=environment()) as running:
        eventually(holds, 60)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL


def results(out: Path) -> list[dict[str, str]]:
    """Return the rows of a file of results."""
    text = out.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def column(out: Path, name: str) -> Sequence[str]:
    """Return one column of a file of results."""
    return [row[name] for row in results(out)]
