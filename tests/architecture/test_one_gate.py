"""Agencies are asked about people in one place, behind the gate."""

import ast
from pathlib import Path

from tests.architecture.sources import tree_of

ROOT = Path(__file__).parents[2]


def callers_of(attribute: str, *packages: str) -> set[str]:
    """Return the files in which something's ``attribute`` is called."""
    return {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(tree_of(path, saying=[attribute]))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == attribute
    }


def test_a_loader_is_used_by_the_gate_alone() -> None:
    assert callers_of("loader", "resolvers", "gateway", "bureau") == {
        "resolvers/look_ups.py"
    }


def test_an_agency_is_asked_by_the_loader_alone() -> None:
    assert callers_of("ask", "resolvers", "gateway", "connectors", "bureau") == {
        "bureau/answer_loader.py",
        # The guard is asked by its agency.
        "connectors/agency.py",
        # Whom the gate let through, a second time; nothing of it is shown.
        "connectors/shadow.py",
        # Invented people, and nothing is told of what they hold.
        "connectors/conformance/subject.py",
        "connectors/conformance/questions.py",
    }


def test_loaders_are_made_by_the_request_alone() -> None:
    found = {
        path.name
        for path in (ROOT / "resolvers").rglob("*.py")
        if "AnswerLoader(" in path.read_text("utf-8")
    }

    assert found == {"context.py"}
