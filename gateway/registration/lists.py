"""``gateway connector list`` and ``show``: what is registered."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from connectors.registration.connector import Connector, Event
from connectors.registration.rules import require_known
from gateway.registration.answering import answering, show_connector
from gateway.registration.steps import Config, Id

lists = typer.Typer()


@lists.command("list")
def list_(config: Config) -> None:
    """List every connector that was registered."""
    from gateway.registration.session import office_at  # noqa: PLC0415 - start-up

    async def run() -> Sequence[Connector]:
        async with office_at(config) as office:
            return await office.store.connectors()

    with answering():
        found = asyncio.run(run())
    table = Table("id", "state", "version", "collection body", "items", "changed")
    for one in found:
        changed = f"{one.changed_at:%Y-%m-%d %H:%M:%SZ}"
        table.add_row(
            *(escape(one.id), one.state, str(one.version), escape(one.institution)),
            *(escape(", ".join(sorted(one.items))), changed),
        )
    Console().print(table)


@lists.command()
def show(
    id_: Id,
    *,
    config: Config,
    history: Annotated[bool, typer.Option(help="Show every step.")] = True,
) -> None:
    """Show one connector and what was done to it."""
    from gateway.registration.session import office_at  # noqa: PLC0415 - start-up

    async def run() -> tuple[Connector, Sequence[Event]]:
        async with office_at(config) as office:
            found = require_known(await office.store.connector(id_), id_)
            return found, await office.store.events(id_)

    with answering():
        found, events = asyncio.run(run())
    show_connector(found)
    if not history:
        return
    table = Table("version", "step", "state", "who", "when", "why")
    for event in events:
        when = f"{event.at:%Y-%m-%d %H:%M:%SZ}"
        table.add_row(
            *(str(event.version), event.step, event.after),
            *(escape(event.actor), when, escape(event.reason)),
        )
    Console().print(table)
