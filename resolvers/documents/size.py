"""The size of a parsed document, without expanding it.

A fragment that spreads another twice, which spreads a third twice, and so on, is
short to write and long to follow. So each fragment is measured once, and its measure
added wherever it is spread. Only when that says that the whole is small enough are
fragments followed, to count what depends on where they are spread.

The fragments must be in order before (``FRAGMENT_RULES``): named, used, not cyclic.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    KnownFragmentNamesRule,
    ListTypeNode,
    ListValueNode,
    Node,
    NoFragmentCyclesRule,
    NoUnusedFragmentsRule,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    UniqueFragmentNamesRule,
)

from resolvers.documents.limits import Limits, require

FRAGMENT_RULES = (
    UniqueFragmentNamesRule,
    KnownFragmentNamesRule,
    NoFragmentCyclesRule,
    NoUnusedFragmentsRule,
)

Fragments = Mapping[str, FragmentDefinitionNode]


def require_plain(document: DocumentNode, limits: Limits) -> None:
    """Count what stands in the text: definitions, directives, levels of input.

    Raises:
        LimitExceededError: there is too much of something.
    """
    definitions = document.definitions
    require(
        limits,
        operations=sum(isinstance(d, OperationDefinitionNode) for d in definitions),
        fragments=sum(isinstance(d, FragmentDefinitionNode) for d in definitions),
    )
    directives = 0
    pending: list[tuple[Node, int]] = [(document, 0)]
    while pending:
        node, level = pending.pop()
        here = len(getattr(node, "directives", None) or ())
        directives += here
        if isinstance(node, ListValueNode | ObjectValueNode | ListTypeNode):
            level += 1
        require(limits, directives_per_location=here, input_depth=level)
        pending.extend((child, level) for child in _children(node))
    require(limits, directives=directives)


def require_small(document: DocumentNode, limits: Limits) -> None:
    """Count what is selected, all fragments followed.

    Raises:
        LimitExceededError: there is too much of something.
    """
    fragments = fragments_of(document)
    measuring = _Measuring(fragments, limits)
    operations = [
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    extents = [measuring.extent(op.selection_set, 1) for op in operations]
    require(
        limits,
        selections=sum(extent.selections for extent in extents),
        aliases=max((extent.aliases for extent in extents), default=0),
    )
    # From here on every step is one of the selections just counted.
    roots = [[op.selection_set] for op in operations]
    require(
        limits,
        root_fields=max((_root_fields(each, fragments) for each in roots), default=0),
        field_pairs=sum(_field_pairs(each, fragments) for each in roots),
    )


def fragments_of(document: DocumentNode) -> Fragments:
    """Return the document's fragments by name."""
    return {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


def fields_of(
    selections: SelectionSetNode, fragments: Fragments
) -> Iterator[FieldNode]:
    """Follow inline fragments and spreads to the fields that they select."""
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            fragment = fragments[selection.name.value]
            yield from fields_of(fragment.selection_set, fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from fields_of(selection.selection_set, fragments)


@dataclass(frozen=True, slots=True)
class _Extent:
    """The extent of a selection set."""

    selections: int
    aliases: int
    levels: int


class _Measuring:
    """Measures selection sets, each fragment once."""

    def __init__(self, fragments: Fragments, limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._measured: dict[str, _Extent] = {}

    def extent(self, selections: SelectionSetNode, depth: int) -> _Extent:
        """Measure ``selections``, which stand at level ``depth``.

        Raises:
            LimitExceededError: they are nested too deeply. Refusing on the way down
                also bounds the recursion.
        """
        require(self._limits, depth=depth)
        count = aliases = levels = 0
        for selection in selections.selections:
            count += 1
            inner = _LEAF
            if isinstance(selection, FragmentSpreadNode):
                inner = self._spread(selection.name.value, depth + 1)
            elif isinstance(selection, FieldNode):
                aliases += selection.alias is not None
                if selection.selection_set is not None:
                    inner = self.extent(selection.selection_set, depth + 1)
            elif isinstance(selection, InlineFragmentNode):
                inner = self.extent(selection.selection_set, depth + 1)
            count += inner.selections
            aliases += inner.aliases
            levels = max(levels, inner.levels)
        return _Extent(count, aliases, levels + 1)

    def _spread(self, name: str, depth: int) -> _Extent:
        measured = self._measured.get(name)
        if measured is None:
            fragment = self._fragments[name]
            measured = self._measured[name] = self.extent(fragment.selection_set, depth)
        else:
            require(self._limits, depth=depth + measured.levels - 1)
        return measured


_LEAF = _Extent(0, 0, 0)


def _root_fields(roots: list[SelectionSetNode], fragments: Fragments) -> int:
    return sum(1 for root in roots for _ in fields_of(root, fragments))


def _field_pairs(together: list[SelectionSetNode], fragments: Fragments) -> int:
    """Count the pairs validation compares: it merges fields of one response name."""
    named: dict[str, list[FieldNode]] = {}
    for selections in together:
        for field in fields_of(selections, fragments):
            name = (field.alias or field.name).value
            named.setdefault(name, []).append(field)
    pairs = 0
    for fields in named.values():
        pairs += len(fields) * (len(fields) - 1) // 2
        below = [field.selection_set for field in fields if field.selection_set]
        if below:
            pairs += _field_pairs(below, fragments)
    return pairs


def _children(node: Node) -> Iterator[Node]:
    for key in node.keys:
        child = getattr(node, key, None)
        if isinstance(child, Node):
            yield child
        elif isinstance(child, tuple | list):
            yield from (each for each in child if isinstance(each, Node))
