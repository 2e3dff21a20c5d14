"""Put a command's help into Chinese, paragraph by paragraph, from one file.

What Typer says by itself is in ``gateway.help.typers_own``.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

ARGUMENTS, OPTIONS, COMMANDS = "参数", "选项", "命令"
PLACEHOLDERS = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}
"""What stands for options and commands in a line of usage."""
HELP_OPTIONS = ["-h", "--help"]


def chinese() -> dict[str, str]:
    """Return the Chinese of each paragraph of help, by its English."""
    file = files("gateway.help") / "chinese.toml"
    return tomllib.loads(file.read_text("utf-8"))


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, a line each."""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def translated(text: str | None, words: Mapping[str, str]) -> str | None:
    """Return a text in Chinese."""
    if text is None:
        return None
    return "\n\n".join(words.get(one, one) for one in paragraphs(text))


def translate(command: Any, words: Mapping[str, str]) -> None:  # noqa: ANN401 - Typer's
    """Put a command and all below it into Chinese."""
    command.help = translated(command.help, words)
    panel = getattr(command, "rich_help_panel", None)
    command.rich_help_panel = words.get(panel, panel) if panel else COMMANDS
    for name in ("options_metavar", "subcommand_metavar"):
        stated = getattr(command, name, "")
        setattr(command, name, PLACEHOLDERS.get(stated, stated))
    # It is made once, and kept with the command.
    context = command.context_class(command, help_option_names=HELP_OPTIONS)
    for one in (*command.params, command.get_help_option(context)):
        one.help = translated(one.help, words)
        is_argument = one.param_type_name == "argument"
        one.rich_help_panel = ARGUMENTS if is_argument else OPTIONS
    for below in getattr(command, "commands", {}).values():
        translate(below, words)
