"""The ``gateway`` command."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.batch.commands import check
from gateway.callers.commands import token
from gateway.collection.commands import collect
from gateway.errors import StartError
from gateway.privacy.commands import audit
from gateway.registration.commands import connector
from gateway.registration.lists import lists
from gateway.registration.sanctions import sanction
from gateway.registration.steps import steps
from store.errors import UnusableDatabaseError

app = typer.Typer(
    help="One question, three agencies: verified certificates with eligibility.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
documents = typer.Typer(help="Trusted documents.", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(connector, name="connector")
connector.add_typer(steps)
connector.add_typer(lists)
app.add_typer(sanction, name="sanction")
app.add_typer(documents, name="documents")
app.add_typer(token, name="token")
app.command()(check)
app.command()(collect)


@app.command()
def serve(
    config: Annotated[
        Path, typer.Option(help="The configuration, see docs/operating.md.")
    ],
    *,
    until_stdin_closes: Annotated[
        bool,
        typer.Option("--until-stdin-closes", help="End when standard input does, too."),
    ] = False,
) -> None:
    """Serve the gateway."""
    from gateway.lifeline import end_with_stdin  # noqa: PLC0415 - start-up
    from gateway.serve import serve as serve_until_stopped  # noqa: PLC0415 - start-up

    if until_stdin_closes:
        end_with_stdin()
    serve_until_stopped(config)


@app.command()
def demo(
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Ask for every story person, print a table, exit 0 or 1."
        ),
    ] = False,
    port: Annotated[int, typer.Option(help="The gateway's port.")] = 8000,
    agency_port: Annotated[
        int, typer.Option(help="The first of the three agencies' ports.")
    ] = 9101,
    holders: Annotated[
        int, typer.Option(help="Synthetic holders at each agency.", min=1)
    ] = 10_000,
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Where keys, registries and settings are kept; var/demo by default, "
            "for --check a folder that is removed afterwards."
        ),
    ] = None,
) -> None:
    """Start three sandbox agencies and the gateway, with people worth trying."""
    from gateway.demo.commands import run_demo  # noqa: PLC0415
    from gateway.demo.demo import Ports  # noqa: PLC0415
    from gateway.demo.screen import check_stories  # noqa: PLC0415 - start-up

    if check:
        # Never a running demo's: its files would be written anew under it.
        with TemporaryDirectory(prefix="gateway-check-") as own:
            raise typer.Exit(check_stories(folder or Path(own), holders))
    run_demo(
        folder or Path("var/demo"),
        holders,
        Ports(gateway=port, first_agency=agency_port),
    )


@app.command()
def verify(  # noqa: PLR0913 - one argument an option
    file: Annotated[Path, typer.Argument(help="The JWS: compact, or detached.")],
    trust: Annotated[Path, typer.Option(help="The trust bundle.")],
    *,
    body: Annotated[
        Path | None, typer.Option(help="The HTTP body a detached JWS covers.")
    ] = None,
    item: Annotated[
        str | None, typer.Option(help="The annex item to check the key's scope for.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="The agency's manifest: read the record by it, find its item, and "
            "check the key's scope and institution."
        ),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"],
            help="Judge the key as of this moment (UTC); now by default.",
        ),
    ] = None,
    max_age_seconds: Annotated[
        float | None, typer.Option(help="How old the signature may be; else any age.")
    ] = None,
) -> None:
    """Check one signed record offline and print every check. Exits 0 or 1."""
    from gateway.verify.screen import show_examination  # noqa: PLC0415 - start-up
    from gateway.verify.verify import examine_file  # noqa: PLC0415 - start-up

    moment = datetime.now(UTC) if at is None else at.replace(tzinfo=UTC)
    age = None if max_age_seconds is None else timedelta(seconds=max_age_seconds)
    examination = examine_file(
        file, trust, body=body, item=item, manifest=manifest, at=moment, max_age=age
    )
    show_examination(examination, moment)
    raise typer.Exit(0 if examination.is_believed else 1)


@app.command()
def schema() -> None:
    """Print the GraphQL schema."""
    from resolvers.schema import schema as graph  # noqa: PLC0415 - start-up

    typer.echo(graph.as_str())


@documents.command()
def extract(
    files: Annotated[
        list[Path], typer.Argument(help=".graphql files, or texts with graphql blocks.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="The manifest to write.")],
    config: Annotated[
        Path | None, typer.Option(help="The configuration whose limits apply.")
    ] = None,
) -> None:
    """Collect documents into a manifest. Exits 1, writing none, if one is refused."""
    from gateway.documents import extract as extract_from  # noqa: PLC0415 - start-up
    from gateway.documents import write  # noqa: PLC0415 - start-up

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


def main() -> None:
    """Run the command; a start that fails is one sentence and exit code 2."""
    try:
        app()
    except (StartError, UnusableDatabaseError) as error:
        sys.stderr.write(f"gateway: {error}\n")
        sys.exit(2)
