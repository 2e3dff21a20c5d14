"""Estimate what an operation costs: values in its answer, people it asks about.

What a field costs, how long its list is and whom it asks about stands at the field
(``resolvers/documents/directives.py``). Both depend on variables as well, so they are
worked out once a document, as sums of products of list sizes, and put in numbers once
a request. Fields that merge count twice, and what ``@skip`` leaves out counts: the
estimate errs upwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    is_composite_type,
)

from resolvers.documents.field_costs import LARGEST, FieldCosts, PeopleLimit, Stated
from resolvers.documents.size import Fragments

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Size:
    """A size that a variable states: a list's length, or a number."""

    variable: str
    default: int
    """The size if the variable is missing."""
    unsaid: int
    """The size if the variable is null, which is the same as leaving it out."""
    most: int

    def of(self, variables: Mapping[str, object]) -> int:
        """Return the size with ``variables``."""
        if self.variable not in variables:
            return self.default
        value = variables[self.variable]
        if isinstance(value, list):
            return _if_asked(len(value), self.most)
        if isinstance(value, int):
            return max(0, min(value, LARGEST))
        # GraphQL takes a value that is no list for a list of one.
        return self.unsaid if value is None else 1


Factors = tuple[Size, ...]
Sum = Mapping[Factors, int]
"""Products of sizes, and how often each is counted."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one operation."""

    values: Sum
    people: Sum
    claims: Sum
    names_people: bool
    introspects: bool
    claims_judged: frozenset[str | None]
    """The variables that may state a claim to be judged; ``None`` for one that is
    written in the document."""

    @property
    def is_fixed(self) -> bool:
        """Say whether it is the same whatever the variables are."""
        sums = (self.values, self.people, self.claims)
        return not any(any(cost) for cost in sums) and self.claims_judged <= {None}

    def judges_claims(self, variables: Mapping[str, object]) -> bool:
        """Say whether a claim is judged with ``variables``, which have no defaults."""
        return any(
            name is None or variables.get(name) is not None
            for name in self.claims_judged
        )


def in_numbers(cost: Sum, variables: Mapping[str, object]) -> int:
    """Return what ``cost`` comes to with ``variables``."""
    total = 0
    for factors, count in cost.items():
        product = count
        for size in factors:
            product *= size.of(variables)
        total += product
    return total


def cost_of(
    operation: OperationDefinitionNode, fragments: Fragments, costs: FieldCosts
) -> Cost:
    """Work out what an operation of a valid and small document asks for."""
    estimate = _Estimate(operation, fragments, costs)
    root = costs.schema.get_root_type(operation.operation)
    if root is not None:
        estimate.add(operation.selection_set, root, 1, (), _NONE)
    return Cost(
        estimate.values,
        estimate.people[PeopleLimit.PEOPLE],
        estimate.people[PeopleLimit.CLAIMS],
        estimate.names_people,
        estimate.introspects,
        frozenset(estimate.claims_judged),
    )


class _Estimate:
    """Sums up, field by field."""

    def __init__(
        self,
        operation: OperationDefinitionNode,
        fragments: Fragments,
        costs: FieldCosts,
    ) -> None:
        self.values: dict[Factors, int] = {}
        self.people: dict[PeopleLimit, dict[Factors, int]] = {
            limit: {} for limit in PeopleLimit
        }
        self.names_people = False
        self.introspects = False
        self.claims_judged: set[str | None] = set()
        self._fragments = fragments
        self._costs = costs
        self._defaults = {
            definition.variable.name.value: definition.default_value
            for definition in operation.variable_definitions or ()
        }

    def add(
        self,
        selections: SelectionSetNode,
        parent: GraphQLCompositeType,
        count: int,
        factors: Factors,
        sized: frozenset[str],
    ) -> None:
        """Add ``selections``, which are answered ``count`` times ``factors`` times.

        Of the lists in ``sized`` each member was counted so.
        """
        for node in selections.selections:
            if isinstance(node, FieldNode):
                self._add_field(node, parent, count, factors, sized)
                continue
            fragment: InlineFragmentNode | FragmentDefinitionNode
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
            else:
                assert isinstance(node, InlineFragmentNode)  # noqa: S101 - the third
                fragment = node
            on = self._on(fragment, parent)
            self.add(fragment.selection_set, on, count, factors, sized)

    def _add_field(
        self,
        node: FieldNode,
        parent: GraphQLCompositeType,
        count: int,
        factors: Factors,
        sized: frozenset[str],
    ) -> None:
        name = node.name.value
        cost = self._costs.of(parent, name)
        self.values[factors] = self.values.get(factors, 0) + count * cost.weight
        self.names_people |= cost.names_people
        self.introspects |= cost.introspects
        times, inner = count, factors
        if cost.stated is not None:
            size = self._size_by(node, cost.stated)
            if isinstance(size, Size):
                inner = (*factors, size)
            else:
                times *= size
        if cost.looks_up is not None:
            people = self.people[cost.looks_up]
            people[inner] = people.get(inner, 0) + times
        if cost.claim is not None:
            self._note_claim(node, cost.claim)
        if node.selection_set is not None:
            assert cost.returned is not None  # noqa: S101 - a valid document
            if name not in sized:
                times *= cost.length
            times = min(times, LARGEST)
            self.add(node.selection_set, cost.returned, times, inner, cost.sized)

    def _note_claim(self, node: FieldNode, argument: str) -> None:
        for given in node.arguments or ():
            if given.name.value != argument or isinstance(given.value, NullValueNode):
                continue
            variable = None
            if isinstance(given.value, VariableNode):
                variable = given.value.name.value
                if self._defaults.get(variable) is not None:
                    variable = None
            self.claims_judged.add(variable)

    def _on(
        self,
        fragment: InlineFragmentNode | FragmentDefinitionNode,
        parent: GraphQLCompositeType,
    ) -> GraphQLCompositeType:
        if fragment.type_condition is None:
            return parent
        on = self._costs.schema.type_map[fragment.type_condition.name.value]
        assert is_composite_type(on)  # noqa: S101 - a valid document
        return on

    def _size_by(self, node: FieldNode, stated: Stated) -> int | Size:
        """Return how often a field is answered by what an argument of it says."""
        for given in node.arguments or ():
            if given.name.value == stated.argument:
                return self._size(given.value, stated.unsaid, stated.most)
        return stated.unsaid

    def _size(self, value: ValueNode, unsaid: int, most: int) -> int | Size:
        if isinstance(value, VariableNode):
            name = value.name.value
            default = self._defaults.get(name)
            size = unsaid if default is None else _literal(default, unsaid, most)
            return Size(name, size, unsaid, most)
        return _literal(value, unsaid, most)


def _if_asked(length: int, most: int) -> int:
    return length if length <= most else 0


def _literal(value: ValueNode, unsaid: int, most: int) -> int:
    if isinstance(value, ListValueNode):
        return _if_asked(len(value.values), most)
    if isinstance(value, IntValueNode):
        # The document is valid, so this is an Int of 32 bits.
        return max(0, min(int(value.value), LARGEST))
    return unsaid if isinstance(value, NullValueNode) else 1
