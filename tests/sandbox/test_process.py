"""An agency's process: one line when ready, a quiet end, a sentence when it cannot."""

import json
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from sandbox.agency import AgencyId
from tests import nursery
from tests.sandbox.process import address_of, command, prepare, started


@pytest.mark.parametrize("agency", list(AgencyId))
def test_a_first_start_with_ten_thousand_holders_is_ready(
    agency: AgencyId, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(tmp_path)
    began = time.perf_counter()

    with started("serve", agency, "--dir", tmp_path, "--port", "0") as process:
        address = address_of(process)
        seconds = time.perf_counter() - began

    # Printed, never asserted: a busy machine is no fault of the agency's.
    with capsys.disabled():
        print(f"\n{agency} ready in {seconds:.2f} s", end=" ")  # noqa: T201
    assert address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_agency_quietly(
    number: signal.Signals, prepared: Path
) -> None:
    with started(
        "serve", "transport", "--dir", prepared, "--port=0", "--holders=400"
    ) as process:
        address_of(process)
        process.send_signal(number)
        out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err) == (0, "", "")


def test_a_second_signal_ends_it_no_less_quietly(prepared: Path) -> None:
    with started(
        "serve", "transport", "--dir", prepared, "--port=0", "--holders=400"
    ) as process:
        address_of(process)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err) == (0, "", "")


def test_an_agency_with_a_silent_answer_under_way_still_ends(prepared: Path) -> None:
    with (
        started(
            "serve",
            "emergency-management",
            "--dir",
            prepared,
            "--port=0",
            "--holders=400",
            "--fault=silent",
        ) as process,
        asked(address_of(process)),
    ):
        process.terminate()
        out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err) == (0, "", "")


def asked(address: str) -> socket.socket:
    """Put a question and leave the connection open."""
    host, port = address.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    body = b'{"holders":[]}'
    connection.sendall(
        b"POST /v1/certificates/query HTTP/1.1\r\nHost: agency\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    return connection


def test_a_fault_of_the_command_line_is_on_from_the_start(prepared: Path) -> None:
    with started(
        "serve",
        "emergency-management",
        "--dir",
        prepared,
        "--port=0",
        "--holders=400",
        "--fault=wrong-content-type",
    ) as process:
        request = urllib.request.Request(
            address_of(process) + "/v1/certificates/query", data=b'{"holders":[]}'
        )
        with urllib.request.urlopen(request) as response:
            assert response.headers.get_content_type() == "text/html"


def test_a_taken_port_is_told_in_a_sentence(prepared: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("serve", "transport", "--dir", prepared, "--port", port)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == (
        f"sandbox: port {port} on 127.0.0.1 is taken; choose another with --port, "
        "or 0 for a free one\n"
    )


def test_a_folder_that_was_not_prepared_is_told_in_a_sentence(tmp_path: Path) -> None:
    ended = run("serve", "transport", "--dir", tmp_path, "--port", "0")

    assert ended.returncode == 2
    assert ended.stderr == (
        f"sandbox: {tmp_path} holds no keys and stories; make them with "
        f"python -m sandbox prepare --dir {tmp_path}\n"
    )


@pytest.mark.parametrize(
    "option",
    [
        pytest.param("--port=65536", id="port too high"),
        pytest.param("--holders=-1", id="fewer than no holders"),
        pytest.param("--fault=slowly", id="unknown fault"),
    ],
)
def test_an_option_that_cannot_be_is_refused(option: str, prepared: Path) -> None:
    ended = run("serve", "transport", "--dir", prepared, "--port=0", option)

    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


def test_stories_are_told_of_the_day_that_was_asked_for(tmp_path: Path) -> None:
    prepare(tmp_path, "--today", "2026-03-01")

    told = json.loads((tmp_path / "stories.json").read_text(encoding="utf-8"))

    assert told["today"] == "2026-03-01"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return nursery.run(command(*arguments), timeout=20)
