"""The database's drivers are the store's own: nothing else names or catches them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.documents import ROOT

DRIVERS = {"sqlalchemy", "sqlite3", "asyncpg", "aiosqlite", "alembic"}
EDGE = "store.driver_errors"
BESIDE_THE_STORE = (
    "gateway",
    "resolvers",
    "bureau",
    "connectors",
    "policy",
    "signing",
)
"""The sandbox is another program, and keeps its people in a file of its own."""


def imported(tree: ast.AST) -> Iterator[str]:
    """Name every module that is imported, and all that is taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of_drivers(tree: ast.AST) -> Iterator[str]:
    """Name what is imported of the drivers, or of where their errors are named."""
    for name in imported(tree):
        if name.split(".")[0] in DRIVERS or f"{name}.".startswith(f"{EDGE}."):
            yield name


def handlers(tree: ast.AST) -> Iterator[str]:
    """Name what is caught."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            yield ast.unparse(node.type)


def trees(*packages: str) -> Iterator[tuple[Path, ast.AST]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


def test_nothing_beside_the_store_knows_the_drivers() -> None:
    found = [
        f"{path}: {name}"
        for path, tree in trees(*BESIDE_THE_STORE)
        for name in of_drivers(tree)
    ]

    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import sqlite3", id="a module"),
        pytest.param("import sqlalchemy.exc as errors", id="by another name"),
        pytest.param("from sqlalchemy.exc import DBAPIError", id="one error"),
        pytest.param(
            "from store.driver_errors import DATABASE_ERRORS", id="all errors"
        ),
        pytest.param("from store import driver_errors", id="where they are named"),
        pytest.param("def f():\n    import asyncpg", id="within a function"),
    ],
)
def test_what_names_a_driver_is_seen(code: str) -> None:
    assert list(of_drivers(ast.parse(code))) != []


def test_within_the_store_the_edge_alone_catches_them_all() -> None:
    found = {
        str(path)
        for path, tree in trees("store")
        for caught in handlers(tree)
        if "DATABASE_ERRORS" in caught
    }

    # One opens the database, which is no answer to anybody.
    assert found == {"store/database.py", "store/driver_errors.py"}
