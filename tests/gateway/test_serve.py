"""How ``gateway serve`` starts and ends: refused in one sentence, or stopped in time.

Two processes start: one answers, one watches over it. What is wrong is found by the one
that answers and told by the other, and neither is left behind.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.demo.demo import write_configuration
from tests import nursery
from tests.ports import free_port
from tests.running import TOKEN, Agencies, eventually

SERVE = (sys.executable, "-m", "gateway", "serve", "--config")
END_SECONDS = 20
REFUSED = 2
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(name="config")
def _config(agencies: Agencies, tmp_path: Path) -> Path:
    """A configuration with everything that a gateway needs to start."""
    return write_configuration(
        tmp_path,
        trust_folder=agencies.folder,
        port=0,
        agencies=agencies.urls,
        token=TOKEN,
        id_number="",
    )


@contextmanager
def serving(
    config: Path, start: Start = subprocess.Popen
) -> Iterator[subprocess.Popen[str]]:
    """Run the command in a group of its own, and leave nothing behind.

    ``nursery.Popen`` starts it where it is the refusal that matters.
    """
    process = start(
        [*SERVE, str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that are there."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(child) for child in text.split()]


def is_there(pid: int) -> bool:
    """Say whether a process is there, its end not yet waited for included."""
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("start", "file", "content", "why"),
    [
        pytest.param(
            *(subprocess.Popen, "certificate-id.key", "", "certificate-id.key holds 0"),
            id="sealing key",
        ),
        pytest.param(
            *(nursery.Popen, "pseudonym.key", "short", "pseudonym.key"),
            id="pseudonym key",
        ),
        pytest.param(
            *(nursery.Popen, "trusted.json", "{}}", "trusted documents"), id="documents"
        ),
        pytest.param(
            *(nursery.Popen, "manifests/transport.toml", "x", "transport"),
            id="manifest",
        ),
        pytest.param(
            *(nursery.Popen, "gateway.db", "no database " * 99, "gateway.db"),
            id="database",
        ),
    ],
)
def test_a_start_is_refused_in_one_sentence_and_by_both_processes(
    config: Path, start: Start, file: str, content: str, why: str
) -> None:
    options = config.read_text("utf-8")
    config.write_text(f'trusted_documents = "trusted.json"\n{options}', "utf-8")
    (config.parent / "trusted.json").write_text("{}", "utf-8")
    (config.parent / file).write_text(content, "utf-8")

    with serving(config, start) as process:
        out, err = process.communicate(timeout=END_SECONDS)

    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("gateway: ")
    assert why in err


def test_to_sign_for_everybody_without_a_key_refuses_the_start(config: Path) -> None:
    options = config.read_text("utf-8")
    config.write_text(f'receipts = "always"\n{options}', "utf-8")

    with serving(config, nursery.Popen) as process:
        _, err = process.communicate(timeout=END_SECONDS)

    assert (process.returncode, err.count("\n")) == (REFUSED, 1)
    assert 'receipts = "always" needs receipt_key_file' in err


def test_a_worker_ends_when_what_watches_over_it_was_killed(config: Path) -> None:
    with serving(config) as process:
        eventually(lambda: bool(children(process.pid)))
        (worker,) = children(process.pid)
        process.kill()
        process.wait()

        eventually(lambda: not is_there(worker))


def test_one_port_is_one_gateways(
    config: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = free_port("127.0.0.1")
    other = tmp_path_factory.mktemp("other") / config.name
    for file in (config, other):
        options = config.read_text("utf-8").replace("port = 0", f"port = {port}")
        file.write_text(options, "utf-8")
    with serving(config) as first, serving(other) as second:
        eventually(lambda: (first.poll(), second.poll()) != (None, None))
        refused, taken = (first, second) if first.poll() else (second, first)
        _, err = refused.communicate(timeout=END_SECONDS)

        assert refused.returncode == REFUSED
        assert f"port {port} on 127.0.0.1" in err
        assert taken.poll() is None


def test_who_ends_a_start_does_not_wait_for_it(config: Path) -> None:
    with serving(config) as process:
        eventually(lambda: bool(children(process.pid)))
        (worker,) = children(process.pid)
        process.terminate()
        _, err = process.communicate(timeout=END_SECONDS)

    assert (process.returncode, err) == (0, "")
    assert not is_there(worker)


def test_a_fork_that_is_ended_before_it_runs_ends() -> None:
    """A signal that comes between the fork and its first step, each time."""
    forking = """
import os, signal
from gateway.serve import lose_no_signal

taken = []
signal.signal(signal.SIGTERM, lambda *_: taken.append(os.getpid()))
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))
lose_no_signal()
if (pid := os.fork()) == 0:
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
os.kill(os.getpid(), signal.SIGTERM)
print(taken == [os.getpid()])
"""
    found = subprocess.run(
        [sys.executable, "-c", forking], check=True, capture_output=True, text=True
    ).stdout

    assert found.split() == [str(-signal.SIGTERM), "True"]


def test_what_watches_has_no_part_of_the_application() -> None:
    imported = "import sys, gateway.cli, gateway.commands; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", imported], check=True, capture_output=True, text=True
    ).stdout.split()

    assert not {"sqlalchemy", "strawberry", "gateway.app"} & set(found)
