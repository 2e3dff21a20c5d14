"""Show a comparison of schemas to people and to programs."""

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from gateway.schema.changes import Change, Comparison
from gateway.schema.in_use import InUse
from gateway.screen import folding


def show(found: Comparison) -> None:
    """Write a row a change, with the documents that it touches, and the verdict."""
    console = Console()
    if found.changes:
        table = folding("change", "what", "touches")
        for change in found.changes:
            table.add_row(_kind(change), escape(change.words), _touches(change))
        console.print(table)
    for document in found.unfit:
        console.print(
            f"does not fit the schema of today: {escape(document.name)} "
            f"({escape(document.origin)})"
        )
    console.print(_verdict(found), highlight=False)


def _kind(change: Change) -> str:
    if not change.is_breaking:
        return f"dangerous {change.type}"
    return f"[{'bold red' if change.touches else 'yellow'}]breaking[/] {change.type}"


def _touches(change: Change) -> str:
    names = [f"{one.name} ({one.origin})" for one in change.touches]
    return escape("\n".join(names)) or "no document in use"


def _verdict(found: Comparison) -> str:
    looked = f"{len(found.documents)} documents in use"
    breaking = [one for one in found.changes if one.is_breaking]
    if found.breaks_clients:
        touching = sum(bool(one.touches) for one in breaking)
        return (
            f"[bold red]BREAKING[/] {touching} of {len(breaking)} breaking changes "
            f"touch some of {looked}"
        )
    if breaking:
        return (
            f"[yellow]BREAKING[/] {len(breaking)} breaking changes, which touch none "
            f"of {looked}"
        )
    return f"[green]COMPATIBLE[/] nothing breaking; looked at {looked}"


def show_json(found: Comparison) -> None:
    """Write one JSON object."""
    content = {
        "breaksClients": found.breaks_clients,
        "breaking": [_change(one) for one in found.changes if one.is_breaking],
        "dangerous": [_change(one) for one in found.changes if not one.is_breaking],
        "documents": [
            {**_document(one), "fits": one not in found.unfit}
            for one in found.documents
        ],
    }
    typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())


def _change(change: Change) -> dict[str, object]:
    return {
        "type": change.type,
        "words": change.words,
        "touches": [_document(one) for one in change.touches],
    }


def _document(document: InUse) -> dict[str, object]:
    return {
        "operations": document.operations,
        "sha256": document.digest,
        "origin": document.origin,
    }
