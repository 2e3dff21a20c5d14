"""What a document uses of a schema: the schema without everything else.

Comparing that with a newer schema finds the changes that touch the document, and none
but those. Where what a client sends or is answered is not in the document, more is
kept and not less: an input object that is a variable may have every field, an enum
every value, and an abstract type is every type that it may be.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectFieldNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    build_ast_schema,
    get_named_type,
    is_abstract_type,
    is_non_null_type,
    parse,
    print_ast,
    print_schema,
    visit,
)

Input = GraphQLArgument | GraphQLInputField


@dataclass(slots=True)
class Use:
    """What a document names of a schema."""

    fields: set[tuple[str, str]] = field(default_factory=set)
    arguments: set[tuple[str, str, str]] = field(default_factory=set)
    input_fields: set[tuple[str, str]] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    """Of what is answered, and of conditions."""
    sent: set[str] = field(default_factory=set)
    """Of variables: a client may send whatever they allow."""
    directives: set[str] = field(default_factory=set)


def use_of(document: DocumentNode, schema: GraphQLSchema) -> Use:
    """Find what ``document`` names of ``schema``; what that has not is passed over."""
    types = TypeInfo(schema)
    finder = _Finder(types)
    visit(document, TypeInfoVisitor(types, finder))
    return finder.use


class _Finder(Visitor):
    """Writes down what is named."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.use = Use()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Write down a field, its arguments and the type of its value."""
        parent, definition = self._types.get_parent_type(), self._types.get_field_def()
        name = node.name.value
        if parent is None or definition is None or name.startswith("__"):
            return
        self.use.fields.add((parent.name, name))
        self.use.types |= {parent.name, get_named_type(definition.type).name}
        self.use.arguments |= {
            (parent.name, name, argument.name.value)
            for argument in node.arguments or ()
        }

    def enter_argument(self, *_: object) -> None:
        """Write down the type of an argument's value."""
        self._name(get_named_type(self._types.get_input_type()))

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        """Write down a field of an input object that is written out."""
        parent = get_named_type(self._types.get_parent_input_type())
        if parent is not None:
            self.use.input_fields.add((parent.name, node.name.value))
            self._name(get_named_type(self._types.get_input_type()))

    def enter_variable_definition(
        self, node: VariableDefinitionNode, *_: object
    ) -> None:
        """Write down the type of a variable."""
        type_ = node.type
        while isinstance(type_, ListTypeNode | NonNullTypeNode):
            type_ = type_.type
        if isinstance(type_, NamedTypeNode):
            self.use.sent.add(type_.name.value)

    def enter_named_type(self, node: NamedTypeNode, *_: object) -> None:
        """Write down the type of a condition."""
        self.use.types.add(node.name.value)

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        """Write down a directive."""
        self.use.directives.add(node.name.value)

    def _name(self, type_: object) -> None:
        if name := getattr(type_, "name", None):
            self.use.types.add(name)


class Older:
    """A schema that documents were written for, beside the newer one."""

    def __init__(self, schema: GraphQLSchema, newer: GraphQLSchema) -> None:
        self.schema, self._newer = schema, newer
        self._definitions = parse(print_schema(schema), no_location=True).definitions

    def used_by(self, document: DocumentNode) -> GraphQLSchema:
        """Return what ``document`` uses of it.

        What is left out in the document, and has to be stated by the newer schema or
        means something else there, is used by being left out.
        """
        use = use_of(document, self.schema)
        part = _Part(self.schema, self._newer, use)
        definitions = tuple(
            made
            for one in self._definitions
            if (made := part.of_definition(one)) is not None
        )
        return build_ast_schema(
            DocumentNode(definitions=definitions),
            assume_valid=True,
            assume_valid_sdl=True,
        )


