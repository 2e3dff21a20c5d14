"""What ASGI hands around untyped is typed in two files, and reached by no other way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.documents import ROOT

ACCESSORS = [
    ROOT / "gateway" / name for name in ("application_state.py", "request_state.py")
]
KEYS = {"state", "app"}
OWNERS = {"app", "request", "connection", "scope"}
"""What an application, a request and a scope are called."""


def name_of(node: ast.expr) -> str:
    """Return the last name of an expression, without its underscore."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lstrip("_")
        case _:
            return ""


def untyped_accesses(tree: ast.AST) -> Iterator[str]:
    """Show every expression that reaches into a state, or into a scope for one."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=owner, attr="state") if name_of(owner) in OWNERS:
                yield ast.unparse(node)
            case ast.Attribute(value=owner, attr="app") if name_of(owner) in OWNERS:
                yield ast.unparse(node)
            case ast.Subscript(value=owner, slice=ast.Constant(value=key)) if (
                key in KEYS and name_of(owner) == "scope"
            ):
                yield ast.unparse(node)
            case ast.Call(
                func=ast.Attribute(value=owner), args=[ast.Constant(value=key), *_]
            ) if key in KEYS and name_of(owner) == "scope":
                yield ast.unparse(node)
            case ast.Compare(left=ast.Constant(value=key), comparators=[owner]) if (
                key in KEYS and name_of(owner) == "scope"
            ):
                yield ast.unparse(node)
            case _:
                pass


def found_in(path: Path) -> list[str]:
    return list(untyped_accesses(ast.parse(path.read_text("utf-8"))))


def test_only_the_accessors_reach_into_untyped_state() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): accesses
        for path in (ROOT / "gateway").rglob("*.py")
        if path not in ACCESSORS and (accesses := found_in(path))
    }

    assert found == {}


@pytest.mark.parametrize("path", ACCESSORS, ids=lambda path: path.stem)
def test_the_accessors_do(path: Path) -> None:
    assert found_in(path) != []


@pytest.mark.parametrize(
    "code",
    [
        'scope["state"]["caller"]',
        'self._scope["app"].state.metrics',
        'request.scope["state"]',
        'scope.get("state", {})',
        'scope.setdefault("state", {})',
        '"state" in scope',
        "app.state.services",
        "request.app.state",
        "request.app",
        "request.state.caller",
    ],
)
def test_an_untyped_access_is_seen(code: str) -> None:
    assert list(untyped_accesses(ast.parse(code))) != []


@pytest.mark.parametrize(
    "code", ['scope["path"]', "connector.state", "state_of(scope)", 'agency["state"]']
)
def test_what_is_none_is_not(code: str) -> None:
    assert list(untyped_accesses(ast.parse(code))) == []
