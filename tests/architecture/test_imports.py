"""Every module says at its top what it imports; commands are what comes later, by name.

Import-linter and whoever reads see what is at the top. The sandbox is not ours to walk:
each of its agencies is a process that imports what it needs.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

from gateway.cli import Commands
from gateway.lazy import Named, command_at
from tests.architecture.documents import ROOT
from tests.architecture.sources import tree_like

PACKAGES = (
    *("gateway", "resolvers", "store", "bureau", "connectors", "policy", "signing"),
)
BY_NAME = {
    "gateway/lazy.py": "the mechanism",
    "gateway/serve.py": "who watches over a gateway has no part of the application",
    "gateway/providers/wiring.py": "the library for tokens, which few install",
    "gateway/tracing/tracing.py": "an extra, which need not be installed",
    "gateway/worker.py": "what takes the database's steps takes its memory with it",
}
"""The files that may import by name, and why."""
IMPORTERS = {"load", "resolve_name", "import_module", "__import__"}
"""What imports by name, whoever it is an attribute of."""


def late_imports(tree: ast.Module) -> Iterator[str]:
    """Give every import that is not at the top of a module, or not for running."""
    for node in ast.walk(tree):
        if is_late(node):
            for one in ast.walk(node):
                if isinstance(one, (ast.Import, ast.ImportFrom)):
                    yield ast.unparse(one)


def is_late(node: ast.AST) -> bool:
    """Say whether what is in ``node`` does not run when a module is imported."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def named_imports(tree: ast.Module) -> Iterator[str]:
    """Give every import of what imports by name, and every call of it as a built-in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (name.name for name in node.names if name.name in IMPORTERS)
        elif isinstance(node, ast.Attribute) and node.attr in IMPORTERS - {"load"}:
            yield node.attr
        elif isinstance(node, ast.Name) and node.id == "__import__":
            yield node.id


def trees(pattern: str) -> dict[str, ast.Module]:
    """Return what every module says that has a line like this, by its file."""
    return {
        path.relative_to(ROOT).as_posix(): tree_like(path, pattern)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def test_every_module_imports_at_its_top() -> None:
    inside = r"[^\S\n]+(from [\w.]+ import|import [\w.]+$)|.*[:;] *(from|import) "
    found = {path: list(late_imports(tree)) for path, tree in trees(inside).items()}

    assert {path for path, imports in found.items() if imports} == set()


def test_whoever_imports_by_name_says_why() -> None:
    named = f".*({'|'.join(IMPORTERS)})"
    found = {path for path, tree in trees(named).items() if any(named_imports(tree))}

    assert found == set(BY_NAME)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("def f():\n    import a", id="in a function"),
        pytest.param("async def f():\n    from a import b", id="in a coroutine"),
        pytest.param("class A:\n    def f(self):\n        import a", id="in a method"),
        pytest.param("if TYPE_CHECKING:\n    import a", id="for types"),
        pytest.param("if typing.TYPE_CHECKING:\n    import a", id="for types, dotted"),
    ],
)
def test_a_late_import_is_seen(code: str) -> None:
    assert list(late_imports(ast.parse(code))) != []


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("from importlib import import_module", id="a function"),
        pytest.param("importlib.import_module('a')", id="a module's function"),
        pytest.param("__import__('a')", id="a built-in"),
        pytest.param("from gateway.lazy import load", id="ours"),
    ],
)
def test_an_import_by_name_is_seen(code: str) -> None:
    assert list(named_imports(ast.parse(code))) != []


@pytest.mark.parametrize("named", Commands.table, ids=lambda named: named.name)
def test_the_list_of_commands_says_what_each_says_of_itself(named: Named) -> None:
    said = command_at(named.where).help.partition("\n\n")[0]

    assert said == named.help


def test_the_list_of_commands_takes_no_part_of_the_gateway() -> None:
    listed = "import sys\nfrom gateway.cli import app\ntry:\n    app(['--help'])\n"
    said = subprocess.run(
        [sys.executable, "-c", f"{listed}finally:\n    print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    for named in Commands.table:
        assert f" {named.name} " in said
    modules = set(said.splitlines()[-1].split())
    ours = {name for name in modules if name.partition(".")[0] in PACKAGES}
    assert ours == {
        *("gateway", "gateway.cli", "gateway.errors", "gateway.lazy"),
        *("gateway.help", "gateway.help.language", "gateway.help.translated"),
        *("connectors", "connectors.errors", "store", "store.errors"),
    }
    assert not {"aiohttp", "sqlalchemy", "strawberry", "cryptography"} & modules
