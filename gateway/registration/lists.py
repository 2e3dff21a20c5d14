"""``gateway connector list``, ``show`` and ``manifest``: what is registered."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from connectors.registration.refusals import RefusalCode, RegistrationError
from gateway.registration.answering import Connector, Named, show_connector
from gateway.registration.asking import Client, sends
from gateway.registration.steps import Id
from gateway.screen import folding

lists = typer.Typer()


class _Listed(Connector, frozen=True, tag="Connector"):
    collection_body: Named
    items: tuple[str, ...]
    changed_at: str


class _Event(msgspec.Struct, frozen=True):
    version: int
    step: str
    after: str
    actor: str
    at: str
    reason: str


class _Shown(Connector, frozen=True, tag="Connector"):
    history: tuple[_Event, ...]


class _All(msgspec.Struct, frozen=True):
    connectors: tuple[_Listed, ...]


class _One(msgspec.Struct, frozen=True):
    connector: _Shown | None


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    key: str
    value: str
    meaning_zh: str | None
    meaning_en: str | None


class _Approved(msgspec.Struct, frozen=True):
    id: str
    manifest: tuple[_Entry, ...] | None


class _Key(msgspec.Struct, frozen=True, rename="camel"):
    key_id: str
    algorithm: str
    state: str
    not_after: str
    fingerprint: str
    sm2_signer_id: str | None
    sm2_signature: str | None


class _Keys(msgspec.Struct, frozen=True):
    keys: tuple[_Key, ...]


class _OneWithKeys(msgspec.Struct, frozen=True):
    connector: _Keys | None


class _OneManifest(msgspec.Struct, frozen=True):
    connector: _Approved | None


@lists.command("list")
@sends("Connectors")
def list_(client: Client) -> None:
    """List every connector that the token may see."""
    found = client.answered(_All).connectors
    if client.as_json:
        return
    table = folding("id", "state", "version", "collection body", "items", "changed")
    for one in found:
        cells = (
            one.id,
            one.state,
            str(one.version),
            one.collection_body.id or "",
            ", ".join(one.items),
            _minute(one.changed_at),
        )
        table.add_row(*map(escape, cells))
    Console().print(table)


@lists.command()
@sends("Connector")
def show(
    client: Client,
    id_: Id,
    *,
    history: Annotated[bool, typer.Option(help="Show every step.")] = True,
) -> None:
    """Show one connector and what was done to it."""
    found = client.answered(_One, id=id_).connector
    if client.as_json:
        raise typer.Exit(0 if found else 1)
    if found is None:
        raise RegistrationError(RefusalCode.UNKNOWN_CONNECTOR, ascii(id_[:80]))
    show_connector(found)
    if not history:
        return
    table = folding("version", "step", "state", "who", "when", "why")
    for event in found.history:
        cells = (
            str(event.version),
            event.step,
            event.after,
            event.actor,
            _minute(event.at),
            event.reason,
        )
        table.add_row(*map(escape, cells))
    Console().print(table)


@lists.command()
@sends("ConnectorManifest")
def manifest(client: Client, id_: Id) -> None:
    """Show what is approved with a connector: each entry, expressions in words."""
    found = client.answered(_OneManifest, id=id_).connector
    if client.as_json:
        raise typer.Exit(0 if found else 1)
    if found is None:
        raise RegistrationError(RefusalCode.UNKNOWN_CONNECTOR, ascii(id_[:80]))
    if found.manifest is None:
        detail = "the gateway's version cannot read the manifest"
        raise RegistrationError(RefusalCode.SUBMISSION_UNUSABLE, detail)
    table = folding("key", "value", "finds")
    for entry in found.manifest:
        meanings = (entry.meaning_zh, entry.meaning_en)
        words = "\n".join(text for text in meanings if text is not None)
        # What is not seen, or turns the direction of writing, is escaped.
        table.add_row(*map(escape, (entry.key, repr(entry.value)[1:-1], words)))
    Console().print(table)


@lists.command()
@sends("ConnectorKeys")
def keys(client: Client, id_: Id) -> None:
    """Show a connector's keys as they are approved: algorithm, SM2's id and form."""
    found = client.answered(_OneWithKeys, id=id_).connector
    if client.as_json:
        raise typer.Exit(0 if found else 1)
    if found is None:
        raise RegistrationError(RefusalCode.UNKNOWN_CONNECTOR, ascii(id_[:80]))
    for key in found.keys:
        typer.echo(f"{key.key_id} {key.state} {key.algorithm}")
        if key.sm2_signer_id is not None:
            # What is not seen in an id, or turns the direction of writing, is escaped.
            typer.echo(f"  signer id {key.sm2_signer_id!r}, {key.sm2_signature}")
        typer.echo(f"  until {_minute(key.not_after)}")
        typer.echo(f"  SHA-256 {key.fingerprint}")


def _minute(moment: str) -> str:
    """Return a moment of the graph, in UTC, as a table has it."""
    return f"{moment[:19].replace('T', ' ')}Z"
