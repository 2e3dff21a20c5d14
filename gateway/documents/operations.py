"""Read a file of operations and fragments as one document an operation.

The file is valid as a whole. An operation and the fragments it names are one document,
in the words of the file, so that its digest is the same for whoever sends it and
whoever trusts it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    parse,
    visit,
)


@dataclass(frozen=True, slots=True)
class Document:
    """One operation and what it needs."""

    name: str
    field: str
    """The first field of its answer."""
    is_step: bool
    """Whether it changes something."""
    text: str


def _named_in(node: Node) -> list[str]:
    """Return the fragments that ``node`` spreads, itself."""
    found: list[str] = []

    class Spreads(Visitor):
        """Writes down what is spread."""

        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            """Write one down."""
            if spread.name.value not in found:
                found.append(spread.name.value)

    visit(node, Spreads())
    return found


def read_operations(text: str) -> Iterator[Document]:
    """Yield the documents of a file."""
    definitions = parse(text).definitions
    fragments = {
        one.name.value: one
        for one in definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    for operation in definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        parts: list[DefinitionNode] = [operation]
        for part in parts:
            named = (fragments[name] for name in _named_in(part))
            parts.extend(one for one in named if one not in parts)
        first = operation.selection_set.selections[0]
        if operation.name is not None and isinstance(first, FieldNode):
            yield Document(
                operation.name.value,
                first.name.value,
                operation.operation is OperationType.MUTATION,
                "\n\n".join(_words(part) for part in parts) + "\n",
            )


def _words(node: Node) -> str:
    place = node.loc
    return "" if place is None else place.source.body[place.start : place.end]
