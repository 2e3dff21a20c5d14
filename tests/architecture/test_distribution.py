"""Wheel and source distribution have every file, and the demo runs from a wheel."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.architecture.documents import ROOT

MADE = {"__pycache__", "node_modules", "build"}
"""Folders of what is made on the way."""
PACKAGES = (
    *("signing", "policy", "connectors", "bureau", "store", "resolvers", "gateway"),
    "sandbox",
)
BESIDE = ("tests", "docs", "benchmarks", "tools")


@pytest.fixture(scope="module", name="distributed")
def _distributed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The files of wheel and source, as setuptools reads pyproject.toml."""
    folder = tmp_path_factory.mktemp("distributed")
    program = (sys.executable, "-m", "tests.architecture.distributed", str(folder))
    done = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True)
    files: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return files


def files_of(*folders: str) -> set[str]:
    """Return every file of ours below ``folders``."""
    found: set[str] = set()
    for top in folders:
        for folder, below, names in os.walk(ROOT / top):
            below[:] = [one for one in below if one not in MADE]
            place = Path(folder).relative_to(ROOT)
            found |= {(place / name).as_posix() for name in names}
    return found


def test_a_wheel_has_every_file_of_the_packages(
    distributed: dict[str, list[str]],
) -> None:
    found = {
        (ROOT / path).relative_to(ROOT).as_posix() for path in distributed["wheel"]
    }

    assert found == files_of(*PACKAGES)


def test_the_source_has_what_the_tests_take(
    distributed: dict[str, list[str]],
) -> None:
    found = {path.replace(os.sep, "/") for path in distributed["source"]}

    assert files_of(*PACKAGES, *BESIDE) <= found
    assert {"Makefile", "schema.graphql", "requirements.lock", "LICENSE"} <= found


@pytest.mark.long
def test_the_demo_of_an_installed_wheel_is_right(tmp_path: Path) -> None:
    folder, venv = tmp_path / "dist", tmp_path / "venv"
    python = venv / "bin" / "python"
    # By its sources alone: nothing that lies beside them may be missed afterwards.
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder))
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True, text=True)
    [wheel], [_] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    [site] = venv.glob("lib/python*/site-packages")
    with ZipFile(wheel) as opened:
        opened.extractall(site)
    # What we depend on, but not ourselves: a line adds no editable installation.
    others = [path for path in sys.path if path.endswith("site-packages")]
    (site / "others.pth").write_text("\n".join(others), "utf-8")
    environment = {**os.environ, "PYTHONPATH": "", "PYTHONSAFEPATH": "1"}

    def gateway(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-m", "gateway", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    shown = gateway("demo", "--check", "--holders", "50")

    assert shown.returncode == 0, shown.stderr
    assert re.search(r"^(2[5-9]|[3-9]\d) right, 0 wrong$", shown.stdout, re.MULTILINE)
    assert gateway("init", "made").returncode == 0
    assert gateway("evidence", "page").stdout.lower().startswith("<!doctype html>")
    assert gateway("schema").stdout == (ROOT / "schema.graphql").read_text("utf-8")
