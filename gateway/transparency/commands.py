"""``gateway transparency``: the log of hashes, for whoever runs or watches it."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from bureau.transparency.log import KeptCheckpoint
from gateway.screen import AsJson, say_json
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
def status(config: Config, *, as_json: AsJson = False) -> None:
    """Say how long the log is, how far it is signed, and by which keys."""
    told = asyncio.run(_status(load_settings(config, os.environ)))
    if as_json:
        say_json(told._asdict())
        return
    for key in told.keys:
        typer.echo(f"key        {key}")
    typer.echo(f"entries    {told.entries}")
    typer.echo(f"root       {told.root}")
    over = " or more" if told.queued > QUEUE_BOUND else ""
    typer.echo(f"queued     {told.queued}{over}")
    for name, found in (("signed", told.signed), ("witnessed", told.witnessed)):
        what = "nothing" if found is None else f"{found['size']}, {found['at']}"
        typer.echo(f"{name:<11}{what}")


@transparency.command()
def export(
    config: Config,
    folder: Annotated[Path, typer.Argument(help="Where the files are written.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write checkpoint, tiles and entries as static files (C2SP tlog-tiles)."""
    settings = load_settings(config, os.environ)
    size, written = asyncio.run(export_files(settings, folder))
    if as_json:
        say_json({"entries": size, "written": written})
    else:
        typer.echo(f"{size} entries, {written} files written", err=True)


class Status(NamedTuple):
    """What is said of the log."""

    keys: list[str]
    entries: int
    root: str
    """Its hash, hexadecimal."""
    queued: int
    """Counted up to one more than ``QUEUE_BOUND``."""
    signed: dict[str, object] | None
    """The newest checkpoint: its size, and when it was made."""
    witnessed: dict[str, object] | None


async def _status(settings: Settings) -> Status:
    keys = read_keys(settings)
    async with open_store(settings.database_url) as store:
        log, checkpoints = StoredLog(store), StoredCheckpoints(store)
        head = await log.head()
        queued = await log.queued(QUEUE_BOUND + 1)
        signed = await checkpoints.latest()
        witnessed = await checkpoints.latest(witnessed=True)
    return Status(
        keys=[] if keys is None else [str(key) for key in keys.keys],
        entries=head.size,
        root=head.root.hex(),
        queued=queued,
        signed=_told(signed),
        witnessed=_told(witnessed),
    )


def _told(found: KeptCheckpoint | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {"size": found.size, "at": found.at.isoformat()}
