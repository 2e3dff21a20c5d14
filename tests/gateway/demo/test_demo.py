"""The demo as a user meets it: one command, a table of people, Ctrl-C."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.running import eventually

GATEWAY = (sys.executable, "-m", "gateway")
ROOT = Path(__file__).parents[3]
READY = "ready; Ctrl-C stops all of it\n"


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """The demo's process, once it is ready, and where it listens."""

    process: subprocess.Popen[str]
    ports: tuple[int, ...]
    shown: str

    @property
    def is_over(self) -> bool:
        """Whether nobody listens any more."""
        for port in self.ports:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return False
        return True


def _read_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    shown = ""
    for line in process.stdout:
        if line == READY:
            return shown
        shown += line
    raise AssertionError(f"it ended before it was ready: {process.stderr.read()}")


@contextmanager
def running_demo(
    folder: Path, before: tuple[str, ...] = ("env", "--default-signal=HUP")
) -> Iterator[RunningDemo]:
    """Run the demo, ``before`` it what starts it, and wait until it is ready.

    However these tests were started, a terminal that closes tells the demo so.
    """
    port, agency_port = free_port("127.0.0.1"), _three_free_ports()
    with subprocess.Popen(
        [
            *(*before, *GATEWAY, "demo", "--holders", "50", "--folder", str(folder)),
            *("--port", str(port), "--agency-port", str(agency_port)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            shown = _read_until_ready(process)
            ports = (port, *range(agency_port, agency_port + 3))
            yield RunningDemo(process, ports, shown)
        finally:
            process.terminate()


def test_the_check_asks_for_every_story_person_and_exits_0(tmp_path: Path) -> None:
    done = subprocess.run(
        [*GATEWAY, "demo", "--check", "--holders", "50"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "27 right, 0 wrong" in done.stdout
    # A demo that runs from here has its files in var/demo.
    assert list(tmp_path.iterdir()) == []


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check said that was told where to keep its files, and what to sign by."""

    done: subprocess.CompletedProcess[str]
    folder: Path


@pytest.fixture(scope="module", name="checked")
def _checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """A check that several tests look at: one takes four seconds."""
    folder = tmp_path_factory.mktemp("checked")
    done = subprocess.run(
        [
            *(*GATEWAY, "demo", "--check", "--sm2"),
            *("--holders", "50", "--folder", str(folder)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return Checked(done, folder)


@pytest.mark.long
def test_the_check_is_right_where_fire_rescue_signs_by_sm2(checked: Checked) -> None:
    assert (checked.done.returncode, checked.done.stderr) == (0, "")
    assert "29 right, 0 wrong" in checked.done.stdout
    assert 'algorithm = "SM2"' in (checked.folder / "trust.toml").read_text()


@pytest.mark.long
def test_the_check_keeps_its_files_where_it_is_told_to(checked: Checked) -> None:
    assert checked.done.returncode == 0
    assert (checked.folder / "gateway.toml").exists()


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What was seen of a demo until it had ended by Ctrl-C."""

    demo: RunningDemo
    modes: Mapping[str, int]
    """Of its secrets, by their names."""
    is_over_by_hangup: bool
    said: tuple[str, str]
    """After it was ready, to its output and to its errors."""


@pytest.fixture(scope="module", name="interrupted")
def _interrupted(tmp_path_factory: pytest.TempPathFactory) -> Interrupted:
    """A demo under nohup, which several tests look at: one takes five seconds."""
    folder = tmp_path_factory.mktemp("demo")
    # As an earlier demo may have left it.
    (folder / "certificate-id.key").touch(mode=0o644)

    with running_demo(folder, ("env", "--ignore-signal=HUP")) as demo:
        secrets = [
            *(folder / name for name in ("gateway.toml", "pseudonym.key")),
            folder / "certificate-id.key",
            *(folder / "keys").glob("*.pem"),
        ]
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in secrets}
        live = f"http://127.0.0.1:{demo.ports[0]}/health/live"
        urllib.request.urlopen(live).close()
        demo.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        is_over = demo.process.poll() is not None
        demo.process.send_signal(signal.SIGINT)
        said = demo.process.communicate(timeout=20)
    return Interrupted(demo, modes, is_over, said)


@pytest.mark.parametrize(
    "ending",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.long),
        signal.SIGHUP,
    ],
)
def test_ctrl_c_stops_everything_and_so_does_a_terminal_that_closes(
    ending: signal.Signals, tmp_path: Path, interrupted: Interrupted
) -> None:
    if ending == signal.SIGINT:
        demo, said = interrupted.demo, interrupted.said
    else:
        with running_demo(tmp_path) as demo:
            demo.process.send_signal(ending)
            said = demo.process.communicate(timeout=20)

    rest, errors = said
    assert (demo.process.returncode, rest.strip(), errors) == (0, "stopped", "")
    assert demo.is_over
    assert f"http://127.0.0.1:{demo.ports[0]}/graphql" in demo.shown
    assert re.search(r"token +demo-\S{20,}", demo.shown)
    assert (
        len(re.findall(r"^[A-Z0-9]{15,18} .+ \| .+$", demo.shown, re.MULTILINE)) == 27
    )


def test_ctrl_c_ends_a_demo_that_is_still_starting(tmp_path: Path) -> None:
    port, agency_port = free_port("127.0.0.1"), _three_free_ports()
    command = (*GATEWAY, "demo", "--folder", str(tmp_path), "--port", str(port))
    with subprocess.Popen(
        [*command, "--agency-port", str(agency_port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            # Then its agencies are under way.
            eventually(lambda: any(tmp_path.glob("*.log")))
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=20)
        finally:
            process.kill()

    assert (process.returncode, rest.strip(), errors) == (0, "stopped", "")
    ports = (port, *range(agency_port, agency_port + 3))
    assert RunningDemo(process, ports, rest).is_over


@pytest.mark.long
def test_a_second_signal_does_not_interrupt_the_clearing_up(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        demo.process.send_signal(signal.SIGHUP)
        time.sleep(0.02)
        demo.process.send_signal(signal.SIGTERM)
        rest, errors = demo.process.communicate(timeout=20)

    assert (demo.process.returncode, rest.strip(), errors) == (0, "stopped", "")
    assert demo.is_over


@pytest.mark.long
def test_under_nohup_a_terminal_that_closes_means_nothing(
    interrupted: Interrupted,
) -> None:
    assert not interrupted.is_over_by_hangup
    assert interrupted.demo.is_over


def test_a_demo_that_is_killed_takes_its_processes_with_it(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        assert not demo.is_over

        demo.process.kill()
        demo.process.communicate(timeout=20)

        eventually(lambda: demo.is_over)


def test_nobody_else_can_read_the_secrets_of_a_demo(interrupted: Interrupted) -> None:
    modes = interrupted.modes

    assert len(modes) > 3
    assert set(modes.values()) == {0o600}, modes


def test_a_taken_port_is_one_sentence_that_names_the_option(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*GATEWAY, "demo", "--port", str(port), "--folder", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr


def test_a_taken_agency_port_names_its_option_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [
                *(*GATEWAY, "demo", "--port", "0", "--agency-port", str(port)),
                *("--folder", str(tmp_path)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 2
    assert "--agency-port" in done.stderr


def test_serve_says_in_one_sentence_why_it_does_not_start(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text('manifests = "m"\n')

    done = subprocess.run(
        [*GATEWAY, "serve", "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "missing required field" in done.stderr


def _three_free_ports() -> int:
    """Return the first of three ports in a row that are free now."""
    for _ in range(100):
        first = free_port("127.0.0.1")
        with socket.socket() as second, socket.socket() as third:
            try:
                second.bind(("127.0.0.1", first + 1))
                third.bind(("127.0.0.1", first + 2))
            except (OSError, OverflowError):
                continue
        return first
    raise AssertionError("no three free ports in a row")
