"""Import a module when its command is called, and not before.

None of the commands needs what another does, and together they need the schema, the
database and the cryptography: most of a second, for a list of a dozen names. So
``gateway.cli`` has the list, with what it says of each; the module of a command, which
imports at its top what it needs, is imported when the command is called or asked for
its own help. Nothing else imports by name, but for processes that watch over others and
say why (``tests/architecture/test_imports.py``).
"""

import os
from pkgutil import resolve_name
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from gateway.help.language import is_chinese
from gateway.help.translated import chinese, translate


class Named(NamedTuple):
    """A command by its name."""

    name: str
    where: str
    """``module:attribute``, of the function or of the group."""
    help: str
    """What the list says of it; a test compares it with what it says itself."""
    job: str
    """For whose work it is: a heading of the list."""


class LazyGroup(TyperGroup):
    """A group of commands that are imported one by one."""

    table: ClassVar[tuple[Named, ...]]

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Typer's
        super().__init__(**settings)
        for named in self.table:
            self.add_command(_LazyCommand(named))

    def main(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - Typer's
        """Run, in the language of who types, whatever goes wrong."""
        if not is_chinese(os.environ):
            return super().main(*args, **more)
        with load("gateway.help.typers_own:in_chinese")():
            return super().main(*args, **more)

    def make_context(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - Typer's
        """Return the context of the list, in the language of who types."""
        if is_chinese(os.environ):
            translate(self, chinese())
        return super().make_context(*args, **more)


class _LazyCommand(TyperCommand):
    """A line of the list, until it is called."""

    def __init__(self, named: Named) -> None:
        super().__init__(named.name, help=named.help, rich_help_panel=named.job)
        self._where = named.where

    def make_context(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - Typer's
        """Return the context of the command itself, which is what will be run."""
        command = command_at(self._where)
        if is_chinese(os.environ):
            translate(command, chinese())
        return command.make_context(*args, **more)


def load(name: str) -> Any:  # noqa: ANN401 - whatever has the name
    """Return what has the name ``module:attribute``; import the module for it."""
    return resolve_name(name)


def command_at(where: str) -> Any:  # noqa: ANN401 - Typer's
    """Return the command, or the group, that is made of what has the name."""
    found = load(where)
    if isinstance(found, typer.Typer):
        return get_group(found)
    single = typer.Typer(add_completion=False)
    single.command()(found)
    return get_command(single)
