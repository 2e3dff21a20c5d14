"""Whatever was collected is run once by some worker, and told where it failed."""

import os
import signal
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest

from tests.workers import Worker, spans, take

SUITE = """
import os, pytest

@pytest.fixture(scope="session", autouse=True)
def ends():
    with open("begun", "a") as file:
        print(os.getpid(), file=file)
    yield
    with open("ended", "a") as file:
        print(os.getpid(), file=file)

@pytest.mark.parametrize("number", range(30))
def test_is_run(number, capfd, tmp_path):
    with open("run", "a") as file:
        print(number, os.getpid(), file=file)
    os.system(f"echo {number}")
    assert capfd.readouterr().out == f"{number}\\n"
    (tmp_path / "its").touch()
    assert [file.name for file in tmp_path.iterdir()] == ["its"]
"""
FAILS = """
def test_fails():
    print("what it said")
    assert 1 == 2
"""
DIES = """
@pytest.mark.parametrize("signal", (9, 15))
def test_dies(signal):
    os.kill(os.getpid(), signal)
"""
UNTOLD = """
def test_cannot_be_told(record_property):
    record_property("none can send it", lambda: None)
"""
LEAVES = """
def test_leaves_something():
    class Odd:
        def __del__(self):
            raise OSError("nobody hears")

    odd = Odd()
    odd.itself = odd
"""
KILLS = """
import os, pytest, time

def test_kills_who_gives_tests_while_another_asks():
    os.kill(os.getppid(), 19)
    time.sleep(0.5)
    os.kill(os.getppid(), 9)
"""


def run(
    folder: Path, *texts: str, workers: int = 2, more: str = "-v"
) -> subprocess.CompletedProcess[str]:
    """Run a file of tests by workers."""
    (folder / "test_suite.py").write_text("".join(texts))
    # Ours, and no other plugin: they have nothing to do with it.
    plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "pytest", "-p", "tests.workers", "--rootdir=."]
    return subprocess.run(
        [*command, f"--workers={workers}", f"--basetemp={folder / 'base'}", more],
        cwd=folder,
        env=os.environ | plain,
        capture_output=True,
        text=True,
        check=False,
    )


def lines(file: Path) -> list[list[str]]:
    return [line.split() for line in file.read_text().splitlines()]


def test_each_is_run_once_and_every_worker_ends_what_it_began(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE)
    ran = lines(tmp_path / "run")

    assert done.returncode == 0, done.stdout
    assert "30 passed" in done.stdout
    assert sorted(int(number) for number, _ in ran) == list(range(30))
    assert len({worker for _, worker in ran}) == 2
    assert {worker for _, worker in ran} == {w for (w,) in lines(tmp_path / "ended")}


def test_what_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, FAILS)

    assert done.returncode == 1
    assert "1 failed, 30 passed" in done.stdout
    assert "assert 1 == 2" in done.stdout
    assert "what it said" in done.stdout


def test_where_a_worker_dies_that_test_failed_and_the_rest_is_run(
    tmp_path: Path,
) -> None:
    done = run(tmp_path, "import os, pytest\n", DIES, SUITE)

    assert done.returncode == 1
    assert "2 failed, 30 passed" in done.stdout
    assert "the process that ran this test ended" in done.stdout


def test_what_cannot_be_told_failed_and_what_its_worker_began_is_ended(
    tmp_path: Path,
) -> None:
    done = run(tmp_path, UNTOLD, SUITE)

    assert done.returncode == 1
    assert "1 failed, 30 passed" in done.stdout
    assert "pickle" in done.stderr
    assert sorted(lines(tmp_path / "begun")) == sorted(lines(tmp_path / "ended"))


def test_what_goes_wrong_after_the_last_test_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, LEAVES, workers=1, more="-Werror")

    assert done.returncode == 1
    assert "nobody hears" in done.stdout + done.stderr


def test_where_who_gives_tests_is_gone_every_worker_ends_what_it_began(
    tmp_path: Path,
) -> None:
    done = run(tmp_path, KILLS, SUITE)

    assert done.returncode == -signal.SIGKILL
    assert sorted(lines(tmp_path / "begun")) == sorted(lines(tmp_path / "ended"))


def test_a_run_of_which_no_worker_can_begin_has_failed(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, more="-pno:capture")

    assert done.returncode == 1
    assert "no worker is left to run the rest" in done.stdout
    assert not (tmp_path / "run").exists()


def test_a_fixture_that_does_not_end_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE.replace("    yield\n", "    yield\n    raise OSError\n"))

    assert done.returncode == 1
    assert "30 passed, 2 errors" in done.stdout


def test_nothing_is_run_where_something_cannot_be_collected(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, "raise OSError")

    assert done.returncode == 2
    assert "1 error" in done.stdout
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("many", "number"), [(0, 3), (1, 3), (3, 3), (10, 4)])
def test_spans_are_of_nearly_the_same_length(many: int, number: int) -> None:
    found = spans(many, number)

    assert [place for span in found for place in span] == list(range(many))
    assert max(map(len, found)) - min(map(len, found)) <= 1


def test_who_has_come_to_an_end_takes_half_of_the_longest_in_its_order() -> None:
    workers = [
        Worker(0, None, deque(span))  # type: ignore[arg-type] # nobody is told
        for span in ([], [1, 2], [3, 4, 5, 6, 7])
    ]

    assert take(workers[0], workers) == 5
    assert [list(worker.pending) for worker in workers] == [[6, 7], [1, 2], [3, 4]]
    assert [take(workers[0], workers) for _ in range(7)] == [6, 7, 2, 4, 1, 3, None]
