"""What is said once for all: nothing is empty, and all texts are in both languages."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path

from policy.text import Text

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("policy", "signing", "connectors", "bureau", "resolvers", "store"),
    "gateway",
)
MODULES = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for package in PACKAGES
    for file in (ROOT / package).rglob("*.py")
    if "migrations" not in file.parts and file.stem not in ("__init__", "__main__")
)


MAY_BE_EMPTY = {
    # Of four lengths one needs no padding.
    "signing.base64url._PADDING",
    "signing.base64url._LAST",
    # It delivers nothing.
    "resolvers.execution.subscribe.NOTHING_MORE",
    "gateway.subscriptions.running.NOTHING_MORE",
    # What came of asking and being refused: the caller is told by a status.
    "gateway.console.reconciled.FORBIDDEN",
    "gateway.console.pages.reconciliation.FORBIDDEN",
}


def said(value: object, depth: int = 0) -> Iterator[object]:
    """Give the texts, words and patterns that a constant holds."""
    inner: list[object] = []
    if isinstance(value, Enum) or depth > 4:
        return
    if isinstance(value, (Text, str, bytes, re.Pattern)):
        yield value
    elif isinstance(value, type) and issubclass(value, Enum):
        yield from (member.value for member in value)
    elif isinstance(value, Mapping):
        # By numbers are tables for ``str.translate``, in which "" leaves out.
        inner = [
            one for pair in value.items() for one in pair if type(pair[0]) is not int
        ]
    elif isinstance(value, (tuple, list, set, frozenset)):
        inner = list(value)
    elif is_dataclass(value) and not isinstance(value, type):
        inner = [getattr(value, one.name, None) for one in fields(value)]
    for one in inner:
        yield from said(one, depth + 1)


def is_said(one: object) -> bool:
    """Say whether it says something: a text in Chinese and in English."""
    if isinstance(one, Text):
        return bool(
            re.search(r"[\u4e00-\u9fff]", one.zh) and re.search("[A-Za-z]", one.en)
        )
    return bool(one.pattern if isinstance(one, re.Pattern) else one not in ("", b""))


def constants() -> Iterator[tuple[str, object]]:
    """Give the constants of every module of ours, and its enumerations."""
    for module in map(importlib.import_module, MODULES):
        for name, value in vars(module).items():
            # What is written small may be filled while we run.
            if (
                value.__module__ == module.__name__
                if isinstance(value, type)
                else name.isupper()
            ):
                yield f"{module.__name__}.{name}", value


def test_no_constant_is_empty_or_said_in_one_language_alone() -> None:
    unsaid = {
        (name, one)
        for name, value in constants()
        if name not in MAY_BE_EMPTY
        for one in said(value)
        if not is_said(one)
    }

    assert unsaid == set()


def test_no_member_of_an_enumeration_is_another_s() -> None:
    for name, value in constants():
        if isinstance(value, type) and issubclass(value, Enum):
            assert len(value) == len(value.__members__), name


LOGGERS = ("logger", "_logger")
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


def log_calls() -> Iterator[tuple[str, str, object]]:
    """Give where loggers are made or used, what is called, and what it is told."""
    texts = {file: file.read_text("utf-8") for file in (ROOT / "gateway").rglob("*.py")}
    for file, text in texts.items():
        for node in ast.walk(ast.parse(text)) if "logger" in text else ():
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Name(id=owner) | ast.Attribute(attr=owner),
                        attr=called,
                    ),
                    args=[ast.Constant(value=told), *_],
                ) if owner in LOGGERS or called == "get_logger":
                    where = f"{file.relative_to(ROOT)}:{node.lineno}"
                    yield where, called, told
                case _:
                    pass


def test_every_line_of_the_log_says_what_happened_and_where() -> None:
    """Operators look for lines by the part's name and by the words, which stay."""
    calls = [*log_calls()]
    said = [(where, told) for where, called, told in calls if called in LEVELS]
    names = [str(told) for _, called, told in calls if called == "get_logger"]

    assert [where for where, told in said if not told] == []
    assert len(said) > 50
    assert {name.partition(".")[0] for name in names} == {"gateway"}
