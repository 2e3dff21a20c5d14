"""What commands print: tables for people, one JSON object for programs.

Every command that prints something for people takes ``--json``
(``tests/architecture/test_commands_page.py``). Columns have the names of GraphQL's
kind, and what a table shows in short stands there whole.
"""

from collections.abc import Mapping
from typing import Annotated

import orjson
import typer
from rich.table import Column, Table

AsJson = Annotated[
    bool, typer.Option("--json", help="Write one JSON object, for programs.")
]


def folding(*names: str) -> Table:
    """Return a table whose cells go on in the next line where the screen is narrow.

    A long word would be cut otherwise, and an id that is cut is of no use.
    """
    return Table(*(Column(name, overflow="fold") for name in names))


def say_json(content: Mapping[str, object]) -> None:
    """Write an object to standard output."""
    typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
