"""``gateway sanction …``: freeze an account, cancel a right, lift, decide."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from connectors.registration.sanctions import SanctionKind
from gateway.registration.answering import Proposal, Sanction
from gateway.registration.asking import Client, sends
from gateway.registration.steps import Reason

sanction = typer.Typer(help="Sanctions of the notice, part 3(1).", no_args_is_help=True)
DAY = len("2026-01-31")
Number = Annotated[int, typer.Argument(metavar="ID", help="Its number.")]


class _All(msgspec.Struct, frozen=True, rename="camel"):
    sanctions: tuple[Sanction, ...]
    sanction_proposals: tuple[Proposal, ...]


@sanction.command()
@sends("ImposeSanction")
def impose(
    client: Client,
    body: Annotated[str, typer.Argument(help="The body's id in the annex.")],
    *,
    kind: Annotated[SanctionKind, typer.Option(help="What is done.")],
    reason: Reason,
) -> None:
    """Sanction an authority or a collection body."""
    made = client.taken(Sanction, body=body, kind=kind.name, reason=reason)
    _say(client, f"sanction {made.id}: {made.body.id} {made.kind}")


@sanction.command()
@sends("LiftSanction")
def lift(client: Client, number: Number, *, reason: Reason) -> None:
    """Lift a sanction."""
    lifted = client.taken(Sanction, id=str(number), reason=reason)
    _say(client, f"lifted {lifted.id}: {lifted.body.id} {lifted.kind}")


@sanction.command()
@sends("DecideSanctionProposal")
def decide(
    client: Client,
    number: Number,
    *,
    accept: Annotated[bool, typer.Option("--accept/--dismiss", help="Freeze or not.")],
    reason: Reason,
) -> None:
    """Decide on a proposal: accepted, the account is frozen."""
    decided = client.taken(Proposal, id=str(number), accept=accept, reason=reason)
    _say(client, f"proposal {decided.id}: {'ACCEPTED' if accept else 'DISMISSED'}")


@sanction.command("list")
@sends("Sanctions")
def list_(client: Client) -> None:
    """List every sanction, and the proposals nobody has decided on."""
    found = client.answered(_All)
    if client.as_json:
        return
    table = Table("id", "body", "what", "why", "by", "until")
    for one in found.sanctions:
        cells = (
            one.id,
            one.body.id or "",
            one.kind,
            one.reason,
            one.imposed_by,
            (one.lifted_at or "")[:DAY],
        )
        table.add_row(*map(escape, cells))
    for proposal in found.sanction_proposals:
        cells = (
            f"proposal {proposal.id}",
            proposal.body.id or "",
            "PROPOSED",
            f"{proposal.cause}: {proposal.found}, threshold {proposal.threshold}",
            "gateway",
            "",
        )
        table.add_row(*map(escape, cells))
    Console().print(table)


def _say(client: Client, words: str) -> None:
    if not client.as_json:
        typer.echo(words)
