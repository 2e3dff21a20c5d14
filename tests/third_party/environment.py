"""A Python environment for tests, of locked packages that nothing else has."""

import subprocess
import sys
from pathlib import Path

from tests.node import unavailable

SECONDS = 180


def make_environment(requirements: Path, folder: Path) -> Path:
    """Return the interpreter of an environment in ``folder`` with what is locked."""
    # Without pip, which takes longer than all the rest: ours installs there.
    made = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(made, check=True, timeout=SECONDS)
    python = folder / "bin" / "python"
    installed = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(python), "install"),
            *("--quiet", "--disable-pip-version-check", "--no-compile"),
            *("--require-hashes", "-r", str(requirements)),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if installed.returncode:
        unavailable(f"pip install: {installed.stderr[-500:]}")
    return python
