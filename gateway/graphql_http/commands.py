"""``gateway schema``: the graph as it is served."""

from typing import Annotated

import typer

from resolvers.authorization.variants import SCOPES, Role, Variant
from resolvers.schema import schema as graph


def schema(
    role: Annotated[
        Role | None, typer.Option("--for", help="What one kind of caller may ask.")
    ] = None,
    *,
    subgraph: Annotated[
        bool,
        typer.Option("--subgraph", help="Without node and nodes, for a supergraph."),
    ] = False,
) -> None:
    """Print the GraphQL schema."""
    if role is None and not subgraph:
        typer.echo(graph.as_str())
        return
    variant = Variant(is_subgraph=subgraph)
    if role is not None:
        variant = Variant(scopes=SCOPES[role], is_subgraph=subgraph)
    typer.echo(graph.printed(variant))
