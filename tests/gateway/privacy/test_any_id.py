"""A certificate's id is taken for one, whatever character it begins with."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.errors import StartError

COMMANDS = {"bundle": ("bundle",), "extract": ("extract", "--bundle", "unwritten")}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("begins", ["-MAb_c", "-h", "--out", "--help", "_x"])
def test_an_id_is_no_option(tmp_path: Path, command: str, begins: str) -> None:
    subject = f"{begins}{'A' * 60}"
    config = tmp_path / "none.toml"

    done = CliRunner().invoke(
        app, ["evidence", *COMMANDS[command], "--config", str(config), subject]
    )

    # It comes as far as the configuration, which is not there.
    assert isinstance(done.exception, StartError), done.output
    assert str(config) in str(done.exception)


@pytest.mark.parametrize("command", COMMANDS)
def test_two_are_too_many(tmp_path: Path, command: str) -> None:
    done = CliRunner().invoke(
        app,
        [
            *("evidence", *COMMANDS[command]),
            *("--config", str(tmp_path / "a"), "1", f"-h{'A' * 60}"),
        ],
    )

    assert done.exit_code == 2
    assert "unexpected extra argument" in done.output


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_is_one(command: str) -> None:
    done = CliRunner().invoke(app, ["evidence", command, "-h"])

    assert done.exit_code == 0
    assert "Usage:" in done.output
