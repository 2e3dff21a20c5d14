"""``gateway mlps3``: the table, as a configuration would run."""

import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from connectors.errors import ManifestError
from connectors.registry import load_manifests
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.mlps3.judging import Verdict, judge
from gateway.mlps3.screen import table_of
from gateway.settings.settings import load_settings


def mlps3(
    config: Annotated[
        Path, typer.Option(help="The configuration, see docs/operating.md.")
    ],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the table as JSON.")
    ] = False,
) -> None:
    """Say how a configuration stands by level three (等保三级). Exits 0 or 1."""
    settings = load_settings(config, os.environ)
    try:
        manifests = load_manifests(Path(settings.manifests))
    except ManifestError as error:
        raise StartError(str(error)) from None
    found = judge(settings, manifests, utc_now())
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode({"items": found})).decode())
    else:
        typer.echo(table_of(found))
    if any(one.verdict is Verdict.UNMET for one in found):
        raise typer.Exit(1)
