"""What Typer says by itself is Chinese where Chinese is spoken: help, and errors."""

import re
from collections.abc import Iterator

import pytest
from typer import rich_utils
from typer.testing import CliRunner, Result

from gateway.cli import app
from gateway.help.translated import chinese
from gateway.help.typers_own import in_chinese, typers_own
from tests.architecture.commands_page import commands

COMMANDS = dict(commands())
WORD = re.compile(r"[A-Za-z][A-Za-z-]+")
TYPED = {"gateway", "help", "install-completion", "show-completion"}
FORMAT = re.compile("'%[^']+'")
SENTENCES = typers_own()["sentences"]


def typed(words: str, language: str = "zh", columns: int = 1000) -> Result:
    """Return what a command says, on a screen so wide."""
    runner = CliRunner(env={"GATEWAY_LANG": language, "COLUMNS": str(columns)})
    return runner.invoke(app, words.split(), prog_name="gateway")


def identifiers() -> set[str]:
    """Return what has the same name in both languages, and what our own help says."""
    named = {word for name in COMMANDS for word in WORD.findall(name)}
    for command in COMMANDS.values():
        for option in command.params:
            choices = option.type_descriptor.choices or ()
            named |= {word for one in choices for word in WORD.findall(one.value)}
            said = [
                *option.opts,
                *option.secondary_opts,
                option.metavar,
                option.default,
            ]
            named |= {word for one in said for word in WORD.findall(str(one))}
    ours = {word for text in chinese().values() for word in WORD.findall(text)}
    return named | ours | TYPED


KNOWN = identifiers()


def english(shown: Result) -> set[str]:
    """Return the words that are neither Chinese nor a name."""
    return set(WORD.findall(FORMAT.sub("", shown.output))) - KNOWN


@pytest.mark.parametrize("name", ["gateway", *COMMANDS])
def test_no_help_has_an_english_word(name: str) -> None:
    shown = typed(f"{name.removeprefix('gateway')} --help")

    assert shown.exit_code == 0
    assert "用法：gateway" in shown.output
    assert english(shown) == set()


def mistakes() -> Iterator[str]:
    """Yield what is typed wrong: each mistake once, a value of each type."""
    yield from ("nothing", "chek", "serve", "serve --config", "serve --nothing")
    yield from ("check --encodin x", "check --json=1", "check", "connector nothing")
    yield "agency init x --id a --body b --credit-code c extra"
    yield "connector challenge transport --key k"
    seen = set()
    for name, command in COMMANDS.items():
        for option in command.params:
            kind = option.type_descriptor.annotation
            least, most = getattr(option, "min", None), getattr(option, "max", None)
            if option.opts[0].startswith("--") and (kind, least, most) not in seen:
                seen.add((kind, least, most))
                stated = f"{name.removeprefix('gateway')} {option.opts[0]}"
                if not getattr(option, "is_flag", False) and kind is not str:
                    yield f"{stated} @"
                yield from (f"{stated} {least - 1}" for _ in [0] if least is not None)
                yield from (f"{stated} {most + 1}" for _ in [0] if most is not None)


MISTAKES = [*mistakes()]


@pytest.mark.parametrize("words", MISTAKES)
def test_no_mistake_is_answered_with_an_english_word(words: str) -> None:
    shown = typed(words)

    assert (shown.exit_code, "─ 错误 ─" in shown.output) == (2, True)
    assert english(shown) - set(WORD.findall(words)) == set()


def test_every_sentence_that_has_its_chinese_is_one_that_is_said() -> None:
    """A sentence that Typer says otherwise one day is missed here, too."""
    said = " ".join(typed(words, "en").output for words in MISTAKES)
    said = re.sub(r"[│\s]+", " ", said)

    assert [one for one in SENTENCES if not re.search(one, said)] == []


def test_what_typer_shows_it_by_is_typers_again_afterwards() -> None:
    before = dict(vars(rich_utils))

    assert "错误" in typed("nothing").output
    assert {
        name for name, one in vars(rich_utils).items() if one is not before[name]
    } == set()
    assert "No such command 'nothing'" in typed("nothing", "en").output


def test_a_line_of_chinese_goes_on_in_the_next_one() -> None:
    narrow = typed("check --help", columns=80).output

    assert "…" not in narrow
    assert "不写则按" in narrow


def test_a_typer_that_has_less_still_runs_its_commands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A newer one may have dropped a variable, of which nobody there asks any more."""
    monkeypatch.delattr(rich_utils, "ENVVAR_STRING")

    with in_chinese():
        assert not hasattr(rich_utils, "ENVVAR_STRING")
        assert rich_utils.ERRORS_PANEL_TITLE == "错误"

    assert not hasattr(rich_utils, "ENVVAR_STRING")
    assert rich_utils.ERRORS_PANEL_TITLE == "Error"
