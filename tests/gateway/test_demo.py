"""The demo as a user meets it: one command, a table of people, Ctrl-C."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from gateway.ports import free_port

GATEWAY = (sys.executable, "-m", "gateway")


def test_the_check_asks_for_every_story_person_and_exits_0(tmp_path: Path) -> None:
    done = subprocess.run(
        [*GATEWAY, "demo", "--check", "--holders", "50", "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "25 right, 0 wrong" in done.stdout


def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    port, agency_port = free_port("127.0.0.1"), _three_free_ports()
    demo = subprocess.Popen(
        [
            *(*GATEWAY, "demo", "--holders", "50", "--folder", str(tmp_path)),
            *("--port", str(port), "--agency-port", str(agency_port)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout is not None
    shown = "".join(iter(demo.stdout.readline, "ready; Ctrl-C stops all of it\n"))
    url = f"http://127.0.0.1:{port}"
    urllib.request.urlopen(f"{url}/health/live").close()

    demo.send_signal(signal.SIGINT)
    rest, errors = demo.communicate(timeout=20)

    assert (demo.returncode, rest.strip(), errors) == (0, "stopped", "")
    assert f"{url}/graphql" in shown
    assert re.search(r"token +demo-\S{20,}", shown)
    assert len(re.findall(r"^[A-Z0-9]{15,18} .+ \| .+$", shown, re.MULTILINE)) == 25
    for taken in (port, agency_port, agency_port + 1, agency_port + 2):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", taken)) != 0


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
