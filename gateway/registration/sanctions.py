"""``gateway sanction …``: freeze an account, cancel a right, lift, decide."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from connectors.registration.rules import Actor
from connectors.registration.sanction_steps import Sanctioner
from connectors.registration.sanctions import SanctionKind
from gateway.registration.answering import answering
from gateway.registration.steps import Config, Reason, TokenFile

sanction = typer.Typer(help="Sanctions of the notice, part 3(1).", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="Its number.")]


def _take(
    step: str,
    config: Path,
    token_file: Path,
    how: Callable[[Sanctioner, Actor], Awaitable[str]],
) -> None:
    from gateway.registration.session import (  # noqa: PLC0415 - start-up
        office_of,
        settings_and_actor,
    )

    async def run() -> str:
        async with office_of(settings) as office:
            return await how(office.sanctions, actor)

    settings, actor = settings_and_actor(config, token_file, step)
    with answering():
        typer.echo(asyncio.run(run()))


@sanction.command()
def impose(
    body: Annotated[str, typer.Argument(help="The body's id in the annex.")],
    *,
    kind: Annotated[SanctionKind, typer.Option(help="What is done.")],
    reason: Reason,
    config: Config,
    token_file: TokenFile,
) -> None:
    """Sanction an authority or a collection body."""

    async def how(steps: Sanctioner, actor: Actor) -> str:
        made = await steps.impose(actor, body, kind, reason)
        return f"sanction {made.id}: {made.body} {made.kind}"

    _take("impose_sanction", config, token_file, how)


@sanction.command()
def lift(
    number: Number, *, reason: Reason, config: Config, token_file: TokenFile
) -> None:
    """Lift a sanction."""

    async def how(steps: Sanctioner, actor: Actor) -> str:
        lifted = await steps.lift(actor, number, reason)
        return f"lifted {lifted.id}: {lifted.body} {lifted.kind}"

    _take("lift_sanction", config, token_file, how)


@sanction.command()
def decide(
    number: Number,
    *,
    accept: Annotated[bool, typer.Option("--accept/--dismiss", help="Freeze or not.")],
    reason: Reason,
    config: Config,
    token_file: TokenFile,
) -> None:
    """Decide on a proposal: accepted, the account is frozen."""

    async def how(steps: Sanctioner, actor: Actor) -> str:
        decided = await steps.decide(actor, number, accept=accept, reason=reason)
        return f"proposal {decided.id}: {decided.state}"

    _take("decide_sanction_proposal", config, token_file, how)


@sanction.command("list")
def list_(config: Config) -> None:
    """List every sanction, and the proposals nobody has decided on."""
    from gateway.registration.session import office_at  # noqa: PLC0415 - start-up

    async def run() -> Table:
        table = Table("id", "body", "what", "why", "by", "until")
        async with office_at(config) as office:
            for one in await office.store.sanctions(lifted=True):
                until = "" if one.lifted_at is None else f"{one.lifted_at:%Y-%m-%d}"
                table.add_row(
                    *(str(one.id), escape(one.body), one.kind, escape(one.reason)),
                    *(escape(one.imposed_by), until),
                )
            for found in await office.store.proposals():
                why = f"{found.cause}: {found.found}, threshold {found.threshold}"
                table.add_row(
                    *(f"proposal {found.id}", escape(found.body), "PROPOSED", why),
                    *("gateway", ""),
                )
        return table

    with answering():
        Console().print(asyncio.run(run()))
