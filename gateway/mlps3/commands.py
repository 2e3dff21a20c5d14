"""``gateway mlps3``: the table, as a configuration would run."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from connectors.errors import ManifestError
from connectors.registry import load_manifests
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.mlps3.judging import Found, Verdict, judge
from gateway.mlps3.screen import table_of
from gateway.screen import AsJson, say_json
from gateway.settings.settings import load_settings


def mlps3(
    config: Annotated[
        Path, typer.Option(help="The configuration, see docs/operating.md.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Say how a configuration stands by level three (等保三级). Exits 0 or 1."""
    settings = load_settings(config, os.environ)
    try:
        manifests = load_manifests(Path(settings.manifests))
    except ManifestError as error:
        raise StartError(str(error)) from None
    found = judge(settings, manifests, utc_now())
    if as_json:
        say_json({"items": [_said(one) for one in found]})
    else:
        typer.echo(table_of(found))
    if any(one.verdict is Verdict.UNMET for one in found):
        raise typer.Exit(1)


def _said(found: Found) -> Mapping[str, object]:
    item = found.item
    return {
        "id": item.id,
        "standard": item.standard,
        "clause": item.clause,
        "zh": item.zh,
        "en": item.en,
        "verdict": found.verdict,
        "uses": msgspec.to_builtins(found.uses),
        "remedy": item.remedy,
    }
