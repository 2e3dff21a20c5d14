"""What was measured, as JSON that outlives the run: by phase, with day and versions.

A phase that is measured again replaces what was known of it and nothing else, so that
a phase that takes long may be left out of a run. Each phase says of itself when it was
measured, on which state of the gateway, and how busy the machine was.
"""

import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measurement
from benchmarks.offices import Work
from benchmarks.questions import ROOT
from benchmarks.stage import Phase
from benchmarks.targets import Found

PUBLISHED = ROOT / "benchmarks" / "results" / "figures.json"
PRODUCT = (
    "signing",
    "policy",
    "connectors",
    "resolvers",
    "gateway",
    "requirements.lock",
)
OURS = (
    "granian",
    "starlette",
    "aiohttp",
    "cryptography",
    "strawberry-graphql",
    "uvloop",
)
PEERS = (
    *("graphql-yoga", "mercurius", "@graphql-hive/gateway-runtime"),
    *("@graphql-hive/router-runtime", "@apollo/gateway"),
    *("@grafbase/cli-x86_64-unknown-linux-musl", "bun"),
)
SPREAD = 4
"""How many levels of the JSON have lines of their own."""
FIGURES = 1
"""Digits after the point that are kept; a clock tick is ten milliseconds."""


def read(path: Path) -> dict[str, Any]:
    """Return what is known; nothing, if there is no such file."""
    if not path.exists():
        return {"phases": {}, "profile": {}}
    known: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return known


def write(path: Path, known: dict[str, Any]) -> None:
    """Write what is known, a measurement a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_spread(known, "", SPREAD) + "\n", "utf-8")


def _spread(value: Any, indent: str, levels: int) -> str:  # noqa: ANN401 - JSON
    if not (levels and value and isinstance(value, dict | list)):
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    if isinstance(value, list):
        parts = [_spread(one, inner, levels - 1) for one in value]
        return f"[\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}]"
    parts = [
        f"{json.dumps(name)}: {_spread(one, inner, levels - 1)}"
        for name, one in value.items()
    ]
    return f"{{\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}}}"


def phase_of(
    measurements: Sequence[Measurement], began: datetime, busy: Sequence[float]
) -> dict[str, Any]:
    """Return what is kept of a phase."""
    rounded = [_rounded(one.to_json()) for one in measurements]
    return {**_circumstances(began, busy), "measurements": rounded}


def work_of(
    found: Mapping[str, Mapping[str, float]], began: datetime, busy: Sequence[float]
) -> dict[str, Any]:
    """Return what is kept of one kind of work, by database."""
    rounded = {database: _rounded(dict(figures)) for database, figures in found.items()}
    return {**_circumstances(began, busy), "databases": rounded}


def _circumstances(began: datetime, busy: Sequence[float]) -> dict[str, Any]:
    return {
        "measured_at": began.strftime("%Y-%m-%d %H:%M UTC"),
        "gateway": state_of_the_gateway(),
        "machine": machine(),
        "busy": [round(figure, 1) for figure in busy],
    }


def _rounded(content: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, FIGURES) if isinstance(value, float) else value
        for name, value in content.items()
        if value != {}
    }


def found_in(known: dict[str, Any]) -> Found:
    """Return the figures that targets are about."""
    names = {field.name for field in fields(Measurement)}
    measurements = {
        Phase(phase): [
            Measurement(
                **{
                    **{name: one[name] for name in names if name in one},
                    "phase": Phase(phase),
                    "histogram": _by_number(one.get("histogram", {})),
                    "memory_series_mb": _by_number(one.get("memory_series_mb", {})),
                }
            )
            for one in content["measurements"]
        ]
        for phase, content in known["phases"].items()
    }
    works = {
        Work(work): content["databases"]
        for work, content in known.get("works", {}).items()
    }
    return Found(measurements, known.get("signatures_us", {}), works)


def _by_number(figures: dict[str, Any]) -> dict[int, Any]:
    return {int(number): figure for number, figure in figures.items()}


def state_of_the_gateway() -> str:
    """Return the commit that last touched what is measured; nothing without git."""
    command = ["git", "log", "-1", "--format=%h", "--", *PRODUCT]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, check=False, capture_output=True, text=True
    )
    return done.stdout.strip()


def machine() -> str:
    """Say in words what was measured on."""
    told = Path("/proc/cpuinfo").read_text("utf-8")
    model = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text("utf-8"))
    # What a distribution adds to its kernel's number says nothing about speed.
    kernel = ".".join(platform.release().split(".")[:2])
    gigabytes = int(memory[1]) / 1e6 if memory else 0
    return (
        f"{os.cpu_count()} cores of {model[1] if model else platform.machine()}, "
        f"{gigabytes:.0f} GB, {platform.system()} {kernel}"
    )


def versions(node: str) -> dict[str, str]:
    """Return the versions of what was measured, ours and theirs."""
    lock = ROOT / "benchmarks" / "peers" / "package-lock.json"
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    theirs = {name: packages[f"node_modules/{name}"]["version"] for name in PEERS}
    return {
        "Python": platform.python_version(),
        **{name: version(name) for name in OURS},
        **({"Node": node} if node else {}),
        **theirs,
    }


def now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)
