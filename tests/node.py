"""Packages of npm for tests, installed by their lock file into a folder of a run."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

LOCKED = (".npmrc", "package.json", "package-lock.json")
SECONDS = 120


def unavailable(reason: str) -> NoReturn:
    """Skip on a laptop; where everything has to run, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def install(source: Path, script: str, folder: Path) -> Path:
    """Return the script of ``source``, with its locked packages, in ``folder``."""
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        unavailable(f"{' and '.join(missing)} not found; {script} needs Node")
    for name in (*LOCKED, script):
        shutil.copy(source / name, folder)
    installed = subprocess.run(
        ["npm", "ci"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if installed.returncode:
        unavailable(f"npm ci: {installed.stderr[-500:]}")
    return folder / script
