"""What an operation may cost: values in its answer, and people it asks about.

Both depend on variables (``holders(people: $people)``), so they are worked out once a
document, as sums of products of list sizes, and put in numbers once a request. A list
whose length nobody states is taken to be as long as ``_ASSUMED`` says. Fields that
merge count twice, and what ``@skip`` leaves out counts: the estimate errs upwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from resolvers.certificates.holders import MAX_HOLDERS
from resolvers.claims.checks import MAX_CLAIMS
from resolvers.documents.size import Fragments

LARGEST = 10_000_000
"""Sizes are cut to this; every limit is passed long before."""

ASKING = frozenset({"holder", "holders", "certificate", "_entities"})
"""Root fields that look people up."""
RECORDING = "recordDecision"
"""The mutation that looks a person up."""
JUDGING = "eligibility"
"""Fields that judge a claim, where their argument ``claim`` states one."""
CLAIMING = "verifyClaims"
"""The root field that looks people up and tells nothing of them but right or wrong: its
people have a limit of their own."""
NAMING = ASKING | {CLAIMING, "auditRecords", RECORDING}
"""Root fields that can name a person, or a certificate whose holder is looked up."""
INTROSPECTING = frozenset({"__schema", "__type", "_service"})
"""Root fields that tell the schema."""

_STATED_IN: Mapping[str, str] = {
    "holders": "people",
    CLAIMING: "claims",
    "_entities": "representations",
}
"""Fields that answer for each member of a list, by the argument it stands in."""
_FIRST = 20
"""How long a connection is taken to be where ``first`` is left out."""
_MOST: Mapping[str, int] = {"holders": MAX_HOLDERS, CLAIMING: MAX_CLAIMS}
"""Fields that answer a longer list with a refusal of their own and ask nobody."""

_COUNTED_ABOVE = 1
_ASSUMED: Mapping[tuple[str, str], int] = {
    ("Query", "_entities"): _COUNTED_ABOVE,
    ("Holders", "nodes"): _COUNTED_ABOVE,
    ("CheckedClaims", "nodes"): _COUNTED_ABOVE,
    ("ClaimCheck", "fields"): 5,
    ("ClaimCheck", "sources"): 3,
    ("AuditRecord", "sources"): 3,
    ("Eligibility", "findings"): 15,
    ("Catalogue", "items"): 40,
    ("Policy", "clauses"): 20,
    ("Policy", "parameters"): 40,
    ("__Schema", "types"): 100,
    ("__Type", "interfaces"): 1,
    ("__Type", "possibleTypes"): 2,
    ("__Field", "args"): 2,
}
"""How long the lists of the schema are, where it matters."""
_ASSUMED_ELSEWHERE = 10


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
    """What one operation asks for."""

    values: Sum
    people: Sum
    claims: Sum
    names_people: bool
    introspects: bool
    claims_judged: frozenset[str | None]
    """The variables that may state a claim to be judged; ``None`` for one that is
    written in the document."""

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
    operation: OperationDefinitionNode, fragments: Fragments, schema: GraphQLSchema
) -> Cost:
    """Work out what an operation of a valid and small document asks for."""
    estimate = _Estimate(operation, fragments, schema)
    root = schema.get_root_type(operation.operation)
    if root is not None:
        estimate.add(operation.selection_set, root, 1, ())
    return Cost(
        estimate.values,
        estimate.people,
        estimate.claims,
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
        schema: GraphQLSchema,
    ) -> None:
        self.values: dict[Factors, int] = {}
        self.people: dict[Factors, int] = {}
        self.claims: dict[Factors, int] = {}
        self.names_people = False
        self.introspects = False
        self.claims_judged: set[str | None] = set()
        self._fragments = fragments
        self._schema = schema
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
    ) -> None:
        """Add ``selections``, which are answered ``count`` times ``factors`` times."""
        for node in selections.selections:
            if isinstance(node, FieldNode):
                self._add_field(node, parent, count, factors)
                continue
            fragment: InlineFragmentNode | FragmentDefinitionNode
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
            else:
                assert isinstance(node, InlineFragmentNode)  # noqa: S101 - the third
                fragment = node
            self.add(fragment.selection_set, self._on(fragment, parent), count, factors)

    def _add_field(
        self,
        node: FieldNode,
        parent: GraphQLCompositeType,
        count: int,
        factors: Factors,
    ) -> None:
        name = node.name.value
        field = self._schema.get_field(parent, name)
        assert field is not None  # noqa: S101 - a valid document
        self.values[factors] = self.values.get(factors, 0) + count
        stated = self._stated(node, field)
        inner = (*factors, stated) if isinstance(stated, Size) else factors
        times = count if isinstance(stated, Size) else count * stated
        if name == JUDGING:
            self._note_claim(node)
        if parent is self._schema.mutation_type and name == RECORDING:
            self.people[inner] = self.people.get(inner, 0) + times
            self.names_people = True
        if parent is self._schema.query_type:
            self.introspects |= name in INTROSPECTING
            self.names_people |= name in NAMING
            if name in ASKING:
                self.people[inner] = self.people.get(inner, 0) + times
            if name == CLAIMING:
                self.claims[inner] = self.claims.get(inner, 0) + times
        if node.selection_set is not None:
            returned = get_named_type(field.type)
            assert is_composite_type(returned)  # noqa: S101 - a valid document
            times *= _assumed(parent, name, field)
            self.add(node.selection_set, returned, min(times, LARGEST), inner)

    def _note_claim(self, node: FieldNode) -> None:
        for given in node.arguments or ():
            if given.name.value != "claim" or isinstance(given.value, NullValueNode):
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
        on = self._schema.type_map[fragment.type_condition.name.value]
        assert is_composite_type(on)  # noqa: S101 - a valid document
        return on

    def _stated(self, node: FieldNode, field: GraphQLField) -> int | Size:
        """Return how often a field is answered by what an argument of it says."""
        name = node.name.value
        if name in _STATED_IN:
            argument, unsaid = _STATED_IN[name], 1
        elif "first" in field.args:
            default = field.args["first"].default_value
            argument, unsaid = "first", default if isinstance(default, int) else _FIRST
        else:
            return 1
        most = _MOST.get(name, LARGEST)
        for given in node.arguments or ():
            if given.name.value == argument:
                return self._size(given.value, unsaid, most)
        return unsaid

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


def _assumed(parent: GraphQLCompositeType, name: str, field: GraphQLField) -> int:
    if not is_list_type(get_nullable_type(field.type)):
        return 1
    if parent.name.endswith("Connection"):
        return _COUNTED_ABOVE
    return _ASSUMED.get((parent.name, name), _ASSUMED_ELSEWHERE)
