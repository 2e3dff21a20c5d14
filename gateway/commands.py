"""``gateway serve``: the gateway itself, at the command line."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.lifeline import end_with_stdin
from gateway.serve import serve as serve_until_stopped


def serve(
    config: Annotated[
        Path, typer.Option(help="The configuration, see docs/operating.md.")
    ],
    *,
    until_stdin_closes: Annotated[
        bool,
        typer.Option("--until-stdin-closes", help="End when standard input does, too."),
    ] = False,
) -> None:
    """Serve the gateway."""
    if until_stdin_closes:
        end_with_stdin()
    serve_until_stopped(config)
