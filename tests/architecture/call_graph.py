"""Which functions of the resolvers lead to which, read from their source.

Errs upwards: a function leads to whatever it names, called or not, and where it reads
an attribute, to every method and function of that name, whosever it is. What is handed
in as a value is not followed; ``RequestContext.count_look_up`` holds where this ends.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = tuple[str, str]
"""A module's dotted name, and a function's name there with its class."""


@dataclass(frozen=True, slots=True)
class CallGraph:
    """Functions of a package, and what they name."""

    bodies: Mapping[Function, ast.AST]
    imported: Mapping[str, Mapping[str, Function]]
    """What names mean in each module that come from another."""
    by_last_name: Mapping[str, list[Function]]

    def reached_from(self, starts: set[Function]) -> set[Function]:
        """Return every function that ``starts`` may lead to, and themselves."""
        found: set[Function] = set()
        pending = list(starts)
        while pending:
            function = pending.pop()
            if function in found or function not in self.bodies:
                continue
            found.add(function)
            pending += self._named_in(function)
        return found

    def _named_in(self, function: Function) -> Iterator[Function]:
        module, _ = function
        for node in ast.walk(self.bodies[function]):
            if isinstance(node, ast.Name):
                yield self.imported[module].get(node.id, (module, node.id))
            elif isinstance(node, ast.Attribute):
                yield from self.by_last_name.get(node.attr, ())


def read_calls(package: str, never_read: set[Function]) -> CallGraph:
    """Read ``package``.

    ``never_read`` are methods of what no function has at hand to read them from.
    """
    bodies: dict[Function, ast.AST] = {}
    imported: dict[str, dict[str, Function]] = {}
    for path in (ROOT / package).rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text("utf-8"))
        imported[module] = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        bodies |= {(module, name): node for name, node in _functions(tree, "")}
    by_last_name: dict[str, list[Function]] = {}
    for function in bodies.keys() - never_read:
        by_last_name.setdefault(function[1].rpartition(".")[2], []).append(function)
    return CallGraph(bodies, imported, by_last_name)


def _functions(tree: ast.AST, above: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield functions and methods; one inside another is a part of it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield above + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{above}{node.name}.")
