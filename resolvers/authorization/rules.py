"""Read who may ask for what, as the schema declares it.

A rule stands on the field or on its type with Apollo Federation's ``@authenticated``
and ``@requiresScopes`` (https://specs.apollo.dev/federation/v2.11), so that it is
printed in ``schema.graphql``, and a supergraph's router can enforce it too. It is
read from the Python values and not from printed names: renaming a directive in a
``@link`` takes nothing away.

Two kinds of types print none. Those that other subgraphs have, too, would be closed to
the clients of those; their rules stand in a table here. An interface has none at all,
since Federation allows none there: it is under the rules that all its types have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from strawberry.federation.schema_directives import Authenticated, RequiresScopes
from strawberry.schema.schema_converter import GraphQLCoreConverter

from bureau.caller import Scope

Fields = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True, slots=True)
class Rule:
    """The scopes that are needed: all of one of the sets; none is "anybody known"."""

    any_of: tuple[frozenset[str], ...]

    def lets_pass(self, scopes: frozenset[str]) -> bool:
        """Say whether a caller with ``scopes`` may ask."""
        return not self.any_of or any(needed <= scopes for needed in self.any_of)


AUTHENTICATED = Rule(())
NOBODY = Rule((frozenset({"nobody"}),))
"""The rule of what has none: a field that was forgotten is closed, not open."""
FEDERATIONS_OWN = {"_Service": (Rule((frozenset({Scope.INTROSPECT.value}),)),)}
"""The subgraph's schema text is introspection by another name."""
SHARED: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("Query", "Mutation", "Subscription", "PageInfo"), (AUTHENTICATED,)
        ),
        "Person": (Rule((frozenset({Scope.READ_CERTIFICATES.value}),)),),
    }
)
"""The rules of types that other subgraphs have, too. A supergraph would put a printed
one on the fields of those as well."""


class Rules:
    """The rules of a schema, by type and by field."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._types = {
            name: FEDERATIONS_OWN.get(name, ())
            + SHARED.get(name, ())
            + _declared(type_)
            for name, type_ in schema.type_map.items()
        }
        for name, type_ in schema.type_map.items():
            if isinstance(type_, GraphQLInterfaceType) and not self._types[name]:
                of_each = [
                    set(self._types[one.name])
                    for one in schema.get_possible_types(type_)
                ]
                common = set.intersection(*of_each) if of_each else set()
                self._types[name] = tuple(sorted(common, key=str))
        self._fields = {
            (name, field): _declared(definition)
            for name, type_ in schema.type_map.items()
            if isinstance(type_, Fields)
            for field, definition in type_.fields.items()
        }

        # As many as the schema has fields, and as they are asked for.
        self._all: dict[tuple[str, str], tuple[Rule, ...]] = {}

    def of_type(self, name: str) -> tuple[Rule, ...]:
        """Return the rules that stand on a type."""
        return self._types[name]

    def of_field(self, type_: Fields, field: str) -> tuple[Rule, ...]:
        """Return every rule that a field is under when ``type_`` answers it.

        They stand on the type and on the field, on the same field of every
        interface of the type, and on what the field returns. All must be kept. An
        interface answers nothing by itself, and may have no rule.
        """
        key = (type_.name, field)
        found = self._all.get(key)
        if found is None:
            found = self._all[key] = self._of_field(type_, field)
        return found

    def _of_field(self, type_: Fields, field: str) -> tuple[Rule, ...]:
        rules = self._own(type_, field)
        for interface in type_.interfaces:
            if field in interface.fields:
                rules |= self._own(interface, field)
        returned = get_named_type(type_.fields[field].type)
        return tuple(sorted(rules | frozenset(self._types[returned.name]), key=str))

    def _own(self, type_: Fields, field: str) -> frozenset[Rule]:
        own = {*self._types[type_.name], *self._fields[type_.name, field]}
        closed = () if isinstance(type_, GraphQLInterfaceType) else (NOBODY,)
        return frozenset(own or closed)


def directives_of(
    node: GraphQLNamedType | GraphQLField | GraphQLArgument,
) -> list[object]:
    """Return the directives on a type, a field or an argument, as Python values."""
    definition = node.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return list(getattr(definition, "directives", None) or ())


def _declared(node: GraphQLNamedType | GraphQLField) -> tuple[Rule, ...]:
    """Return the rules on a type or a field."""
    rules = []
    for directive in directives_of(node):
        if isinstance(directive, RequiresScopes):
            # An empty list would let nobody pass, and an empty set everybody.
            sets = [frozenset(map(str, scopes)) for scopes in directive.scopes]
            rules.append(Rule(tuple(sets)) if sets and all(sets) else NOBODY)
        elif isinstance(directive, Authenticated):
            rules.append(AUTHENTICATED)
    return tuple(rules)
