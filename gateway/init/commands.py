"""``gateway init``: a folder from which a gateway starts as it is."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.init.folder import Place, make
from gateway.screen import AsJson, say_json


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make; empty if there.")],
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port to listen on.", min=1, max=65535)
    ] = 8000,
    origin: Annotated[
        str | None,
        typer.Option(
            help="The name of its log of hashes, an address without a scheme that "
            "never changes; without, the log is not signed."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make keys, configuration and the first two tokens of a new gateway.

    Nothing that is there is written over. The tokens, an operator's and an HR
    platform's, are printed once, a name and a token a line. Exits 0 if all of it is
    there, 2 if not: then nothing is.
    """
    issued = make(folder, Place(host, port, origin), datetime.now(UTC))
    if as_json:
        configuration = str(folder / "gateway.toml")
        say_json({"configuration": configuration, "tokens": dict(issued)})
        return
    typer.echo("The tokens, shown this once and kept nowhere:\n", err=True)
    for caller, token in issued.items():
        typer.echo(f"{caller} {token}")
    typer.echo(
        f"\nStart it with: gateway serve --config {folder / 'gateway.toml'}\n"
        f"Keep the keys in {folder} as you keep passwords, and a copy elsewhere: what "
        "they sealed is lost with them.\n"
        f"It knows no agency yet: {folder / 'manifests' / 'example.toml'} is an "
        "example, docs/agencies.md says the rest.",
        err=True,
    )
