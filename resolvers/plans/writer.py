"""Write the functions of a plan: one a selection on one object type.

A function takes an object and the request's values, and returns the dictionary of the
answer. What is selected, and in what order, is asked of graphql-core's own
``collect_subfields``. Nothing of a document gets into the source but GraphQL names,
which are Python's too; everything else is passed as the value of a name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from strawberry.schema import Schema
from strawberry.types.field import StrawberryField

from resolvers.fragment_cache.sight import Sight
from resolvers.plans.arguments import Arguments
from resolvers.plans.declared import (
    NoPlanError,
    attribute_of,
    beyond,
    is_phrase,
    origin_of,
    strawberry_field,
)
from resolvers.plans.leaves import UnsuitedError, leaf_of

VARIABLE = "$"
"""Stands among selected fields for an argument that differs between requests."""
INFO = "@"
"""The same for what a resolver asks of the request."""

Values: TypeAlias = Sequence[Any]
"""What one request brings: its info, and then fields' arguments by position."""
Rendering: TypeAlias = Callable[[Any, Values], Any]
"""Takes what a resolver returned, and returns what the answer says of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a field's resolver."""

    resolver: Callable[..., Any]
    takes_self: bool
    info: str | None
    """Under which name it takes the info, if it does."""
    constants: Mapping[str, object]
    """Its arguments, if they are the same for every request."""
    position: int | None
    """Where its arguments are among the request's values, if they are not."""