class _Part:
    """Says what of a schema's definitions is used."""

    def __init__(self, schema: GraphQLSchema, newer: GraphQLSchema, use: Use) -> None:
        self._schema, self._newer, self._use = schema, newer, use
        self._kept: set[str] = set()
        roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
        waiting = {*use.types, *use.sent, *(root.name for root in roots if root)}
        while waiting:
            name = waiting.pop()
            if name not in self._kept:
                self._kept.add(name)
                waiting |= set(self._reached_from(name))

    def of_definition(self, node: DefinitionNode) -> DefinitionNode | None:
        """Return what of a definition is used; ``None`` if nothing is."""
        match node:
            case SchemaDefinitionNode():
                return node
            case DirectiveDefinitionNode():
                return node if node.name.value in self._use.directives else None
            case TypeDefinitionNode() if node.name.value not in self._kept:
                return None
            case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
                interfaces = tuple(
                    one for one in node.interfaces or () if one.name.value in self._kept
                )
                fields = tuple(self._fields(node.name.value, node.fields or ()))
                return replace(node, interfaces=interfaces, fields=fields)
            case InputObjectTypeDefinitionNode():
                of = self._input_fields(node.name.value)
                return replace(
                    node,
                    fields=tuple(o for o in node.fields or () if o.name.value in of),
                )
            case _:
                return node

    def _reached_from(self, name: str) -> Iterator[str]:
        type_ = self._schema.type_map.get(name)
        if is_abstract_type(type_):
            for one in self._schema.get_possible_types(type_):
                yield one.name
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for own, definition in type_.fields.items():
                if (name, own) in self._use.fields:
                    for argument in self._arguments(name, own):
                        yield get_named_type(definition.args[argument].type).name
        if isinstance(type_, GraphQLInputObjectType):
            for own in self._input_fields(name):
                yield get_named_type(type_.fields[own].type).name
                if name in self._use.sent:
                    self._use.sent.add(get_named_type(type_.fields[own].type).name)

    def _fields(
        self, name: str, fields: Iterable[FieldDefinitionNode]
    ) -> Iterator[FieldDefinitionNode]:
        for node in fields:
            own = node.name.value
            if (name, own) in self._use.fields:
                kept = self._arguments(name, own)
                arguments = [
                    one for one in node.arguments or () if one.name.value in kept
                ]
                yield replace(node, arguments=tuple(arguments))

    def _arguments(self, name: str, field_name: str) -> set[str]:
        """Return the arguments of a field that are used."""
        ours = _output_fields(self._schema, name)[field_name].args
        newer = _output_fields(self._newer, name).get(field_name)
        theirs = {} if newer is None else newer.args
        return {
            own
            for own in ours
            if (name, field_name, own) in self._use.arguments
            or _is_used_by_absence(ours[own], theirs.get(own))
        }

    def _input_fields(self, name: str) -> set[str]:
        """Return the fields of an input object that are used."""
        ours, theirs = _inputs(self._schema, name), _inputs(self._newer, name)
        return {
            own
            for own in ours
            if name in self._use.sent
            or (name, own) in self._use.input_fields
            or _is_used_by_absence(ours[own], theirs.get(own))
        }


def _output_fields(schema: GraphQLSchema, name: str) -> Mapping[str, GraphQLField]:
    type_ = schema.type_map.get(name)
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        fields: Mapping[str, GraphQLField] = type_.fields
        return fields
    return {}


def _inputs(schema: GraphQLSchema, name: str) -> Mapping[str, GraphQLInputField]:
    type_ = schema.type_map.get(name)
    return type_.fields if isinstance(type_, GraphQLInputObjectType) else {}


def _is_used_by_absence(ours: Input, theirs: Input | None) -> bool:
    """Whether ``theirs`` matters to a client that leaves ``ours`` out."""
    if theirs is None:
        return False
    before, after = _default(ours), _default(theirs)
    return before != after or (is_non_null_type(theirs.type) and after is None)


def _default(one: Input) -> str | None:
    node = one.ast_node
    if node is None or node.default_value is None:
        return None
    return print_ast(node.default_value)
