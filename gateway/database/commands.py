"""``gateway database``: its step, backups, and the way to the newest."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.clock import utc_now
from gateway.database.upgrade import upgrade as take_upgrade
from gateway.screen import AsJson, say_json
from gateway.settings.settings import load_settings
from store.backup.backup import back_up
from store.backup.backup import restore as restore_backup
from store.backup.note import Note
from store.database import NEWEST, step_in_words, step_of
from store.ledger.counted import check_sums

database = typer.Typer(
    help="The database: its step, backups, and the way to the newest.",
    no_args_is_help=True,
)

Config = Annotated[Path, typer.Option(help="The configuration, see docs/operating.md.")]


@database.command()
def status(
    config: Config,
    *,
    as_json: AsJson = False,
) -> None:
    """Print at which step the database is, and the newest; change nothing.

    Exits 0 if it is at the newest, 1 if it is not, 2 if it cannot be opened.
    """
    found = asyncio.run(step_of(load_settings(config, os.environ).database_url))
    if as_json:
        say_json({"step": found, "newest": NEWEST})
    else:
        typer.echo(f"at {step_in_words(found)}, the newest is step {NEWEST}")
    raise typer.Exit(0 if found == NEWEST else 1)


@database.command()
def upgrade(config: Config, *, as_json: AsJson = False) -> None:
    """Take the database to the newest step; make it if there is none.

    Exits 0 if it is there then, 2 if not: then it is as it was.
    """
    found = take_upgrade(load_settings(config, os.environ))
    if as_json:
        say_json({"from": found, "step": NEWEST})
    elif found == NEWEST:
        typer.echo(f"at step {NEWEST} already")
    else:
        typer.echo(f"from {step_in_words(found)} to step {NEWEST}")


@database.command()
def sums(config: Config, *, as_json: AsJson = False) -> None:
    """Compare the sums that totals are read from with what the rows come to.

    It reads all that is counted, while gateways go on. Prints each place that differs.
    Exits 0 if none does, 1 if some do, 2 if the database cannot be read.
    """
    rows = asyncio.run(check_sums(load_settings(config, os.environ).database_url))
    if as_json:
        differ = [
            {"place": str(row.place), "measures": str(row.measures)} for row in rows
        ]
        say_json({"differ": differ})
        raise typer.Exit(1 if rows else 0)
    for row in rows:
        typer.echo(f"the rows come to {row.measures} at {row.place}")
    if rows:
        raise typer.Exit(1)
    typer.echo("the sums are what the rows come to")


@database.command()
def backup(
    config: Config,
    out: Annotated[Path, typer.Option(help="The folder to make, with the copy.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Copy the whole database into a new folder, while gateways go on.

    Keys, manifests, trust bundle and configuration are not in it: keep them, too. Exits
    0 if the copy is there and whole, 2 if not: then there is no such folder.
    """
    url = load_settings(config, os.environ).database_url
    note = asyncio.run(back_up(url, out, utc_now()))
    _tell("backed up", note, as_json=as_json)


@database.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="What gateway database backup made.")],
    config: Config,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Though there are rows, which are lost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the database what it was at a backup; its gateways have to be stopped.

    The copy is compared row by row with what was backed up. Exits 0 if all of it is
    there, 2 if not: then the database is as it was.
    """
    url = load_settings(config, os.environ).database_url
    note = asyncio.run(restore_backup(url, folder, replace=replace))
    _tell("restored", note, as_json=as_json)


def _tell(done: str, note: Note, *, as_json: bool) -> None:
    if as_json:
        tables = len(note.tables)
        at = note.made_at
        say_json({"rows": note.rows, "tables": tables, "step": note.step, "at": at})
        return
    typer.echo(
        f"{done} {note.rows} rows of {len(note.tables)} tables at step {note.step}, "
        f"as of {note.made_at:%Y-%m-%dT%H:%M:%SZ}"
    )
