"""Wheel and source distribution have every file, and the demo runs from a wheel."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from setuptools.command.build_py import build_py
from setuptools.command.egg_info import egg_info
from setuptools.dist import Distribution

from tests.architecture.documents import ROOT

MADE = {"__pycache__", "node_modules", "build"}
"""Folders of what is made on the way."""
PACKAGES = (
    *("signing", "policy", "connectors", "bureau", "store", "resolvers", "gateway"),
    "sandbox",
)
BESIDE = ("tests", "docs", "benchmarks", "tools")


@pytest.fixture(scope="module", name="distribution")
def _distribution() -> Iterator[Distribution]:
    """What pyproject.toml says, as setuptools reads it."""
    before = Path.cwd()
    os.chdir(ROOT)
    found = Distribution({"script_name": "setup.py"})
    found.parse_config_files(["pyproject.toml"])
    yield found
    os.chdir(before)


def files_of(*folders: str) -> set[str]:
    """Return every file of ours below ``folders``."""
    found: set[str] = set()
    for top in folders:
        for folder, below, names in os.walk(ROOT / top):
            below[:] = [one for one in below if one not in MADE]
            place = Path(folder).relative_to(ROOT)
            found |= {(place / name).as_posix() for name in names}
    return found


def test_a_wheel_has_every_file_of_the_packages(distribution: Distribution) -> None:
    command = distribution.get_command_obj("build_py")
    assert isinstance(command, build_py)
    command.ensure_finalized()
    modules = {Path(path) for path in command.get_source_files()}
    data = {
        Path(folder) / name
        for _, folder, _, names in command.data_files
        for name in names
    }
    found = {
        path.relative_to(ROOT).as_posix() if path.is_absolute() else path.as_posix()
        for path in modules | data
    }

    assert found == files_of(*PACKAGES)


def test_the_source_has_what_the_tests_take(
    distribution: Distribution, tmp_path: Path
) -> None:
    command = distribution.get_command_obj("egg_info")
    assert isinstance(command, egg_info)
    command.egg_base = str(tmp_path)
    command.ensure_finalized()
    command.run()
    found = {path.replace(os.sep, "/") for path in command.filelist.files}

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
