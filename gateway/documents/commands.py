"""``gateway documents``: trusted documents at the command line."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.documents.extract import extract as extract_from
from gateway.documents.extract import write

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
) -> None:
    """Collect documents into a manifest. Exits 1, writing none, if one is refused."""
    found = extract_from(files, config)
    table = Table("file", "operations", "sha256", "people", "cost", "refused")
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
    if any(document.refused for document in found):
        console.print("[bold red]nothing was written[/]")
        raise typer.Exit(1)
    write(found, out)
    console.print(f"{len({d.digest for d in found})} documents in {escape(str(out))}")
