"""Find a gateway's address in its configuration, for commands that state none.

Deprecated: commands used to take their steps on the database that a configuration
names. For one version they still read from it where the gateway is.
"""

import os
from pathlib import Path

import typer

from gateway.errors import StartError
from gateway.settings.settings import Settings, load_settings

HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not listened on
"""Where a gateway is asked that listens everywhere."""


def address_in(config: Path, url: str | None) -> str:
    """Return ``url``, or the address that ``config`` has; warn that it is read.

    Raises:
        StartError: the configuration cannot be read, or has no address.
    """
    address = url or _address(config)
    typer.echo(
        "gateway: --config is deprecated here, and gone in the next version; state "
        f"--url {address}",
        err=True,
    )
    return address


def _address(config: Path) -> str:
    settings = load_settings(config, os.environ)
    if settings.collection.origin is not None:
        return settings.collection.origin
    if settings.port == 0:
        raise StartError(f"{config} has port 0; state --url https://host")
    return address_by(settings)


def address_by(settings: Settings) -> str:
    """Return where the gateway of ``settings`` listens on this machine."""
    scheme = "http" if settings.tls is None else "https"
    host = HERE.get(settings.host, settings.host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"
