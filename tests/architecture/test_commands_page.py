"""docs/commands.md has every command with the options, words and bounds it has."""

import pytest
from typer.core import TyperGroup
from typer.testing import CliRunner

from gateway.cli import app
from tests.architecture.commands_page import commands, on_the_page, printed

GROUPS = [name for name, command in commands() if isinstance(command, TyperGroup)]


def test_every_command_is_printed_as_it_is() -> None:
    assert on_the_page() == f"\n{printed()}"


@pytest.mark.parametrize("name", ["gateway", *GROUPS])
def test_a_command_of_commands_alone_says_which_it_has(name: str) -> None:
    told = CliRunner().invoke(app, name.split()[1:])

    assert told.exit_code == 2, told.output
    assert "Usage:" in told.output
    assert "--install-completion" not in told.output
