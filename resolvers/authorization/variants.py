"""Variants of the schema: what one kind of caller may ask, and what a supergraph takes.

A variant is the schema's text without the fields that its scopes do not open, and
without what is then reached from nowhere. Whatever fits it fits the schema, so a
document that validates against the variant of a role is one that the role may ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from graphql import (
    REMOVE,
    DefinitionNode,
    DirectiveNode,
    DocumentNode,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    StringValueNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    Visitor,
    VisitorAction,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    print_ast,
    visit,
)

from bureau.caller import Scope
from resolvers.authorization.rules import Rule, Rules


class Role(StrEnum):
    """A kind of caller that the schema is printed for."""

    HR = "hr"
    AGENCY = "agency"
    OPERATOR = "operator"


SCOPES: dict[Role, frozenset[Scope]] = {
    Role.HR: frozenset(
        {
            *(Scope.READ_CERTIFICATES, Scope.READ_IDENTITY),
            *(Scope.WRITE_PAYMENTS, Scope.RECOVER),
        }
    ),
    Role.AGENCY: frozenset({Scope.REGISTER}),
    Role.OPERATOR: frozenset(
        {Scope.APPROVE, Scope.SANCTION, Scope.AUDIT, Scope.INTROSPECT}
    ),
}
"""What callers of a kind have at most."""

RULES = frozenset({"authenticated", "requiresScopes"})
"""Federation's directives that say who may ask."""
OF_ONE_GRAPH = frozenset({("Query", "node"), ("Query", "nodes")})
"""Fields that a supergraph can have of one subgraph alone, and not of two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A part of the schema."""

    scopes: frozenset[str] = frozenset(map(str, Scope))
    is_subgraph: bool = False
    """Whether it is for a supergraph, which has Relay's ``node`` from elsewhere, and of
    whose routers some refuse every schema with rules in it. Ours are kept here."""


def printed(
    variant: Variant, whole: DocumentNode, schema: GraphQLSchema, rules: Rules
) -> str:
    """Return the text of what ``variant`` has of ``whole``, which is ``schema``."""
    document = _Pruning(schema, rules, variant).document(whole)
    if variant.is_subgraph:
        document = visit(document, _WithoutRules())
    return print_ast(document)


class _WithoutRules(Visitor):
    """Leaves out who may ask for what, and that it was taken from Federation."""

    def enter_directive(self, node: DirectiveNode, *_: object) -> VisitorAction:
        return REMOVE if node.name.value in RULES else None

    def enter_string_value(self, node: StringValueNode, *_: object) -> VisitorAction:
        return REMOVE if node.value.removeprefix("@") in RULES else None


class _Pruning:
    """Leaves out what is not of a variant."""

    def __init__(self, schema: GraphQLSchema, rules: Rules, variant: Variant) -> None:
        self._schema = schema
        self._rules = rules
        self._variant = variant
        self._usable = self._find_usable()
        self._reached = self._find_reached()

    def document(self, whole: DocumentNode) -> DocumentNode:
        """Return what is left of the definitions."""
        kept = (self._definition(one) for one in whole.definitions)
        return replace(whole, definitions=tuple(one for one in kept if one is not None))

    def _definition(self, node: DefinitionNode) -> DefinitionNode | None:
        match node:
            case SchemaDefinitionNode():
                roots = (o for o in node.operation_types if self._has(o.type))
                return replace(node, operation_types=tuple(roots))
            case TypeDefinitionNode() if node.name.value not in self._reached:
                return None
            case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
                type_ = self._schema.type_map[node.name.value]
                is_open = {name for name, _ in self._fields(type_, self._usable)}
                fields = (f for f in node.fields or () if f.name.value in is_open)
                return replace(
                    node,
                    interfaces=tuple(filter(self._has, node.interfaces or ())),
                    fields=tuple(fields),
                )
            case UnionTypeDefinitionNode():
                return replace(node, types=tuple(filter(self._has, node.types or ())))
            case _:
                return node

    def _has(self, named: NamedTypeNode) -> bool:
        return named.name.value in self._reached

    def _fields(
        self, type_: GraphQLNamedType, usable: frozenset[str]
    ) -> Iterator[tuple[str, list[str]]]:
        """Yield the open fields of ``type_``, and the types that each needs."""
        if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            return
        for name, field in type_.fields.items():
            if self._variant.is_subgraph and (type_.name, name) in OF_ONE_GRAPH:
                continue
            rules = self._rules.of_field(type_, name)
            returned = get_named_type(field.type).name
            if returned in usable and self._lets_pass(rules):
                given = [get_named_type(one.type).name for one in field.args.values()]
                yield name, [returned, *given]

    def _lets_pass(self, rules: tuple[Rule, ...]) -> bool:
        return all(rule.lets_pass(self._variant.scopes) for rule in rules)

    def _find_usable(self) -> frozenset[str]:
        """Return the types of which something is left, taking ever more of them out."""
        usable = frozenset(self._schema.type_map)
        while True:
            left = frozenset(
                name
                for name in usable
                if self._is_usable(self._schema.type_map[name], usable)
            )
            if left == usable:
                return usable
            usable = left

    def _is_usable(self, type_: GraphQLNamedType, usable: frozenset[str]) -> bool:
        if is_leaf_type(type_) or isinstance(type_, GraphQLInputObjectType):
            return True
        if not self._lets_pass(self._rules.of_type(type_.name)):
            return False
        if is_abstract_type(type_):
            possible = self._schema.get_possible_types(type_)
            return any(one.name in usable for one in possible)
        return any(True for _ in self._fields(type_, usable))

    def _find_reached(self) -> frozenset[str]:
        """Return the types that are reached from the roots, roots included."""
        schema = self._schema
        roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
        pending = [r.name for r in roots if r is not None and r.name in self._usable]
        reached: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in reached:
                reached.add(name)
                pending += self._below(schema.type_map[name])
        return frozenset(reached)

    def _below(self, type_: GraphQLNamedType) -> Iterator[str]:
        if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
            possible = self._schema.get_possible_types(type_)
            yield from (one.name for one in possible if one.name in self._usable)
        if isinstance(type_, GraphQLInputObjectType):
            yield from (get_named_type(one.type).name for one in type_.fields.values())
        for _, needed in self._fields(type_, self._usable):
            yield from needed
