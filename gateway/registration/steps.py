"""``gateway connector …``: every step of a connector and its keys, as a command.

A step that is refused is said in both languages, and the command exits with 1.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from connectors.registration.connector import Connector
from connectors.registration.keys import StatedKey
from connectors.registration.office import RegistrationOffice
from connectors.registration.rules import Actor, StepRequest, require_known
from gateway.registration.answering import answering, show_connector
from signing.algorithms import Algorithm

steps = typer.Typer()

Config = Annotated[Path, typer.Option(help="The configuration, see docs/operating.md.")]
TokenFile = Annotated[
    Path, typer.Option(help="A file with the bearer token of who takes the step.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="The connector's id.")]
Reason = Annotated[str, typer.Option(help="Why; it is recorded.")]
Version = Annotated[
    int | None,
    typer.Option(help="The version that was seen; the newest if left out."),
]
Kid = Annotated[str, typer.Option("--key", help="The key's id (kid).")]
MOMENT = ["%Y-%m-%dT%H:%M:%SZ"]

Take = Callable[[RegistrationOffice, StepRequest], Awaitable[Connector]]


class Told(NamedTuple):
    """What every step on a connector is told."""

    config: Path
    token_file: Path
    id_: str
    version: int | None
    reason: str


def take(step: str, told: Told, how: Take) -> None:
    """Take a step on a connector and show what it is then."""
    from gateway.registration.session import (  # noqa: PLC0415 - start-up
        office_of,
        settings_and_actor,
    )

    async def run() -> Connector:
        async with office_of(settings) as office:
            seen = told.version
            if seen is None:
                found = await office.store.connector(told.id_)
                seen = require_known(found, told.id_).version
            return await how(office, StepRequest(actor, told.id_, seen, told.reason))

    settings, actor = settings_and_actor(told.config, told.token_file, step)
    with answering():
        show_connector(asyncio.run(run()))


@steps.command()
def draft(
    submission: Annotated[Path, typer.Argument(help="The submission, a TOML file.")],
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
) -> None:
    """Begin a connector."""
    from gateway.registration.session import (  # noqa: PLC0415 - start-up
        office_of,
        settings_and_actor,
    )
    from gateway.registration.submission_file import (  # noqa: PLC0415 - start-up
        read_submission_file,
    )

    async def run() -> Connector:
        stated = read_submission_file(submission)
        async with office_of(settings) as office:
            return await office.connectors.draft(actor, stated, reason)

    settings, actor = settings_and_actor(config, token_file, "draft_connector")
    with answering():
        show_connector(asyncio.run(run()))


@steps.command()
def redraft(  # noqa: PLR0913 - one argument an option
    id_: Id,
    submission: Annotated[Path, typer.Argument(help="The submission, a TOML file.")],
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Write a draft anew."""
    from gateway.registration.submission_file import (  # noqa: PLC0415 - start-up
        read_submission_file,
    )

    async def how(office: RegistrationOffice, asked: StepRequest) -> Connector:
        return await office.connectors.redraft(asked, read_submission_file(submission))

    told = Told(config, token_file, id_, version, reason)
    take("redraft_connector", told, how)


