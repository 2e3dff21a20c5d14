"""The pages of commands have every one with the options, words and bounds it has."""

import inspect
import re
import sys
from importlib.metadata import version
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.testing import CliRunner

from gateway.cli import DISTRIBUTION, app
from tests.architecture.commands_page import PAGE, PAGES, commands, on_the_page, printed
from tests.architecture.documents import ROOT, names, table
from tests.nursery import run

COMMANDS = dict(commands())
GROUPS = [name for name, command in COMMANDS.items() if isinstance(command, TyperGroup)]
CLIENTS = {f"gateway.registration.{name}" for name in ("steps", "sanctions", "lists")}
SINGLE = {name: one for name, one in COMMANDS.items() if name not in GROUPS}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_printed_as_it_is(page: str) -> None:
    assert on_the_page(page) == f"\n{printed(page)}"


@pytest.mark.parametrize(
    "name",
    ["gateway", *(one for one in GROUPS if not COMMANDS[one].invoke_without_command)],
)
def test_a_command_of_commands_alone_says_which_it_has(name: str) -> None:
    told = CliRunner().invoke(app, name.split()[1:])

    assert told.exit_code == 2, told.output
    assert "Usage:" in told.output
    assert ("--install-completion" in told.output) is (name == "gateway")


def test_every_command_has_its_help_by_a_letter() -> None:
    letter, word = (
        [CliRunner().invoke(app, [*name.split()[1:], option]) for name in COMMANDS]
        for option in ("-h", "--help")
    )

    assert [one.output for one in letter] == [one.output for one in word]
    assert {one.exit_code for one in letter} == {0}


ITSELF = {
    **dict.fromkeys(
        ("gateway serve", "gateway demo", "gateway witness serve"),
        "runs until it is stopped, and logs",
    ),
    "gateway audit export": "writes what programs read",
    **{
        f"gateway evidence {name}": "writes a file"
        for name in ("show", "bundle", "extract", "page", "credential")
    },
}
"""The commands whose standard output is the thing itself, or nothing, and why."""


def test_every_command_that_prints_for_people_prints_for_programs_too() -> None:
    without = {
        name
        for name, command in SINGLE.items()
        if not any("--json" in option.opts for option in command.params)
    }

    assert without == set(ITSELF)


def test_the_version_is_the_distributions() -> None:
    told = CliRunner().invoke(app, ["--version"])

    assert (told.exit_code, told.output) == (
        0,
        f"{DISTRIBUTION} {version(DISTRIBUTION)}\n",
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        pytest.param("gateway tok", ["token"], id="a command"),
        pytest.param(
            "gateway connector ret", ["return", "retire", "retire-key"], id="below one"
        ),
        pytest.param("gateway serve --conf", ["--config"], id="an option"),
        pytest.param("gateway nothing ret", [], id="below none"),
    ],
)
def test_a_shell_completes_what_was_typed(typed: str, offered: list[str]) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    told = CliRunner().invoke(
        app, prog_name="gateway", env={"_GATEWAY_COMPLETE": "complete_bash", **words}
    )

    assert told.output.split() == offered


def may_exit_with_1(command: Any) -> bool:
    """Say whether a command's own words do, or a step's that a gateway refuses.

    A function that a command calls by name is of its own words.
    """
    called = command.callback
    if called.__module__ in CLIENTS:
        return True
    known = (called.__globals__.get(name) for name in called.__code__.co_names)
    own = [
        one
        for one in known
        if inspect.isfunction(one) and one.__module__ == called.__module__
    ]
    return any("typer.Exit" in inspect.getsource(one) for one in (called, *own))


def on_the_table() -> set[str]:
    """Return the commands of which the page says when they exit with 1."""
    rows = table(PAGE, "Command")
    return {name for row in rows for name in re.findall("`(gateway [^`]+)`", row[0])}


def test_the_page_says_of_each_command_whether_it_may_exit_with_1() -> None:
    told = on_the_table()
    whole = told & set(GROUPS)
    below = {name for name in SINGLE if name.rpartition(" ")[0] in whole}

    found = {name for name, one in SINGLE.items() if may_exit_with_1(one)}
    assert (told - whole) | below == found | (told & below)


def test_no_command_exits_with_a_code_that_the_page_has_not() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "gateway").rglob("*.py")]
    found = {
        code
        for text in sources
        for said in re.findall(r"(?:typer\.Exit|sys\.exit)\(([^()]*)\)", text)
        for code in re.findall(r"\b\d+\b", said)
    }

    assert found | {"130"} == set(names(PAGE, "Code"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param("--version", 0, id="done"),
        pytest.param("serve --config /nowhere", 2, id="no configuration"),
        pytest.param("serve --confg x", 2, id="no such option"),
    ],
)
def test_a_command_exits_as_the_page_says(words: str, code: int) -> None:
    done = run([sys.executable, "-m", "gateway", *words.split()])

    assert done.returncode == code, done.stderr
    assert bool(done.stderr) is bool(code)
