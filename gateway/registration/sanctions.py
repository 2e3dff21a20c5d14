"""``gateway sanction …``: warn, order, propose, confirm, freeze, lift, decide."""

from datetime import datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from connectors.registration.sanctions import BY_TWO, SanctionKind
from gateway.registration.answering import Proposal, Sanction
from gateway.registration.asking import Client, sends
from gateway.registration.steps import Reason
from gateway.screen import folding

sanction = typer.Typer(help="Sanctions of the notice, part 3(1).", no_args_is_help=True)
DAY = len("2026-01-31")
MINUTE = len("2026-01-31T08:00")
Number = Annotated[int, typer.Argument(metavar="ID", help="Its number.")]
Body = Annotated[str, typer.Argument(help="The body's id in the annex.")]
Kind = Annotated[SanctionKind, typer.Option(help="What is done.")]
KINDS = ", ".join(kind for kind in SanctionKind if kind in BY_TWO)


class _All(msgspec.Struct, frozen=True, rename="camel"):
    sanctions: tuple[Sanction, ...]
    sanction_proposals: tuple[Proposal, ...]


@sanction.command()
@sends("IssueWarning")
def warn(client: Client, body: Body, *, reason: Reason) -> None:
    """Warn an authority or a collection body."""
    _told(client, client.taken(Sanction, body=body, reason=reason))


@sanction.command()
@sends("OrderRectification")
def rectify(
    client: Client,
    body: Body,
    *,
    last_day: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="By when, Shanghai's and included."),
    ],
    reason: Reason,
) -> None:
    """Have things put right by a day; once it is over a freeze is proposed."""
    day = last_day.date().isoformat()
    _told(client, client.taken(Sanction, body=body, lastDay=day, reason=reason))


@sanction.command(help=f"Propose a sanction that takes two people: {KINDS}.")
@sends("ProposeSanction")
def propose(client: Client, body: Body, *, kind: Kind, reason: Reason) -> None:
    """Propose a sanction that takes two people."""
    _told(client, client.taken(Sanction, body=body, kind=kind.name, reason=reason))


@sanction.command("freeze-urgently")
@sends("FreezeUrgently")
def freeze_urgently(client: Client, body: Body, *, reason: Reason) -> None:
    """Freeze an account now; it ends in a day unless another person confirms it."""
    _told(client, client.taken(Sanction, body=body, reason=reason))


@sanction.command()
@sends("ConfirmSanction")
def confirm(client: Client, number: Number, *, reason: Reason) -> None:
    """Confirm, as another person, what was proposed or frozen urgently."""
    _told(client, client.taken(Sanction, id=str(number), reason=reason))


@sanction.command()
@sends("RejectSanction")
def reject(client: Client, number: Number, *, reason: Reason) -> None:
    """Reject a proposal, or take it back."""
    _told(client, client.taken(Sanction, id=str(number), reason=reason))


@sanction.command(deprecated=True)
@sends("ImposeSanction")
def impose(client: Client, body: Body, *, kind: Kind, reason: Reason) -> None:
    """Freeze urgently, or propose to cancel: use freeze-urgently, or propose."""
    made = client.taken(Sanction, body=body, kind=kind.name, reason=reason)
    _say(client, f"sanction {made.id}: {made.body.id} {made.kind}")


@sanction.command()
@sends("LiftSanction")
def lift(client: Client, number: Number, *, reason: Reason) -> None:
    """Lift a sanction, or end a rectification that was done."""
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
    """Decide on a proposal: accepted, the account is frozen urgently."""
    decided = client.taken(Proposal, id=str(number), accept=accept, reason=reason)
    _say(client, f"proposal {decided.id}: {'ACCEPTED' if accept else 'DISMISSED'}")


@sanction.command("list")
@sends("SanctionsByState")
def list_(client: Client) -> None:
    """List every sanction, and the proposals nobody has decided on."""
    found = client.answered(_All)
    if client.as_json:
        return
    table = folding("id", "body", "what", "why", "by", "until")
    for one in found.sanctions:
        cells = (
            one.id,
            one.body.id or "",
            f"{one.kind} {one.state}",
            one.reason,
            " ".join(filter(None, (one.imposed_by, one.confirmed_by))),
            _end(one),
        )
        table.add_row(*map(escape, cells))
    for proposal in found.sanction_proposals:
        cells = (
            f"proposal {proposal.id}",
            proposal.body.id or "",
            f"{SanctionKind.FREEZE} PROPOSED",
            f"{proposal.cause}: {proposal.found}, threshold {proposal.threshold}",
            "gateway",
            "",
        )
        table.add_row(*map(escape, cells))
    Console().print(table)


def _end(one: Sanction) -> str:
    """Return when it ended, or has to end."""
    if one.lifted_at is not None:
        return one.lifted_at[:DAY]
    if one.confirm_before is not None:
        return f"{one.confirm_before[:MINUTE]}Z"
    return one.last_day or ""


def _told(client: Client, made: Sanction) -> None:
    end = _end(made)
    until = f" until {end}" if end else ""
    _say(client, f"sanction {made.id}: {made.body.id} {made.kind} {made.state}{until}")


def _say(client: Client, words: str) -> None:
    if not client.as_json:
        typer.echo(words)
