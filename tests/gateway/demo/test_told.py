"""What a demo writes, and says of a process that does not do what it has to."""

import os
import signal
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gateway.demo.demo import AGENCIES, Ports, write_configuration, write_secret
from gateway.demo.processes import await_answer, ready_address, run, started
from gateway.demo.roles import SCOPES, callers, new_tokens
from gateway.errors import StartError
from gateway.ports import free_port


def test_ports_follow_the_first_or_are_any() -> None:
    assert [Ports(0, 9101).of_agency(one) for one in (0, 2)] == [9101, 9103]
    assert [Ports(0, 0).of_agency(one) for one in (0, 2)] == [0, 0]


def test_a_configuration_names_all_it_needs(tmp_path: Path) -> None:
    addresses = {name: f"http://{name}.example" for name in AGENCIES}

    config = write_configuration(
        tmp_path,
        trust_folder=Path("/trust"),
        port=8001,
        agencies=addresses,
        token="token",
        id_number="310",
    )

    said = tomllib.loads(config.read_text("utf-8"))
    (token,) = said.pop("tokens")
    assert said == {
        "host": "127.0.0.1",
        "port": 8001,
        "mode": "demo",
        "graphiql": True,
        "manifests": "manifests",
        "trust_bundle": "/trust/trust.toml",
        "certificate_id_key_file": "certificate-id.key",
        "pseudonym_key_file": "pseudonym.key",
        "evidence_key_file": "evidence.key",
        "database_url": "sqlite:///gateway.db",
        "transparency": {
            "origin": "demo.example/transparency",
            "key_file": "transparency.key",
            "ml_dsa_key_file": "transparency-ml-dsa.key",
        },
        "graphiql_token": "token",
        "graphiql_id_number": "310",
        "roles": {"reader": ["certificates:read", "identity:read", "schema:read"]},
    }
    assert token["sha256"] == (
        "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"
    )
    assert (token["caller"], token["roles"]) == ("demo", ["reader"])
    assert (token["purpose"], token["case_number"]) == ("SUBSIDY_CLAIM", "demo")
    assert set(token["elements"]) == {
        *("organisation", "officer", "matter_code", "matter_name", "business_number"),
    }
    lengths = {one.name: len(one.read_text()) for one in tmp_path.glob("*.key")}
    assert lengths == {
        "certificate-id.key": 128,
        **dict.fromkeys(
            (
                "pseudonym.key",
                "evidence.key",
                "transparency.key",
                "transparency-ml-dsa.key",
            ),
            64,
        ),
    }
    for name in AGENCIES:
        text = (tmp_path / "manifests" / f"{name}.toml").read_text("utf-8")
        assert f'url = "http://{name}.example' in text
        assert "127.0.0.1:91" not in text


def test_a_secret_is_its_owner_s_alone_even_where_a_file_was_open(
    tmp_path: Path,
) -> None:
    path = tmp_path / "key"
    path.write_text("a longer text than before")
    path.chmod(0o644)

    write_secret(path, "secret")

    assert (stat.S_IMODE(path.stat().st_mode), path.read_text()) == (0o600, "secret")


def test_every_role_has_a_token_and_a_caller() -> None:
    tokens = new_tokens()
    said = tomllib.loads(callers(tokens, '[tokens.elements]\nofficer = "x"\n'))

    assert said["graphiql_tokens"] == tokens
    assert [one["caller"] for one in said["tokens"]] == [f"demo-{r}" for r in SCOPES]
    for role, one in zip(SCOPES, said["tokens"], strict=True):
        assert one["scopes"] == [*SCOPES[role], "schema:read"]
        assert (one["purpose"], one["case_number"]) == ("SUBSIDY_CLAIM", "demo")
        assert one["elements"] == {"officer": "x"}
        assert tokens[role].startswith(f"demo-{role}-")
        assert len(tokens[role]) == len(f"demo-{role}-") + 24


def test_a_command_that_fails_is_told_in_its_own_words() -> None:
    run("tokenize", __file__)
    with pytest.raises(StartError, match=r"file or directory: 'nowhere'$"):
        run("tokenize", "nowhere")


def test_a_process_is_ended_and_its_words_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    silent = pytest.raises(StartError, match="a process ended without a word; see")
    with started("tokenize", "--help", log=log) as process, silent:
        ready_address(process, log)
    told = pytest.raises(StartError, match=r"directory: 'nowhere'$")
    with started("tokenize", "nowhere", log=log) as process, told:
        await_answer(f"http://127.0.0.1:{free_port('127.0.0.1')}", process, log)

    assert process.returncode is not None
    assert process.stdin is not None
    assert process.stdin.closed


def test_a_command_that_fails_without_a_word_is_named() -> None:
    with pytest.raises(StartError, match=r"^timeit failed$"):
        run("timeit", "import os; os._exit(3)")


def test_the_last_line_of_a_process_is_told_whatever_its_bytes(tmp_path: Path) -> None:
    say = (
        # It says no more, and why only then.
        "import os, sys, time; os.dup2(os.open(os.devnull, os.O_WRONLY), 1); "
        r"time.sleep(0.2); sys.stderr.buffer.write(b'first\n\xff last\n')"
    )
    log = tmp_path / "log"

    with (
        started("timeit", "-n1", "-r1", say, log=log) as process,
        pytest.raises(StartError, match=r"^\ufffd last$"),
    ):
        ready_address(process, log)


def test_a_process_that_goes_on_is_told_to_end(tmp_path: Path) -> None:
    ready = "print('ready now', flush=True)"
    command = ("timeit", "-n1", "-r1", "-s", ready, "import time; time.sleep(20)")

    with started(*command, log=tmp_path / "log") as process:
        ready_address(process, tmp_path / "log")

    assert process.returncode == -signal.SIGTERM


STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('ready now', flush=True)"
)
"""Makes a process that does not end when it is told to."""


def test_a_process_that_does_not_end_is_killed_and_one_that_is_silent_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.demo.processes.STOP_SECONDS", 0.2)
    monkeypatch.setattr("gateway.demo.processes.READY_SECONDS", 0.6)
    log, url = tmp_path / "log", f"http://127.0.0.1:{free_port('127.0.0.1')}"
    command = ("timeit", "-n1", "-r1", "-s", STUBBORN, "import time; time.sleep(20)")

    with started(*command, log=log) as process:
        assert ready_address(process, log) == "now"
        # A terminal's Ctrl-C is for all of a group: this is of another.
        assert os.getpgid(process.pid) != os.getpgrp()
        with pytest.raises(StartError) as given_up:
            await_answer(url, process, log)

    assert str(given_up.value) == f"{url} did not answer within 1 s; see {log}"
    assert process.returncode == -signal.SIGKILL
    assert process.stdout is not None
    assert process.stdout.closed


def test_an_agency_says_where_it_listens(tmp_path: Path) -> None:
    say = "print('ready http://127.0.0.1:1', flush=True)"
    process = subprocess.Popen(
        [sys.executable, "-c", say], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert ready_address(process, tmp_path / "log") == "http://127.0.0.1:1"
