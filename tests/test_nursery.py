"""A fork is to whoever asks for it what a process of its command line would be."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import nursery

SAYS_WHERE = "import os, sys; print(os.getcwd(), os.environ['WHO'], sys.stdin.read())"
OUTLIVES = """
import atexit, threading, time
atexit.register(print, 'left')
threading.Thread(target=lambda: [time.sleep(0.1), print('late')]).start()
print('here')
"""
INTERRUPTED = """
import os, subprocess, sys
import pytest
from tests import nursery

@pytest.fixture(scope="session")
def lasting():
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with nursery.Popen(command, stdout=subprocess.DEVNULL) as process:
        yield
        process.terminate()
    print("ended by", process.returncode)

def test_is_interrupted(lasting):
    os.kill(os.getpid(), 2)
"""
LASTS = (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("pass", 0, id="by itself"),
        pytest.param("import sys; sys.exit(3)", 3, id="with a code"),
        pytest.param("import sys; sys.exit('why')", 1, id="with a sentence"),
        pytest.param("import sys; sys.exit(-1)", 255, id="with a code below zero"),
        pytest.param(OUTLIVES, 0, id="after its threads and what is left to do"),
        pytest.param("1 / 0", 1, id="by an exception"),
        pytest.param("import os; os.kill(os.getpid(), 9)", -9, id="killed"),
    ],
)
def test_a_fork_ends_as_the_interpreter_does(text: str, code: int) -> None:
    command = [sys.executable, "-c", text]

    forked = nursery.run(command)
    executed = subprocess.run(command, check=False, capture_output=True, text=True)

    assert forked.returncode == executed.returncode == code
    assert forked.stdout == executed.stdout
    assert forked.stderr.splitlines()[-1:] == executed.stderr.splitlines()[-1:]


def test_a_fork_has_the_folder_the_environment_and_the_input_it_is_given(
    tmp_path: Path,
) -> None:
    done = nursery.run(
        [sys.executable, "-c", SAYS_WHERE], cwd=tmp_path, env={"WHO": "me"}, input="hi"
    )

    assert (done.stdout, done.stderr) == (f"{tmp_path} me hi\n", "")


def test_a_fork_is_signalled_and_is_there_until_its_end_is_noted() -> None:
    with nursery.Popen(LASTS, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        before = process.poll()
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        is_there = Path(f"/proc/{process.pid}").exists()
        process.wait()

    assert (before, is_there, process.returncode) == (None, True, -signal.SIGTERM)
    assert not Path(f"/proc/{process.pid}").exists()


@pytest.mark.parametrize("is_apart", [True, False])
def test_a_fork_is_in_a_session_of_its_own_if_it_is_to(is_apart: bool) -> None:
    with nursery.Popen(
        LASTS, stdout=subprocess.DEVNULL, start_new_session=is_apart
    ) as process:
        session = os.getsid(process.pid)
        process.kill()

    assert (session == process.pid) is is_apart


def test_a_fork_holds_nothing_open_but_its_streams() -> None:
    listing = "import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])"

    assert nursery.run([sys.executable, "-c", listing]).stdout == "[0, 1, 2]\n"


def test_another_program_is_not_for_forks() -> None:
    with pytest.raises(AssertionError, match="true is not for forks"):
        nursery.run(["true"])


def test_where_a_run_is_interrupted_its_fixtures_end_what_they_began(
    tmp_path: Path,
) -> None:
    file = tmp_path / "test_suite.py"
    file.write_text(INTERRUPTED)
    alone = (
        "-s",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.conftest",
        "-c",
        "pyproject.toml",
    )

    done = subprocess.run(
        # However these tests were started, Ctrl-C interrupts that run.
        ["env", "--default-signal=INT", sys.executable, "-m", "pytest", *alone, file],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == pytest.ExitCode.INTERRUPTED, done.stdout
    assert "ended by -15" in done.stdout
