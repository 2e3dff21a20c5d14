"""What a step's command writes: the connector as it is, or why it was refused."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape

from connectors.errors import StoreUnavailableError
from connectors.registration.connector import Connector
from connectors.registration.refusals import RegistrationError
from connectors.registration.submission import warnings_of
from gateway.errors import StartError


@contextmanager
def answering() -> Iterator[None]:
    """Say why a step was refused, and exit with 1.

    Raises:
        StartError: the database is away.
    """
    try:
        yield
    except StoreUnavailableError as error:
        raise StartError(f"the database is away: {error}") from None
    except RegistrationError as refusal:
        detail = f": {refusal.detail}" if refusal.detail else ""
        typer.echo(f"{refusal.code}{detail}", err=True)
        typer.echo(f"{refusal.meaning.zh}\n{refusal.meaning.en}", err=True)
        raise typer.Exit(1) from None


def show_connector(connector: Connector) -> None:
    """Write a connector: its state first, for scripts."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{escape(connector.id)} {connector.state} version {connector.version}"
    )
    for key in connector.keys:
        console.print(f"  key {escape(key.kid)} {key.state}")
    if connector.check is not None:
        for finding in connector.check.findings:
            console.print(f"  {escape(finding)}")
    for warning in warnings_of(connector.submission):
        console.print(f"  warning: {escape(warning.en)} / {warning.zh}")