@steps.command()
def submit(
    id_: Id,
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Hand a draft in."""
    take(
        "submit_connector",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.connectors.submit(asked),
    )


@steps.command("check-submitted")
def check_submitted(
    id_: Id,
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Run the conformance kit on what was submitted."""
    take(
        "check_connector",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.connectors.check(asked),
    )


@steps.command("return")
def send_back(
    id_: Id,
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Send it back to be drafted anew."""
    take(
        "return_connector",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.connectors.send_back(asked),
    )


@steps.command()
def approve(
    id_: Id,
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Approve what was checked, as another operator."""
    take(
        "approve_connector",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.connectors.approve(asked),
    )


@steps.command()
def activate(
    id_: Id,
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Let every gateway ask it."""
    take(
        "activate_connector",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.connectors.activate(asked),
    )


@steps.command()
def suspend(
    id_: Id,
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Let no gateway ask it until it is resumed."""
    take(
        "suspend_connector",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.connectors.suspend(asked),
    )


@steps.command()
def resume(
    id_: Id,
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Let every gateway ask it again."""
    take(
        "resume_connector",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.connectors.resume(asked),
    )


@steps.command()
def retire(
    id_: Id,
    *,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """End it for good."""
    take(
        "retire_connector",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.connectors.retire(asked),
    )


@steps.command()
def challenge(  # noqa: PLR0913 - one argument an option
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
    config: Config,
    token_file: TokenFile,
) -> None:
    """Ask for the challenge that a key has to sign; write its text to stdout."""
    from gateway.registration.session import (  # noqa: PLC0415 - start-up
        office_of,
        settings_and_actor,
    )
    from gateway.registration.submission_file import read_text  # noqa: PLC0415

    async def run(actor: Actor) -> None:
        stated = StatedKey(
            kid=key,
            algorithm=algorithm,
            public_key=read_text(public_key),
            not_before=not_before.replace(tzinfo=UTC),
            not_after=not_after.replace(tzinfo=UTC),
        )
        async with office_of(settings) as office:
            made = await office.keys.challenge(actor, id_, stated)
        typer.echo(f"challenge {made.id} until {made.expires_at.isoformat()}", err=True)
        typer.echo(made.text, nl=False)

    settings, actor = settings_and_actor(config, token_file, "request_key_challenge")
    with answering():
        asyncio.run(run(actor))


@steps.command()
def prove(
    challenge_id: Annotated[
        str, typer.Argument(metavar="CHALLENGE", help="The challenge's id.")
    ],
    proof: Annotated[Path, typer.Argument(help="A file with the compact JWS.")],
    *,
    config: Config,
    token_file: TokenFile,
) -> None:
    """Hand in the signed challenge."""
    from gateway.registration.session import (  # noqa: PLC0415 - start-up
        office_of,
        settings_and_actor,
    )
    from gateway.registration.submission_file import read_text  # noqa: PLC0415

    async def run() -> Connector:
        async with office_of(settings) as office:
            return await office.keys.prove(
                actor, challenge_id, read_text(proof).strip()
            )

    settings, actor = settings_and_actor(config, token_file, "prove_key")
    with answering():
        show_connector(asyncio.run(run()))


@steps.command("approve-key")
def approve_key(  # noqa: PLR0913 - one argument an option
    id_: Id,
    *,
    key: Kid,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Approve a key that came later, as another operator."""
    take(
        "approve_key",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.keys.approve(asked, key),
    )


@steps.command("rotate-key")
def rotate_key(  # noqa: PLR0913 - one argument an option
    id_: Id,
    *,
    old: Annotated[str, typer.Option(help="The key that ends.")],
    new: Annotated[str, typer.Option(help="Its successor, in force.")],
    overlap_days: Annotated[int, typer.Option(help="How long both are believed.")],
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Let a key end after an overlap with its successor."""
    overlap = timedelta(days=overlap_days)
    take(
        "rotate_key",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.keys.rotate(
            asked, old=old, new=new, overlap=overlap
        ),
    )


@steps.command("retire-key")
def retire_key(  # noqa: PLR0913 - one argument an option
    id_: Id,
    *,
    key: Kid,
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Retire a key at once."""
    take(
        "retire_key",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.keys.retire(asked, key),
    )


@steps.command("declare-key-compromised")
def declare_key_compromised(  # noqa: PLR0913 - one argument an option
    id_: Id,
    *,
    key: Kid,
    since: Annotated[datetime, typer.Option(formats=MOMENT, help="Since when (UTC).")],
    config: Config,
    token_file: TokenFile,
    reason: Reason,
    version: Version = None,
) -> None:
    """Believe nothing collected under a key since a moment."""
    take(
        "declare_key_compromised",
        Told(config, token_file, id_, version, reason),
        lambda office, asked: office.keys.compromise(
            asked, key, since.replace(tzinfo=UTC)
        ),
    )
