"""Read what a gateway answers to a step, and show it to people.

A connector begins with its state, for scripts. Why a step was refused is shown in
both languages, on standard error.
"""

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from connectors.registration.refusals import RefusalCode, RegistrationError


class _Read(msgspec.Struct, frozen=True, rename="camel", tag_field="__typename"):
    """A value of the graph; what it has besides is for programs."""


class Named(msgspec.Struct, frozen=True):
    """A body of the annex."""

    id: str | None


class Key(msgspec.Struct, frozen=True, rename="camel"):
    """A key of a connector."""

    key_id: str
    state: str


class Report(msgspec.Struct, frozen=True):
    """The findings of the conformance kit."""

    findings: tuple[str, ...]


class Connector(_Read, frozen=True, tag="Connector"):
    """A connector after a step."""

    id: str
    version: int
    state: str
    keys: tuple[Key, ...]
    report: Report | None
    warnings_zh: tuple[str, ...]
    warnings_en: tuple[str, ...]


class AsItIs(msgspec.Struct, frozen=True):
    """A connector whose step was refused."""

    report: Report | None


class Refused(_Read, frozen=True, tag="RegistrationRefused"):
    """The refusal of a step."""

    code: str
    detail: str | None
    message_zh: str
    message_en: str
    as_it_is: AsItIs | None


class Challenge(_Read, frozen=True, tag="KeyChallenge"):
    """A challenge for a key to sign."""

    id: str
    text: str
    expires_at: str


class Sanction(_Read, frozen=True, tag="Sanction"):
    """A sanction."""

    id: str
    body: Named
    kind: str
    reason: str
    imposed_by: str
    lifted_at: str | None
    state: str | None = None
    """Not asked for by documents of the former version."""
    last_day: str | None = None
    confirm_before: str | None = None
    confirmed_by: str | None = None


class Proposal(_Read, frozen=True, tag="SanctionProposal"):
    """A proposal of the gateway's to freeze a body."""

    id: str
    body: Named
    cause: str
    found: int
    threshold: int


def refused_here(refusal: RegistrationError) -> dict[str, object]:
    """Return what was refused before it was sent, as a gateway would say it."""
    return {
        "__typename": "RegistrationRefused",
        "code": refusal.code,
        "detail": refusal.detail or None,
        "messageZh": refusal.meaning.zh,
        "messageEn": refusal.meaning.en,
        "asItIs": None,
    }


def show_refusal(refused: Refused) -> None:
    """Write why a step was not taken, and what the kit found if that is why."""
    detail = f": {refused.detail}" if refused.detail else ""
    typer.echo(f"{refused.code}{detail}", err=True)
    typer.echo(f"{refused.message_zh}\n{refused.message_en}", err=True)
    if refused.code != RefusalCode.NOT_CONFORMING or refused.as_it_is is None:
        return
    report = refused.as_it_is.report
    for finding in () if report is None else report.findings:
        typer.echo(f"  {finding}", err=True)


def show_connector(connector: Connector) -> None:
    """Write a connector: its state first, for scripts."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{escape(connector.id)} {escape(connector.state)} version {connector.version}"
    )
    for key in connector.keys:
        console.print(f"  key {escape(key.key_id)} {escape(key.state)}")
    if connector.report is not None:
        for finding in connector.report.findings:
            console.print(f"  {escape(finding)}")
    warnings = zip(connector.warnings_en, connector.warnings_zh, strict=True)
    for english, chinese in warnings:
        console.print(f"  warning: {escape(english)} / {escape(chinese)}")
