"""``gateway connector``: agencies' connectors at the command line."""

import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.registration.check import Request, run_check
from gateway.registration.format import Format
from gateway.registration.lists import lists
from gateway.registration.screen import show, showing_progress
from gateway.registration.steps import steps
from gateway.screen import AsJson
from gateway.settings.settings import load_settings

connector = typer.Typer(help="Agencies' connectors.", no_args_is_help=True)


@connector.command()
def check(  # noqa: PLR0913 - one argument an option
    manifest: Annotated[Path, typer.Argument(help="The agency's manifest.")],
    trust: Annotated[Path, typer.Option(help="The trust bundle with its keys.")],
    *,
    plan: Annotated[
        Path | None,
        typer.Option(help="Whom to ask about, and what must come: TOML."),
    ] = None,
    holder: Annotated[
        list[str] | None,
        typer.Option(help="An invented person with certificates: NUMBER:ITEM,ITEM."),
    ] = None,
    absent: Annotated[
        list[str] | None,
        typer.Option(help="The number of an invented person without certificates."),
    ] = None,
    allow_network: Annotated[
        list[str] | None,
        typer.Option(help="A network that is not public, in which the agency may be."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="The gateway's configuration, for its allowed networks."),
    ] = None,
    requests: Annotated[
        int, typer.Option(help="Answers whose time is measured.", min=1, max=10_000)
    ] = 20,
    max_seconds: Annotated[
        float, typer.Option(help="How long all of it may take.", min=1, max=3600)
    ] = 180,
    format_: Annotated[
        Format, typer.Option("--format", help="What to write to standard output.")
    ] = Format.TABLE,
    as_json: AsJson = False,
) -> None:
    """Check an agency's live endpoint.

    Exits 0 if nothing keeps its answers from being believed, 1 if something does,
    2 if the check could not be made.
    """
    networks = tuple(allow_network or ())
    if config is not None:
        settings = load_settings(config, os.environ)
        networks += settings.registration.allowed_networks
    request = Request(
        manifest=manifest,
        trust=trust,
        plan=plan,
        holders=tuple(holder or ()),
        absent=tuple(absent or ()),
        networks=networks,
        requests=requests,
        max_seconds=max_seconds,
    )
    with showing_progress() as progress:
        report = run_check(request, progress)
    show(report, Format.JSON if as_json else format_)
    raise typer.Exit(0 if report.is_conforming else 1)


connector.add_typer(steps)
connector.add_typer(lists)