@dataclass(slots=True)
class Writer:
    """Writes one plan; used up when that is made."""

    schema: Schema
    fragments: dict[str, FragmentDetails]
    operation: OperationDefinitionNode
    variables: VariableValues
    """Those of the request for which the plan is written. Of them only the conditions
    of @skip and @include get into it, and it serves requests with the same alone."""
    arguments: list[Arguments] = field(default_factory=list)
    _names: dict[str, object] = field(default_factory=dict)
    _source: list[str] = field(default_factory=list)
    _written: dict[tuple[str, tuple[int, ...]], str] = field(default_factory=dict)
    _selected: dict[str, frozenset[str]] = field(default_factory=dict)
    """By function the fields that it and those below it render, as ``Type.field``."""
    _within: list[set[str]] = field(default_factory=lambda: [set()])
    """The same of the functions that are being written, the innermost last."""

    def renderings(
        self, fields: Sequence[tuple[GraphQLOutputType, FieldDetailsList]]
    ) -> list[Rendering]:
        """Return what renders the value of each of the root's ``fields``.

        Raises:
            NoPlanError: something below them is graphql-core's.
        """
        written = [
            self._function(["v = o", *self._completed(*field), "return v"])
            for field in fields
        ]
        namespace: dict[str, Any] = {
            "UnsuitedError": UnsuitedError,
            "Sight": Sight,
            **self._names,
        }
        # Made of names alone, see above.
        exec("\n".join(self._source), namespace)  # noqa: S102
        return [namespace[name] for name in written]

    def call_of(self, definition: GraphQLField, node: FieldNode) -> Call:
        """Return how the resolver of ``node`` is called.

        Raises:
            NoPlanError: not as a plain function.
        """
        field_ = strawberry_field(definition)
        resolver = field_.base_resolver
        if resolver is None or not callable(resolver.wrapped_func):
            raise NoPlanError
        if resolver.parent_parameter or resolver.root_parameter:
            # It asks for what it is in.
            raise NoPlanError
        info = resolver.info_parameter
        constants, position = self._arguments(definition, field_, node)
        return Call(
            resolver=resolver.wrapped_func,
            takes_self=resolver.self_parameter is not None,
            info=None if info is None else info.name,
            constants=constants,
            position=position,
        )

    def _arguments(
        self, definition: GraphQLField, field_: StrawberryField, node: FieldNode
    ) -> tuple[Mapping[str, object], int | None]:
        if not definition.args:
            return {}, None
        arguments = Arguments.of(self.schema, definition, field_, node, self.variables)
        constants = arguments.read_once(self.variables)
        if constants is not None:
            return constants, None
        self.arguments.append(arguments)
        # The first of the request's values is the info.
        return {}, len(self.arguments)

    def _completed(
        self, type_: GraphQLOutputType, details: FieldDetailsList
    ) -> list[str]:
        """Return lines that complete ``v``, which a resolver returned.

        No line looks for a null where none may be: there the expressions below are
        no good, and say so.
        """
        if isinstance(type_, GraphQLNonNull):
            return self._statements(type_.of_type, details)
        lines = self._statements(type_, details)
        return ["if v is not None:", *(f"    {line}" for line in lines)]

    def _statements(
        self, type_: GraphQLOutputType, details: FieldDetailsList
    ) -> list[str]:
        if not isinstance(type_, GraphQLList):
            return [f"v = {self._value(type_, details)}"]
        item = type_.of_type
        if not isinstance(item, GraphQLNonNull):
            value = f"None if v is None else {self._value(item, details)}"
            values = f"[{value} for v in v]"
        elif is_phrase(item.of_type):
            values = self._phrases(item.of_type, details)
        else:
            values = f"[{self._value(item.of_type, details)} for v in v]"
        return [
            "if type(v) is not list and type(v) is not tuple: raise UnsuitedError",
            f"v = {values}",
        ]

    def _phrases(self, type_: GraphQLObjectType, details: FieldDetailsList) -> str:
        """Return an expression that completes a list of phrases."""
        name = self._object(type_, details)
        if not self._selected[name].isdisjoint({VARIABLE, INFO, *beyond(type_)}):
            return f"[{name}(v, x) for v in v]"
        place = self._named(object())
        return f"x[0].context.services.renderings.phrases.rendered({place}, v, {name})"

    def _value(self, type_: GraphQLOutputType, details: FieldDetailsList) -> str:
        """Return an expression that completes ``v``, and raises if that is null."""
        if is_leaf_type(type_):
            return self._leaf(type_)
        if isinstance(type_, GraphQLObjectType):
            return f"{self._object(type_, details)}(v, x)"
        if is_abstract_type(type_):
            return f"{self._abstract(type_, details)}(v, x)"
        # A list of lists.
        raise NoPlanError

    def _leaf(self, type_: GraphQLLeafType) -> str:
        leaf = leaf_of(type_)
        self._names |= leaf.names
        return leaf.expression

    def _object(self, type_: GraphQLObjectType, details: FieldDetailsList) -> str:
        """Return the name of the function that renders ``details`` on ``type_``."""
        return self._once(type_, details, lambda: self._members(type_, details))

    def _once(
        self,
        type_: GraphQLObjectType | GraphQLAbstractType,
        details: FieldDetailsList,
        lines: Callable[[], list[str]],
    ) -> str:
        """Return the name of a function, written when it is asked for first.

        A fragment is so written once, however often it is spread.
        """
        key = (type_.name, tuple(id(detail.node) for detail in details))
        name = self._written.get(key)
        if name is None:
            self._within.append(set())
            body = lines()
            selected = frozenset(self._within.pop())
            name = self._kept(type_, self._function(body), selected)
            self._written[key] = name
            self._selected[name] = selected
        self._within[-1] |= self._selected[name]
        return name

    def _kept(
        self,
        type_: GraphQLObjectType | GraphQLAbstractType,
        name: str,
        selected: frozenset[str],
    ) -> str:
        """Return the function ``name``, or one that keeps what that rendered."""
        live = getattr(origin_of(type_), "live", None)
        if live is None or not selected.isdisjoint({*live, VARIABLE}):
            return name
        place = self._named(object())
        return self._function(
            [
                "c = x[0].context",
                # Then it is a part of something that is kept.
                f"if type(c) is Sight: return {name}(o, x)",
                "s = Sight(c.services, c.mask, c.today)",
                f"return c.services.renderings.rendered({place}, o, s, {name})",
            ]
        )

    def _members(
        self, type_: GraphQLObjectType, details: FieldDetailsList
    ) -> list[str]:
        wrong = "o is None"
        if type_.is_type_of is not None:
            wrong = f"type(o) is not {self._named(origin_of(type_))}"
        lines, members = [f"if {wrong}: raise UnsuitedError"], []
        selected = collect_subfields(
            self.schema._schema,  # noqa: SLF001 - graphql-core's own
            self.fragments,
            self.variables,
            self.operation,
            type_,
            details,
        ).grouped_field_set
        for number, (key, fields) in enumerate(selected.items()):
            if fields[0].node.name.value == "__typename":
                members.append(f"{key!r}: {type_.name!r}")
            else:
                self._within[-1].add(f"{type_.name}.{fields[0].node.name.value}")
                lines += [*self._field(type_, fields), f"r{number} = v"]
                members.append(f"{key!r}: r{number}")
        return [*lines, f"return {{{', '.join(members)}}}"]

    def _field(self, type_: GraphQLObjectType, fields: FieldDetailsList) -> list[str]:
        node = fields[0].node
        definition = type_.fields.get(node.name.value)
        if definition is None:
            # Introspection.
            raise NoPlanError
        field_ = strawberry_field(definition)
        if field_.is_async:
            # It waits.
            raise NoPlanError
        if field_.base_resolver is None:
            value = f"o.{attribute_of(field_)}"
        elif (phrases := self._phrases_alone(type_, definition, fields)) is not None:
            value = f"o.{phrases}"
        else:
            value = self._called(self.call_of(definition, node))
        return [f"v = {value}", *self._completed(definition.type, fields)]

    def _phrases_alone(
        self,
        type_: GraphQLObjectType,
        definition: GraphQLField,
        fields: FieldDetailsList,
    ) -> str | None:
        """Return the attribute that has a field's phrases, if they are all it needs.

        Its resolver makes each of them one object's own, for the fields that need it.
        """
        attribute: str | None = getattr(origin_of(type_), "as_phrases", {}).get(
            fields[0].node.name.value
        )
        phrase = get_named_type(definition.type)
        if attribute is None or not is_phrase(phrase):
            return None
        selected = self._selected[self._object(phrase, fields)]
        return attribute if selected.isdisjoint(beyond(phrase)) else None

    def _called(self, call: Call) -> str:
        given = ["o"] if call.takes_self else []
        if call.info is not None:
            self._within[-1].add(INFO)
            given.append(f"{call.info}=x[0]")
        if call.position is not None:
            self._within[-1].add(VARIABLE)
            given.append(f"**x[{call.position}]")
        given += [f"{n}={self._named(v)}" for n, v in call.constants.items()]
        return f"{self._named(call.resolver)}({', '.join(given)})"

    def _abstract(self, type_: GraphQLAbstractType, details: FieldDetailsList) -> str:
        """Return the name of the function that renders whatever ``type_`` is here."""
        possible = self.schema._schema.get_possible_types(type_)  # noqa: SLF001 - as above

        def lines() -> list[str]:
            return [
                *(
                    f"if type(o) is {self._named(origin_of(possibility))}: "
                    f"return {self._object(possibility, details)}(o, x)"
                    for possibility in possible
                ),
                "raise UnsuitedError",
            ]

        return self._once(type_, details, lines)

    def _named(self, value: object) -> str:
        """Return a name that has ``value`` in the source."""
        name = f"n{len(self._names)}"
        self._names[name] = value
        return name

    def _function(self, lines: list[str]) -> str:
        name = f"f{len(self._source)}"
        body = "\n".join(f"    {line}" for line in lines)
        self._source.append(f"def {name}(o, x):\n{body}\n")
        return name
