"""Tell which tests reach which blocks of our code, in whatever process.

``tools/mutants.py`` writes a call of ``reached`` into every block of a copy of the
checkout, and runs the tests there with this file as a plugin of pytest. The number of
the test that runs is in a file that all processes map, so what a gateway does in a
process of its own counts for the test that it does it for. The same plugin puts tests
into an order that was asked for, and leaves the others out.
"""

import json
import mmap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "reached"
"""Beside the copy: a process whose environment is its own finds it too."""
ORDER, NOW, BLOCKS, TESTS = (FOLDER / n for n in ("order", "now", "blocks", "tests"))
BETWEEN = bytes(4)
_seen: set[str] = set()
_test = [BETWEEN]


def _mapped() -> "mmap.mmap | bytes":
    try:
        with NOW.open("r+b") as file:
            return mmap.mmap(file.fileno(), 4)
    except OSError:
        return BETWEEN


_now = _mapped()


def reached(block: str) -> None:
    """Note that the test of now reached a block; once for each process."""
    test = _now[:4]
    if test != _test[0]:
        _seen.clear()
        _test[0] = test
    if block not in _seen:
        _seen.add(block)
        # Opened each time: a fork closes the files that it was not given.
        with BLOCKS.open("a", encoding="utf-8") as file:
            file.write(f"{int.from_bytes(test, 'big')} {block}\n")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that were asked for, by the order of their files."""
    if ORDER.exists():
        wanted = {test: n for n, test in enumerate(json.loads(ORDER.read_text()))}
        files: dict[str, int] = {}
        for test, place in wanted.items():
            files.setdefault(test.partition("::")[0], place)
        items[:] = sorted(
            (item for item in items if item.nodeid in wanted),
            key=lambda item: files[item.nodeid.partition("::")[0]],
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Say in which test we are, and how long it took."""
    started = time.perf_counter()
    number = int.from_bytes(_now[:4], "big") + 1
    if not isinstance(_now, bytes):
        _now[:4] = number.to_bytes(4, "big")
    _note("started", number, item.nodeid)
    result = yield
    _note("took", number, time.perf_counter() - started)
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what failed, in whatever phase."""
    if report.failed:
        _note("failed", 0, report.nodeid)


def _note(*what: object) -> None:
    with TESTS.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(what)}\n")
