"""``gateway schema``: the graph as it is served, and compared with an older one."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.client import CA_FILE_HELP, tls_by
from gateway.schema.changes import compare
from gateway.schema.in_use import documents_in_use
from gateway.schema.older import read_schema, schema_at
from gateway.schema.screen import show, show_json
from gateway.screen import AsJson
from resolvers.authorization.variants import SCOPES, Role, Variant
from resolvers.schema import schema as graph

schema = typer.Typer(invoke_without_command=True)


@schema.callback()
def print_schema(
    context: typer.Context,
    role: Annotated[
        Role | None, typer.Option("--for", help="What one kind of caller may ask.")
    ] = None,
    *,
    subgraph: Annotated[
        bool,
        typer.Option("--subgraph", help="Without node and nodes, for a supergraph."),
    ] = False,
) -> None:
    """Print the GraphQL schema, or compare it with an older one."""
    if context.invoked_subcommand is not None:
        return
    if role is None and not subgraph:
        typer.echo(graph.as_str())
        return
    variant = Variant(is_subgraph=subgraph)
    if role is not None:
        variant = Variant(scopes=SCOPES[role], is_subgraph=subgraph)
    typer.echo(graph.printed(variant))


@schema.command()
def check(  # noqa: PLR0913 - one argument an option
    old: Annotated[
        str,
        typer.Argument(help="The older schema: a file of SDL, or a gateway's address."),
    ],
    *,
    config: Annotated[
        Path | None,
        typer.Option(help="The configuration whose trusted documents are in use."),
    ] = None,
    documents: Annotated[
        list[Path] | None,
        typer.Option(help="Documents of clients, as gateway documents extract."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 1 for any breaking change."),
    ] = False,
    as_json: AsJson = False,
    token_file: Annotated[
        Path | None,
        typer.Option(help="The file of a token with schema:read, for an address."),
    ] = None,
    ca_file: Annotated[Path | None, typer.Option(help=CA_FILE_HELP)] = None,
    unsafe_plain_http: Annotated[
        bool,
        typer.Option("--unsafe-plain-http", help="Let http go to another machine."),
    ] = False,
) -> None:
    """Find the changes since OLD, and the documents in use that they touch.

    In use are the documents that every gateway trusts, those of the configuration's
    manifest, and those of --documents. Exits 0 if no breaking change touches one of
    them, 1 if one does, 2 if the schemas cannot be compared.
    """
    older = schema_at(
        old,
        token_file=token_file,
        tls=tls_by(ca_file),
        unsafe_plain_http=unsafe_plain_http,
    )
    today = read_schema(graph.as_str(), "the schema of today")
    found = compare(older, today, documents_in_use(config, documents or []))
    (show_json if as_json else show)(found)
    if found.breaks_clients or (strict and found.is_breaking):
        raise typer.Exit(1)
