"""Read the cost of each field of a schema from what it declares, once a schema.

``resolvers/documents/directives.py`` has the declarations. They are read from the
Python values and not from printed names. GraphQL's own fields, which show the schema,
belong to the library and can declare nothing: their lists are in a table here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_introspection_type,
    is_list_type,
)
from strawberry.federation.schema_directives import Cost, ListSize
from strawberry.schema.schema_converter import GraphQLCoreConverter

from resolvers.authorization.rules import FEDERATIONS_OWN, directives_of
from resolvers.certificates.claim import ClaimInput
from resolvers.documents.directives import LooksUpPeople, NamesPeople

T = TypeVar("T")
LARGEST = 10_000_000
"""Sizes are cut to this; every limit is passed long before."""
UNDECLARED = 10
"""How long a list is taken to be that declares nothing. All of ours do:
``tests/architecture/test_costs.py``."""

_GRAPHQLS_OWN: Mapping[tuple[str, str], int] = {
    ("__Schema", "types"): 100,
    ("__Type", "interfaces"): 1,
    ("__Type", "possibleTypes"): 2,
    ("__Field", "args"): 2,
}
"""How long lists of the introspection are, where it is not ``UNDECLARED``."""


class PeopleLimit(StrEnum):
    """A limit that counts people who are looked up."""

    PEOPLE = "people"
    CLAIMS = "claims"


@dataclass(frozen=True, slots=True)
class Stated:
    """An argument that states how often what is below its field is answered."""

    argument: str
    unsaid: int
    """How often it is where the argument is left out or null."""
    most: int = LARGEST
    """Of more members than these the field answers none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCost:
    """The cost of one field, and whom it asks about."""

    weight: int = 1
    """How many values it counts as by itself."""
    stated: Stated | None = None
    length: int = 1
    """How long its list is, where its parent does not say; 1 if it is none."""
    sized: frozenset[str] = frozenset()
    """The lists of what it returns that are as long as ``stated`` says."""
    looks_up: PeopleLimit | None = None
    """The limit that counts the people it looks up, one each time it is answered."""
    names_people: bool = False
    """Whether it can name a person, or looks one up: it must not be an address."""
    introspects: bool = False
    """Whether it shows the schema."""
    claim: str | None = None
    """The argument that may state a claim to be judged."""
    returned: GraphQLCompositeType | None = None
    """What is selected of it; ``None`` if nothing can be."""


class FieldCosts:
    """The costs of all fields of a schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        """Read what the fields of ``schema`` declare.

        Raises:
            KeyError: one names an argument that it does not have.
            ValueError: one names two arguments that state its length.
        """
        self.schema = schema
        self._fields = {
            (type_.name, name): _declared(type_, name, field)
            for type_ in schema.type_map.values()
            if is_composite_type(type_)
            for name, field in _fields_of(type_, schema)
        }

    def of(self, parent: GraphQLCompositeType, name: str) -> FieldCost:
        """Return what a field of a valid document costs."""
        return self._fields[parent.name, name]


def _fields_of(
    type_: GraphQLCompositeType, schema: GraphQLSchema
) -> Iterator[tuple[str, GraphQLField]]:
    yield "__typename", TypeNameMetaFieldDef
    if type_ is schema.query_type:
        yield "__schema", SchemaMetaFieldDef
        yield "__type", TypeMetaFieldDef
    if not isinstance(type_, GraphQLUnionType):
        yield from type_.fields.items()


def _declared(
    parent: GraphQLCompositeType, name: str, field: GraphQLField
) -> FieldCost:
    declared = directives_of(field)
    cost, listed = _found(declared, Cost), _found(declared, ListSize)
    looks_up = _found(declared, LooksUpPeople)
    returned = get_named_type(field.type)
    stated = _stated(field, listed, looks_up)
    sizing = looks_up if looks_up is not None and looks_up.each else listed
    sized = frozenset(sizing.sized_fields or ()) if sizing is not None else frozenset()
    length = 1
    # Where an argument states how long the field's own list is, that is all.
    if is_list_type(get_nullable_type(field.type)) and (sized or stated is None):
        length = _length(parent, name, listed)
    return FieldCost(
        weight=1 if cost is None else cost.weight,
        stated=stated,
        length=length,
        sized=sized,
        looks_up=None if looks_up is None else _limit(looks_up),
        names_people=looks_up is not None or _found(declared, NamesPeople) is not None,
        introspects=is_introspection_type(returned) or returned.name in FEDERATIONS_OWN,
        claim=next((key for key, one in field.args.items() if _is_claim(one)), None),
        returned=returned if is_composite_type(returned) else None,
    )


def _found(declared: Sequence[object], kind: type[T]) -> T | None:
    return next((one for one in declared if isinstance(one, kind)), None)


def _stated(
    field: GraphQLField, listed: ListSize | None, looks_up: LooksUpPeople | None
) -> Stated | None:
    """Return the argument that states how often a field is answered, if one does."""
    if looks_up is not None and looks_up.each:
        _ = field.args[looks_up.each]
        return Stated(looks_up.each, 1, looks_up.most or LARGEST)
    if listed is None or not listed.slicing_arguments:
        return None
    (argument,) = listed.slicing_arguments
    default = field.args[argument].default_value
    return Stated(
        argument, default if isinstance(default, int) else _assumed(listed, UNDECLARED)
    )


def _limit(declared: LooksUpPeople) -> PeopleLimit:
    return PeopleLimit.CLAIMS if declared.as_claims else PeopleLimit.PEOPLE


def _length(parent: GraphQLCompositeType, name: str, listed: ListSize | None) -> int:
    undeclared = _GRAPHQLS_OWN.get((parent.name, name), UNDECLARED)
    return undeclared if listed is None else _assumed(listed, undeclared)


def _assumed(listed: ListSize, undeclared: int) -> int:
    # What is left out may be None, and may be Strawberry's UNSET.
    size = listed.assumed_size
    return size if isinstance(size, int) else undeclared


def _is_claim(argument: GraphQLArgument) -> bool:
    type_ = get_named_type(argument.type)
    if not isinstance(type_, GraphQLInputObjectType):
        return False
    definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return getattr(definition, "origin", None) is ClaimInput
