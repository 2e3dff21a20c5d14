"""What plans count on in the resolvers, read from their source.

A plan calls a resolver with an info that has a context and nothing else, and below an
object whose rendering is kept that context is a ``Sight``. A resolver that asks for
more would be answered by graphql-core all the time: rightly, and slowly.
"""

import ast
from pathlib import Path

import pytest

from resolvers.fragment_cache.sight import Sight
from resolvers.schema import schema

RESOLVERS = sorted(
    path
    for path in Path("resolvers").rglob("*.py")
    # Plans themselves run operations, and graphql-core's info is theirs.
    if path.parent.name != "plans"
)
BELOW_KEPT = tuple(
    f"resolvers/certificates/{name}.py"
    for name in (
        *("connection", "certificate", "claim", "eligibility", "compared", "finding"),
        "provenance",
    )
)
"""Where the resolvers of what is kept, and of what hangs below it, are written."""


STEADY = {"catalogue", "parameters", "bodies_by_name", "certificate_ids"}


def reads(tree: ast.AST, name: str) -> set[str]:
    """Return the attributes of ``name`` that are read anywhere in ``tree``."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value).rpartition(".")[2] == name
    }


@pytest.mark.parametrize("path", RESOLVERS, ids=str)
def test_a_resolver_asks_its_info_for_the_context_alone(path: Path) -> None:
    assert reads(ast.parse(path.read_text("utf-8")), "info") <= {"context"}


@pytest.mark.parametrize("path", BELOW_KEPT)
def test_below_what_is_kept_nothing_is_asked_but_the_sight(path: str) -> None:
    tree = ast.parse(Path(path).read_text("utf-8"))
    # How an entity is found is the root's work; and what waits is in no plan.
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.body = [
                one
                for one in node.body
                if getattr(one, "name", "") != "resolve_reference"
                and not isinstance(one, ast.AsyncFunctionDef)
            ]

    assert reads(tree, "context") <= set(Sight.__slots__)
    # Of the services what stays as it is: not the clock, nor what is in force now.
    assert reads(tree, "services") <= STEADY


def test_what_is_live_names_fields_of_the_schema() -> None:
    for type_ in schema.core.type_map.values():
        definition = type_.extensions.get("strawberry-definition")
        live = getattr(getattr(definition, "origin", None), "live", ())
        for name in live:
            owner, _, field = name.partition(".")
            assert field in schema.core.type_map[owner].fields, name  # type: ignore[attr-defined]
