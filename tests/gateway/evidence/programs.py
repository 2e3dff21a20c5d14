"""The two programs that check bundles, run as an auditor runs them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.evidence import verify_bundle
from gateway.evidence.verify_bundle import Found
from tests.node import unavailable

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / "gateway/evidence/verify_bundle.py"
JAVASCRIPT = ROOT / "gateway/evidence/verify-bundle.mjs"


def node() -> str:
    """Return Node, without which half of these tests say nothing."""
    found = shutil.which("node")
    return found or unavailable("node not found; verify-bundle.mjs needs Node 20")


@dataclass(frozen=True, slots=True)
class Report:
    """What a program says of a bundle."""

    is_released: bool
    found: tuple[Found, ...]
    """All but what is VALID."""

    @property
    def against(self) -> set[tuple[str, str, str]]:
        """Return what is against the bundle: the check, of what, and the code."""
        return {one[:2] + one[3:] for one in self.found if one.is_against}


def by_python(bundle: bytes, policy: str | None) -> Report:
    found = verify_bundle.verify(bundle, policy)
    return Report(
        is_released=not any(one.is_against for one in found),
        found=tuple(one for one in found if one.outcome != "VALID"),
    )


def by_node(bundles: Sequence[bytes], policy: Path) -> list[Report]:
    """Return what one process says of many bundles, which have no line feed inside."""
    done = subprocess.run(
        [node(), str(JAVASCRIPT), "--batch", "--policy", str(policy)],
        input=b"".join(bundles),
        capture_output=True,
        check=True,
    )
    reports = map(json.loads, done.stdout.splitlines())
    return [
        Report(
            is_released=one["isReleased"],
            found=tuple(Found(**found) for found in one["found"]),
        )
        for one in reports
    ]


def piped(program: Path, lines: str) -> str:
    """Return what a program of Node's writes of what it is given."""
    done = subprocess.run(
        [node(), str(program)],
        input=lines,
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout


def run(program: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program on its own, from no folder of ours."""
    runner = node() if program.suffix == ".mjs" else sys.executable
    return subprocess.run(
        [runner, str(program), *map(str, args)],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        cwd=program.anchor,
    )
