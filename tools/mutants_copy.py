"""A copy of the checkout in which files are changed and tests are run."""

import importlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import pytest

from tools.mutations import telling_reached

ROOT = Path(__file__).parents[1]
LONG = 3 * 60 * 60
ENDING_SECONDS = 20
FORKS = multiprocessing.get_context("fork")
WITHOUT = (
    *("-p", "no:cacheprovider", "-p", "no:randomly"),
    "-Wignore::pytest.PytestAssertRewriteWarning",
)
HEAVY = (
    "aiohttp",
    "alembic.context",
    "asyncpg",
    "cryptography.x509",
    "hypothesis.strategies",
    "joserfc",
    "rich.table",
    "sqlalchemy.ext.asyncio",
    "starlette.applications",
    "strawberry.federation",
    "typer",
)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which blocks a test reaches, and how long it takes."""

    seconds: float
    blocks: frozenset[str]


def listed(*under: str) -> list[str]:
    """Return the files of the checkout, also those that are not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(  # noqa: S603 - git's, and ours
        [*command, "--", *under], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = sorted(set(done.stdout.split("\0")) - {""})
    return [name for name in names if (ROOT / name).is_file()]


class Copy:
    """A copy, and what the tests that ran in it told."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self._told = folder / "reached"
        for name in listed():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self.root / name)

    def write(self, path: str, source: str) -> None:
        """Replace a file; forget how it was compiled."""
        file = self.root / path
        file.write_text(source, "utf-8")
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()

    def failed(self, tests: Sequence[str], seconds: float, *options: str) -> list[str]:
        """Run tests in this order; return which failed, or what else went wrong."""
        self._forget()
        (self._told / "order").write_text(json.dumps(tests))
        return self._run([test.partition("::")[0] for test in tests], seconds, options)

    def reach(self, files: Sequence[str], ours: Sequence[str]) -> dict[str, Reach]:
        """Run files of tests; return what each test that passes reaches.

        From here on the copy's sources tell what is reached.
        """
        for path in ours:
            self.write(path, telling_reached(path, (ROOT / path).read_text("utf-8")))
        self._forget()
        (self._told / "now").write_bytes(bytes(4))
        failed = self._run(files, LONG, ())
        names = dict(self._notes("started"))
        seconds = dict(self._notes("took"))
        blocks: dict[int, set[str]] = {number: set() for number in names}
        for line in (self._told / "blocks").read_text("utf-8").splitlines():
            number, _, block = line.partition(" ")
            if int(number) in blocks:
                blocks[int(number)].add(block)
        return {
            test: Reach(seconds[number], frozenset(blocks[number]))
            for number, test in names.items()
            if number in seconds and test not in failed
        }

    def _forget(self) -> None:
        shutil.rmtree(self._told, ignore_errors=True)
        self._told.mkdir()

    def _run(
        self, files: Sequence[str], seconds: float, options: Sequence[str]
    ) -> list[str]:
        arguments = [*("-q", "--tb=short", "-p", "tools.reached"), *options, *WITHOUT]
        arguments += dict.fromkeys(files)
        # A fork has imported what is not ours, which is half of what a run takes.
        process = FORKS.Process(target=self._be_pytest, args=(arguments,))
        process.start()
        process.join(seconds)
        if process.is_alive():
            _end(process)
            return [f"nothing ended within {seconds:.0f} s"]
        failed = [test for _, test in self._notes("failed")]
        code = process.exitcode
        return failed or ([] if code == 0 else [f"pytest ended with {code}"])

    def _be_pytest(self, arguments: list[str]) -> None:
        """Run tests in this process as if it had begun in the copy."""
        os.setsid()
        output = os.open(self._told / "output", os.O_WRONLY | os.O_CREAT)
        for stream in (1, 2):
            os.dup2(output, stream)
        os.chdir(self.root)
        os.environ["PYTHONPATH"] = str(self.root)
        sys.path[0] = str(self.root)
        for name in [name for name in sys.modules if name.startswith("tools")]:
            del sys.modules[name]
        sys.exit(pytest.main(arguments))

    def _notes(self, what: str) -> list[tuple[int, Any]]:
        """Return what the plugin noted under a word, with the number of its test."""
        file = self._told / "tests"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        notes = (json.loads(line) for line in lines)
        return [(number, value) for word, number, value in notes if word == what]


def import_others() -> None:
    """Import what our code needs of others, and none of ours."""
    for name in HEAVY:
        importlib.import_module(name)


def _end(process: ForkProcess) -> None:
    """Let the tests end what they have started; then make sure."""
    assert process.pid is not None  # noqa: S101 - it was started
    os.kill(process.pid, signal.SIGINT)
    process.join(ENDING_SECONDS)
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
