"""The command lines of the pages, and whether each one's program would take it.

A line is what a shell runs by itself: what a backslash ends goes on, and ``|``, ``>``
and ``&&`` part one program from the next. Tutorials are typed as a whole elsewhere
(``tests/gateway/test_tutorials.py``), and so are blocks of bash that are programs.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from typer import Typer
from typer.core import TyperGroup
from typer.main import get_command

import benchmarks.cli
import benchmarks.mixed_load
from gateway.cli import Commands
from gateway.lazy import command_at
from tests.architecture.documents import ROOT, Block
from tools.mutants import read_options

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([\w-]+):", MAKEFILE, re.MULTILINE))
BETWEEN = {"|", ">", "&&", "&", ";", "(", ")"}
VARIABLE = re.compile(r"(?P<name>[A-Z_]+)=(?P<value>.*)", re.DOTALL)
COMMANDS: Mapping[str, Any] = {
    named.name: command_at(named.where) for named in Commands.table
}


class Line(NamedTuple):
    """One line of a block."""

    block: Block
    text: str

    def __str__(self) -> str:
        """Return where it stands, and how it begins."""
        return f"{self.block.page}: {self.text[:60]}"


def lines_of(block: Block) -> Iterator[Line]:
    """Yield the lines of a block."""
    for text in block.text.replace("\\\n", "").splitlines():
        if text.strip():
            yield Line(block, text)


def programs(line: str) -> Iterator[list[str]]:
    """Yield the words of each program of a line, without where its output goes."""
    words = shlex.shlex(line, posix=True, punctuation_chars="|>&;()")
    words.whitespace_split = True
    program, is_file = list[str](), False
    for word in [*words, ";"]:
        if word in BETWEEN:
            if program:
                yield program
            # What follows ">" is a file, and no program.
            program, is_file = [], word == ">"
        elif not is_file:
            program.append(word)


def refuse_unknown(words: Sequence[str]) -> None:
    """Have the program itself read its words.

    Raises:
        LookupError: no program of ours, and none that is known.
        TyperException: an option or a value that it has not, or one that is missing.
        SystemExit: likewise, of programs with argparse.
    """
    stated = [word for word in words if VARIABLE.fullmatch(word)]
    name, *rest = words[len(stated) :] if words[0] in stated else words
    if name == "gateway":
        read_command(COMMANDS[rest[0]], rest)
    elif name == "make":
        read_make(rest)
    elif name not in OTHERS:
        raise LookupError(f"{name} is no program of ours; say in OTHERS what it is")


def read_command(command: Any, words: Sequence[str]) -> None:
    """Read the words of a command, or of one below it, as if it was to run."""
    name, *rest = words
    names = getattr(command, "commands", {})
    if isinstance(command, TyperGroup) and rest and rest[0] in names:
        read_command(names[rest[0]], rest)
    else:
        assert not (isinstance(command, TyperGroup) and not rest), f"{name} alone"
        command.make_context(name, list(rest))


def read_make(words: Sequence[str]) -> None:
    """Read targets, and the options that one hands on to its program."""
    found = [VARIABLE.fullmatch(word) for word in words]
    stated = {one["name"]: one["value"] for one in found if one}
    targets = [word for word, one in zip(words, found, strict=True) if not one]
    unknown = {*targets} - TARGETS | stated.keys() - {"OPTIONS"}
    if unknown:
        raise LookupError(f"the Makefile has not {unknown}")
    if "OPTIONS" in stated:
        HANDED_ON[targets[0]](shlex.split(stated["OPTIONS"]))


def _by(app: Typer) -> Callable[[list[str]], object]:
    return lambda words: get_command(app).make_context("make", words)


def _publish(words: list[str]) -> None:
    if words != ["--publish"]:
        raise LookupError(f"tests.faults.table knows no {words}")


HANDED_ON: Mapping[str, Callable[[list[str]], object]] = {
    "bench": _by(benchmarks.cli.app),
    "load": _by(benchmarks.mixed_load.app),
    "mutants": read_options,
    "faults": _publish,
}
"""What reads the OPTIONS of a target."""
OTHERS: Mapping[str, str] = {
    "curl": "run",
    "openssl": "run",
    "mkdir": "run",
    "printf": "run",
    "sha256sum": "run",
    "echo": "run",
    "node": "run",
    "python": "run",
    "pip": "installs",
    "kill": "systemd's process",
    "softhsm2-util": "a module of keys",
    "pkcs11-tool": "a module of keys",
}
"""Programs that are not ours, on any machine of the kind."""
