"""Every command with its options, as docs/commands.md prints them.

``python -m tests.architecture.commands_page`` writes them onto the page.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, get_args

from typer.core import TyperGroup

from gateway.cli import Commands
from gateway.lazy import command_at
from tests.architecture.documents import ROOT

PAGE = "docs/commands.md"
BEGIN = "<!-- printed by tests/architecture/commands_page.py -->\n"
WORDS: dict[type, str] = {
    str: "text",
    int: "number",
    float: "number",
    Path: "path",
    date: "day",
    datetime: "day",
}


def commands() -> Iterator[tuple[str, Any]]:
    """Give every command with its whole name, in the order of the list."""
    for named in Commands.table:
        yield from _below(f"gateway {named.name}", command_at(named.where))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    if isinstance(command, TyperGroup):
        for own, one in command.commands.items():
            yield from _below(f"{name} {own}", one)


def printed() -> str:
    """Return every command in a section of its own."""
    return "\n".join(_section(name, command) for name, command in commands())


def _section(name: str, command: Any) -> str:
    lines = [f"## {name}", "", _joined(command.help)]
    lines += ["" for _ in command.params[:1]]
    lines += [f"- {_told(option)}" for option in command.params]
    return "\n".join(lines) + "\n"


def _joined(text: str) -> str:
    """Return a text with a line a paragraph."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _told(option: Any) -> str:
    assert option.help, option.opts
    flags = ", ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))
    about = [kind for kind in (_kind(option),) if kind]
    if option.required:
        about.append("required")
    elif (default := getattr(option, "default", None)) not in (None, False):
        about.append(f"`{default}` if left out")
    inside = f" ({', '.join(about)})" if about else ""
    return f"{flags}{inside}: {option.help}"


def _kind(option: Any) -> str:
    if getattr(option, "is_flag", False):
        return ""
    annotation = option.type_descriptor.annotation
    type_ = next(iter(get_args(annotation)), annotation)
    if issubclass(type_, Enum):
        word = " or ".join(f"`{one.value}`" for one in type_)
    else:
        word = WORDS[type_]
    bounds = [
        f"{word} {bound}"
        for word in ("min", "max")
        if (bound := getattr(option, word, None)) is not None
    ]
    many = "several times" if option.multiple or option.nargs != 1 else ""
    return ", ".join(part for part in (word, *bounds, many) if part)


def on_the_page() -> str:
    """Return what the page has."""
    return (ROOT / PAGE).read_text("utf-8").partition(BEGIN)[2]


if __name__ == "__main__":
    before = (ROOT / PAGE).read_text("utf-8").partition(BEGIN)[0]
    (ROOT / PAGE).write_text(f"{before}{BEGIN}\n{printed()}", "utf-8")
