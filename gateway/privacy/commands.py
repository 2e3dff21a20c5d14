"""``gateway audit``: the audit log at the command line."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.clock import utc_now
from gateway.privacy.export import export as export_records
from gateway.settings.settings import load_settings

audit = typer.Typer(
    help="The audit log: who looked whom up, and why.", no_args_is_help=True
)


@audit.command()
def export(
    config: Annotated[
        Path, typer.Option(help="The configuration, see docs/operating.md.")
    ],
    *,
    from_: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day (Shanghai)."),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day (Shanghai)."),
    ] = None,
) -> None:
    """Write records to standard output, oldest first, a JSON object a line."""
    count = asyncio.run(
        export_records(
            load_settings(config, os.environ).database_url,
            first=None if from_ is None else from_.date(),
            last=None if to is None else to.date(),
            now=utc_now(),
            write=sys.stdout.buffer.write,
        )
    )
    typer.echo(f"{count} records", err=True)
