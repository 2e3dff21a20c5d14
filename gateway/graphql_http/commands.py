"""``gateway schema``: the graph as it is served."""

import typer

from resolvers.schema import schema as graph


def schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(graph.as_str())
