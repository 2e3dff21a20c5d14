"""``gateway documents``: trusted documents at the command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gateway.documents.extract import Extracted, write
from gateway.documents.extract import extract as extract_from
from gateway.screen import AsJson, folding, say_json

documents = typer.Typer(help="Trusted documents.", no_args_is_help=True)


@documents.command()
def extract(
    files: Annotated[
        list[Path],
        typer.Argument(
            help=".graphql files, clients' manifests (.json), or texts with graphql "
            "blocks."
        ),
    ],
    *,
    out: Annotated[Path, typer.Option(help="The manifest to write.")],
    config: Annotated[
        Path | None, typer.Option(help="The configuration whose limits apply.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Collect documents into a manifest. Exits 1, writing none, if one is refused."""
    found = extract_from(files, config)
    is_refused = any(document.refused for document in found)
    if not is_refused:
        write(found, out)
    if as_json:
        written = None if is_refused else str(out)
        say_json({"written": written, "documents": [*map(_told, found)]})
    else:
        _show(found, out, is_refused=is_refused)
    if is_refused:
        raise typer.Exit(1)


def _told(document: Extracted) -> dict[str, object]:
    return {
        "file": str(document.file),
        "operations": document.operations,
        "sha256": document.digest,
        "asksAboutPeople": document.asks_about_people,
        "cost": document.cost,
        "refused": document.refused,
    }


def _show(found: Sequence[Extracted], out: Path, *, is_refused: bool) -> None:
    table = folding("file", "operations", "sha256", "people", "cost", "refused")
    for document in found:
        table.add_row(
            escape(document.file.name),
            escape(", ".join(document.operations)),
            document.digest[:12],
            "yes" if document.asks_about_people else "no",
            str(document.cost),
            f"[bold red]{escape(document.refused)}[/]" if document.refused else "",
        )
    console = Console()
    console.print(table)
    if is_refused:
        console.print("[bold red]nothing was written[/]")
        return
    console.print(f"{len({d.digest for d in found})} documents in {escape(str(out))}")
