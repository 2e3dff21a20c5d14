"""``gateway database``: at which step it is, and how it gets to the newest."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.database.upgrade import upgrade as take_upgrade
from gateway.settings.settings import load_settings
from store.database import NEWEST, step_in_words, step_of

database = typer.Typer(
    help="The database: its step, and the way to the newest.", no_args_is_help=True
)

Config = Annotated[Path, typer.Option(help="The configuration, see docs/operating.md.")]


@database.command()
def status(
    config: Config,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON object.")] = False,
) -> None:
    """Print at which step the database is, and the newest; change nothing.

    Exits 0 if it is at the newest, 1 if it is not, 2 if it cannot be opened.
    """
    found = asyncio.run(step_of(load_settings(config, os.environ).database_url))
    if as_json:
        typer.echo(json.dumps({"step": found, "newest": NEWEST}))
    else:
        typer.echo(f"at {step_in_words(found)}, the newest is step {NEWEST}")
    raise typer.Exit(0 if found == NEWEST else 1)


@database.command()
def upgrade(config: Config) -> None:
    """Take the database to the newest step; make it if there is none.

    Exits 0 if it is there then, 2 if not: then it is as it was.
    """
    found = take_upgrade(load_settings(config, os.environ))
    if found == NEWEST:
        typer.echo(f"at step {NEWEST} already")
    else:
        typer.echo(f"from {step_in_words(found)} to step {NEWEST}")
