"""``gateway transparency``: the log of hashes, for whoever runs or watches it."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.settings.settings import Settings, load_settings
from gateway.transparency.export import export as export_files
from gateway.transparency.keys import read_keys
from gateway.transparency.metrics import QUEUE_BOUND
from gateway.transparency.mirror_commands import mirrors
from store.store import open_store
from store.transparency.appending import StoredLog
from store.transparency.checkpoints import StoredCheckpoints

transparency = typer.Typer(
    help="The log of hashes: what nobody changes unseen.", no_args_is_help=True
)
transparency.add_typer(mirrors)
Config = Annotated[Path, typer.Option(help="The configuration, see docs/operating.md.")]


@transparency.command()
def status(config: Config) -> None:
    """Say how long the log is, how far it is signed, and by which keys."""
    asyncio.run(_status(load_settings(config, os.environ)))


@transparency.command()
def export(
    config: Config,
    folder: Annotated[Path, typer.Argument(help="Where the files are written.")],
) -> None:
    """Write checkpoint, tiles and entries as static files (C2SP tlog-tiles)."""
    settings = load_settings(config, os.environ)
    size, written = asyncio.run(export_files(settings, folder))
    typer.echo(f"{size} entries, {written} files written", err=True)


async def _status(settings: Settings) -> None:
    keys = read_keys(settings.transparency)
    async with open_store(settings.database_url) as store:
        log, checkpoints = StoredLog(store), StoredCheckpoints(store)
        head = await log.head()
        queued = await log.queued(QUEUE_BOUND + 1)
        signed = await checkpoints.latest()
        witnessed = await checkpoints.latest(witnessed=True)
    for signer in [] if keys is None else keys.signers:
        typer.echo(f"key        {signer.key}")
    typer.echo(f"entries    {head.size}")
    typer.echo(f"root       {head.root.hex()}")
    over = " or more" if queued > QUEUE_BOUND else ""
    typer.echo(f"queued     {queued}{over}")
    for name, found in (("signed", signed), ("witnessed", witnessed)):
        what = "nothing" if found is None else f"{found.size}, {found.at.isoformat()}"
        typer.echo(f"{name:<11}{what}")
