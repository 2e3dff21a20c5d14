"""``gateway token``: make and hash the tokens of small installations."""

import os
import sys
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bureau.caller import LookUp, Purpose, Scope
from gateway.callers.districts import read_districts
from gateway.callers.issue import Wish, hash_of
from gateway.callers.issue import issue as issue_token
from gateway.callers.roles import read_roles
from gateway.callers.static_tokens import StaticTokens
from gateway.errors import StartError
from gateway.screen import AsJson, say_json
from gateway.settings.callers import Token
from gateway.settings.settings import load_settings

token = typer.Typer(help="Static tokens: make one, or hash one.", no_args_is_help=True)


@token.command()
def issue(  # noqa: PLR0913 - one argument an option
    *,
    caller: Annotated[str, typer.Option(help="The name for log and audit.")],
    role: Annotated[list[str] | None, typer.Option(help="A role it has.")] = None,
    scope: Annotated[list[Scope] | None, typer.Option(help="A scope it has.")] = None,
    district: Annotated[
        list[str] | None,
        typer.Option(help="A district it acts for (GB/T 2260); all by default."),
    ] = None,
    purpose: Annotated[
        Purpose | None, typer.Option(help="Why it looks people up; with --case.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="The case of its look-ups; with --purpose.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="For how long it is good.", min=1, max=3660)
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="The configuration that has the roles.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a new token once, and the table that makes it known."""
    if (purpose is None) is not (case is None):
        raise StartError("--purpose and --case go together; state both")
    look_up = None
    if purpose is not None and case is not None:
        look_up = LookUp(purpose, case)
    wish = Wish(
        caller=caller,
        roles=tuple(role or ()),
        scopes=tuple(scope or ()),
        districts=None if not district else tuple(district),
        look_up=look_up,
        days=days,
    )
    issued = issue_token(wish, datetime.now(UTC))
    _refuse_unusable(issued.table, config)
    if as_json:
        say_json({"token": issued.token, "table": issued.table})
        return
    typer.echo("The token, shown this once and kept nowhere:\n", err=True)
    typer.echo(issued.token)
    typer.echo("\nPut this into the configuration and restart:\n", err=True)
    typer.echo(issued.table)


@token.command(name="hash")
def hash_(*, as_json: AsJson = False) -> None:
    """Read a token from standard input; print its SHA-256 for the configuration."""
    # Not an argument: those are in the shell's history and in the process list.
    if sys.stdin.isatty():
        found = hash_of(getpass("token: "))
    else:
        found = hash_of(sys.stdin.readline().rstrip("\r\n"))
    if as_json:
        say_json({"sha256": found})
    else:
        typer.echo(found)


def _refuse_unusable(table: str, config: Path | None) -> None:
    """Read ``table`` as the gateway will.

    Raises:
        StartError: it does not do, or has a role that ``config`` does not know.
    """
    try:
        entry = msgspec.toml.decode(table)["tokens"][0]
        known = msgspec.convert(entry, Token)
    except msgspec.ValidationError as error:
        raise StartError(str(error)) from None
    read_districts(known.districts, f"token of {known.caller}")
    if config is not None:
        settings = load_settings(config, os.environ)
        roles = read_roles(settings.roles, settings.role_districts)
        StaticTokens.of([known], roles)
