"""``gateway keys``: which keys sign for the gateway, and the next one."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from gateway.clock import utc_now
from gateway.providers.key_list import KeyList, Use, read_key_list
from gateway.providers.rotation import Wish, list_of
from gateway.providers.rotation import rotate as rotate_list
from gateway.screen import AsJson, say_json
from gateway.settings.settings import load_settings

keys = typer.Typer(
    help="The keys that sign for the gateway, and when each does.",
    no_args_is_help=True,
)
Config = Annotated[Path, typer.Option(help="The configuration, see docs/operating.md.")]


@keys.command(name="list")
def list_(config: Config, *, as_json: AsJson = False) -> None:
    """List the keys: state, use, provider, name, from when to when, and id."""
    settings = load_settings(config, os.environ)
    _show(read_key_list(list_of(settings)), utc_now(), as_json=as_json)


@keys.command()
def rotate(  # noqa: PLR0913 - one argument an option
    config: Config,
    *,
    provider: Annotated[str, typer.Option(help="Who keeps the new key.")],
    name: Annotated[str, typer.Option(help="What the provider calls it.")],
    use: Annotated[Use, typer.Option(help="What it signs.")] = Use.RECEIPTS,
    public_key: Annotated[
        Path | None,
        typer.Option(help="Its public half, PEM; else the provider is asked for it."),
    ] = None,
    announce_days: Annotated[
        int, typer.Option(min=0, max=3660, help="How long it is known before it signs.")
    ] = 7,
    overlap_days: Annotated[
        int,
        typer.Option(min=0, max=3660, help="How long the old key goes on beside it."),
    ] = 7,
    as_json: AsJson = False,
) -> None:
    """Announce a key that signs later, and end the one before it after that."""
    now = utc_now().replace(microsecond=0)
    wish = Wish(
        provider=provider,
        name=name,
        use=use,
        public_key=public_key,
        signs_from=now + timedelta(days=announce_days),
        overlap=timedelta(days=overlap_days),
    )
    settings = load_settings(config, os.environ)
    _show(asyncio.run(rotate_list(settings, wish, now)), now, as_json=as_json)
    typer.echo(
        f"\nRestart every gateway before {wish.signs_from.isoformat()}: then it is "
        "published, and signs by itself.",
        err=True,
    )


def _show(listed: KeyList, now: datetime, *, as_json: bool) -> None:
    if as_json:
        said = [
            {
                "state": key.state(now),
                "use": key.use,
                "provider": key.provider,
                "name": key.name,
                "announcedAt": key.announced_at,
                "signsFrom": key.signs_from,
                "signsUntil": key.signs_until,
                "kid": key.half.kid,
                "publicKey": key.public_key,
            }
            for key in listed.newest_first()
        ]
        say_json({"keys": said})
        return
    for key in listed.newest_first():
        ends = "" if key.signs_until is None else key.signs_until.isoformat()
        typer.echo(
            f"{key.state(now):<9} {key.use:<11} {key.provider} {key.name} "
            f"{key.signs_from.isoformat()} .. {ends or 'open'} {key.half.kid}"
        )
