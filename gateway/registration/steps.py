"""``gateway connector …``: every step of a connector and its keys, as a command.

Each sends a mutation to a gateway, as whoever has the token.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.registration.answering import Challenge, Connector, show_connector
from gateway.registration.asking import Client, sends
from gateway.registration.submission_file import (
    as_variable,
    read_submission_file,
    read_text,
)
from signing.algorithms import Algorithm
from signing.sm2.keys import SignatureForm

steps = typer.Typer()

Id = Annotated[str, typer.Argument(metavar="ID", help="The connector's id.")]
SubmissionFile = Annotated[Path, typer.Argument(help="The submission, a TOML file.")]
Reason = Annotated[str, typer.Option(help="Why; it is recorded.")]
Version = Annotated[
    int | None,
    typer.Option(help="The version that was seen; the newest if left out."),
]
Kid = Annotated[str, typer.Option("--key", help="The key's id (kid).")]
MOMENT = ["%Y-%m-%dT%H:%M:%SZ"]
SIMPLE: Mapping[str, tuple[str, str]] = {
    "submit": ("SubmitConnector", "Hand a draft in."),
    "check-submitted": (
        "CheckConnector",
        "Have the gateway run the conformance kit on what was submitted.",
    ),
    "return": ("ReturnConnector", "Send it back to be drafted anew."),
    "approve": (
        "ApproveConnector",
        "Approve what was checked, as another operator.",
    ),
    "activate": ("ActivateConnector", "Let every gateway ask it."),
    "suspend": ("SuspendConnector", "Let no gateway ask it until it is resumed."),
    "resume": ("ResumeConnector", "Let every gateway ask it again."),
    "retire": ("RetireConnector", "End it for good."),
}
"""Steps without options of their own: the document, and what it does."""


def take(
    client: Client, id_: str, version: int | None, reason: str, **more: object
) -> None:
    """Take a step on a connector and show what it is then."""
    seen = client.newest_version(id_) if version is None else version
    step = {"id": id_, "version": seen, "reason": reason}
    _show(client, client.taken(Connector, step=step, **more))


def _show(client: Client, connector: Connector) -> None:
    if not client.as_json:
        show_connector(connector)


def _simple(name: str) -> Callable[..., None]:
    @sends(name)
    def command(
        client: Client, id_: Id, *, reason: Reason, version: Version = None
    ) -> None:
        take(client, id_, version, reason)

    return command


@steps.command()
@sends("DraftConnector")
def draft(client: Client, submission: SubmissionFile, *, reason: Reason) -> None:
    """Begin a connector."""
    stated = as_variable(read_submission_file(submission))
    _show(client, client.taken(Connector, submission=stated, reason=reason))


@steps.command()
@sends("RedraftConnector")
def redraft(
    client: Client,
    id_: Id,
    submission: SubmissionFile,
    *,
    reason: Reason,
    version: Version = None,
) -> None:
    """Write a draft anew."""
    stated = as_variable(read_submission_file(submission))
    take(client, id_, version, reason, submission=stated)


for _command, (_name, _help) in SIMPLE.items():
    steps.command(_command, help=_help)(_simple(_name))


@steps.command()
@sends("RequestKeyChallenge")
def challenge(  # noqa: PLR0913 - one argument an option
    client: Client,
    id_: Id,
    *,
    key: Kid,
    algorithm: Annotated[Algorithm, typer.Option(help="The key's algorithm.")],
    public_key: Annotated[Path, typer.Option(help="A PEM file.")],
    not_before: Annotated[
        datetime, typer.Option(formats=MOMENT, help="The first moment in force (UTC).")
    ],
    not_after: Annotated[
        datetime, typer.Option(formats=MOMENT, help="The last moment in force (UTC).")
    ],
    sm2_signer_id: Annotated[
        str | None,
        typer.Option(
            help="Of a key of SM2, the id it signs under; '' for an empty one, the "
            "default one if left out."
        ),
    ] = None,
    sm2_signature: Annotated[
        SignatureForm | None,
        typer.Option(
            help="Of a key of SM2, how its signatures are written; raw if left out."
        ),
    ] = None,
) -> None:
    """Ask for the challenge that a key has to sign; write its text to stdout."""
    stated = {
        "keyId": key,
        "algorithm": algorithm.name,
        "publicKey": read_text(public_key),
        "notBefore": _moment(not_before),
        "notAfter": _moment(not_after),
    }
    # A gateway of before takes keys of other kinds as it always did.
    if sm2_signer_id is not None:
        stated["sm2SignerId"] = sm2_signer_id
    if sm2_signature is not None:
        stated["sm2Signature"] = sm2_signature.name
    made = client.taken(Challenge, connector=id_, key=stated)
    if not client.as_json:
        typer.echo(f"challenge {made.id} until {made.expires_at}", err=True)
        typer.echo(made.text, nl=False)


@steps.command()
@sends("ProveKey")
def prove(
    client: Client,
    challenge_id: Annotated[
        str, typer.Argument(metavar="CHALLENGE", help="The challenge's id.")
    ],
    proof: Annotated[Path, typer.Argument(help="A file with the compact JWS.")],
) -> None:
    """Hand in the signed challenge."""
    signed = read_text(proof).strip()
    _show(client, client.taken(Connector, challenge=challenge_id, proof=signed))


@steps.command("approve-key")
@sends("ApproveKey")
def approve_key(
    client: Client, id_: Id, *, key: Kid, reason: Reason, version: Version = None
) -> None:
    """Approve a key that came later, as another operator."""
    take(client, id_, version, reason, keyId=key)


@steps.command("rotate-key")
@sends("RotateKey")
def rotate_key(  # noqa: PLR0913 - one argument an option
    client: Client,
    id_: Id,
    *,
    old: Annotated[str, typer.Option(help="The key that ends.")],
    new: Annotated[str, typer.Option(help="Its successor, in force.")],
    overlap_days: Annotated[int, typer.Option(help="How long both are believed.")],
    reason: Reason,
    version: Version = None,
) -> None:
    """Let a key end after an overlap with its successor."""
    rotation = {"oldKeyId": old, "newKeyId": new, "overlapDays": overlap_days}
    take(client, id_, version, reason, **rotation)


@steps.command("retire-key")
@sends("RetireKey")
def retire_key(
    client: Client, id_: Id, *, key: Kid, reason: Reason, version: Version = None
) -> None:
    """Retire a key at once."""
    take(client, id_, version, reason, keyId=key)


@steps.command("declare-key-compromised")
@sends("DeclareKeyCompromised")
def declare_key_compromised(  # noqa: PLR0913 - one argument an option
    client: Client,
    id_: Id,
    *,
    key: Kid,
    since: Annotated[datetime, typer.Option(formats=MOMENT, help="Since when (UTC).")],
    reason: Reason,
    version: Version = None,
) -> None:
    """Believe nothing collected under a key since a moment."""
    take(client, id_, version, reason, keyId=key, since=_moment(since))


def _moment(stated: datetime) -> str:
    return stated.replace(tzinfo=UTC).isoformat()
