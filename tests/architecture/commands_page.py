"""Every command with its options, as docs/commands.md and its Chinese page print them.

``python -m tests.architecture.commands_page`` writes them onto the pages.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, get_args

from typer.core import TyperGroup

from gateway.cli import Commands
from gateway.help.translated import chinese, translated
from gateway.lazy import command_at
from tests.architecture.documents import ROOT

PAGE, CHINESE_PAGE = "docs/commands.md", "docs/zh/commands.md"
BEGIN = "<!-- printed by tests/architecture/commands_page.py -->\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a page says around the help."""

    help: Mapping[str, str]
    """The help's own paragraphs, by their English."""
    text: str = "text"
    number: str = "number"
    path: str = "path"
    day: str = "day"
    either: str = " or "
    bounds: Mapping[str, str] = field(
        default_factory=lambda: {"min": "min", "max": "max"}
    )
    times: str = "several times"
    required: str = "required"
    default: str = "`{}` if left out"
    comma: str = ", "
    inside: str = " ({})"
    colon: str = ": "

    def kind(self, type_: type) -> str:
        """Return what a value of a type is."""
        if issubclass(type_, Enum):
            return self.either.join(f"`{one.value}`" for one in type_)
        if issubclass(type_, date):
            return self.day
        if issubclass(type_, Path):
            return self.path
        return self.text if issubclass(type_, str) else self.number


PAGES: Mapping[str, Words] = {
    PAGE: Words(help={}),
    CHINESE_PAGE: Words(
        help=chinese(),
        text="文本",
        number="数字",
        path="路径",
        day="日期",
        either=" 或 ",
        bounds={"min": "最小", "max": "最大"},
        times="可写多次",
        required="必填",
        default="不写则为 `{}`",
        comma="，",
        inside="（{}）",
        colon="：",
    ),
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


def printed(page: str) -> str:
    """Return every command in a section of its own."""
    words = PAGES[page]
    return "\n".join(_section(name, command, words) for name, command in commands())


def _section(name: str, command: Any, words: Words) -> str:
    lines = [f"## {name}", "", _said(command.help, words)]
    lines += ["" for _ in command.params[:1]]
    lines += [f"- {_told(option, words)}" for option in command.params]
    return "\n".join(lines) + "\n"


def _said(text: str, words: Words) -> str:
    """Return a text with a line a paragraph."""
    return translated(text, words.help) or ""


def _told(option: Any, words: Words) -> str:
    assert option.help, option.opts
    flags = ", ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))
    about = [kind for kind in (_kind(option, words),) if kind]
    if option.required:
        about.append(words.required)
    elif (default := getattr(option, "default", None)) not in (None, False, ""):
        about.append(words.default.format(default))
    inside = words.inside.format(words.comma.join(about)) if about else ""
    return f"{flags}{inside}{words.colon}{_said(option.help, words)}"


def _kind(option: Any, words: Words) -> str:
    if getattr(option, "is_flag", False):
        return ""
    annotation = option.type_descriptor.annotation
    type_ = next(iter(get_args(annotation)), annotation)
    bounds = [
        f"{word} {bound}"
        for name, word in words.bounds.items()
        if (bound := getattr(option, name, None)) is not None
    ]
    many = words.times if option.multiple or option.nargs != 1 else ""
    return words.comma.join(part for part in (words.kind(type_), *bounds, many) if part)


def on_the_page(page: str) -> str:
    """Return what the page has."""
    return (ROOT / page).read_text("utf-8").partition(BEGIN)[2]


if __name__ == "__main__":
    for name in PAGES:
        before = (ROOT / name).read_text("utf-8").partition(BEGIN)[0]
        (ROOT / name).write_text(f"{before}{BEGIN}\n{printed(name)}", "utf-8")
