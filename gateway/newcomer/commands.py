"""``gateway agency``, at the command line."""

import re
from pathlib import Path
from typing import Annotated

import typer

from gateway.errors import StartError
from gateway.newcomer.files import Newcomer, write_newcomer
from gateway.screen import AsJson, say_json
from policy.catalogue import load_catalogue

ID = re.compile(r"[a-z][a-z0-9-]{0,62}")
PORT = 9200

agency = typer.Typer(help="What an agency needs to join.", no_args_is_help=True)


@agency.callback()
def group() -> None:
    """Let the one command keep its name."""


@agency.command()
def init(  # noqa: PLR0913 - one argument an option
    folder: Annotated[Path, typer.Argument(help="Where to write; it is made.")],
    *,
    id_: Annotated[
        str, typer.Option("--id", help="The connector's id: small letters, digits, -.")
    ],
    body: Annotated[
        str, typer.Option(help="The collection body, by its id in the annex.")
    ],
    credit_code: Annotated[
        str, typer.Option(help="The body's unified social credit code.")
    ],
    contact: Annotated[str, typer.Option(help="The office to be called.")] = "信息中心",
    port: Annotated[
        int, typer.Option(help="Where the registry listens.", min=1, max=65535)
    ] = PORT,
    as_json: AsJson = False,
) -> None:
    """Make a manifest, a key, its trust entry, a submission and a registry that signs.

    The registry is there in Python, Node and Java. Exits 0 if all is written, 2 if
    nothing is, since the folder is not empty or an option cannot be used.
    """
    for name, value in (("--credit-code", credit_code), ("--contact", contact)):
        if not value or not value.isprintable() or set(value) & set('"\\@'):
            raise StartError(f"{name} has characters that it cannot have")
    if not ID.fullmatch(id_):
        raise StartError("--id is small letters, digits and hyphens, a letter first")
    newcomer = Newcomer(
        id=id_, body=body, credit_code=credit_code, contact=contact, port=port
    )
    write_newcomer(folder, newcomer, load_catalogue())
    command = (
        f"gateway connector check {folder / 'manifest.toml'} "
        f"--trust {folder / 'trust.toml'} --plan {folder / 'plan.toml'} "
        "--allow-network 127.0.0.0/8"
    )
    if as_json:
        files = sorted(str(one) for one in folder.rglob("*") if one.is_file())
        say_json({"files": files, "check": command})
    else:
        typer.echo(f"{folder}: read README.md there, start a registry, then\n{command}")
