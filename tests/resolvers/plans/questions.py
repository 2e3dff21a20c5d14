"""Questions about a schema: every field, and whatever else a document may have.

hypothesis-graphql makes documents with literals. Here people that exist get into
them, some literals become variables, fields get @skip and @include, and selections
are repeated in fragments.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_composite_type,
    parse,
    parse_type,
    parse_value,
    print_ast,
    validate,
    visit,
)
from graphql.utilities import value_from_ast_untyped
from hypothesis import assume
from hypothesis import strategies as st

SELDOM = st.integers(0, 3).map(lambda drawn: drawn == 0)


@st.composite
def questions(
    draw: st.DrawFn,
    schema: GraphQLSchema,
    documents: st.SearchStrategy[str],
    values: Mapping[str, st.SearchStrategy[str]],
) -> tuple[str, dict[str, Any]]:
    """Draw a valid document of one operation, and its variables.

    ``values`` has GraphQL texts for arguments and input fields by their names.
    """
    document = parse(draw(documents))
    document = _with_values(draw, document, values)
    varied = _Varied(draw, schema)
    document = varied.document(document)
    assume(not validate(schema, document))
    return print_ast(document), varied.variables


def _with_values(
    draw: st.DrawFn,
    document: DocumentNode,
    values: Mapping[str, st.SearchStrategy[str]],
) -> DocumentNode:
    class Known(Visitor):
        def enter_argument(self, node: ArgumentNode, *_: object) -> Any:
            return self.known(node)

        def enter_object_field(self, node: Any, *_: object) -> Any:
            return self.known(node)

        def known(self, node: Any) -> Any:
            texts = values.get(node.name.value)
            if texts is None:
                return None
            return type(node)(name=node.name, value=parse_value(draw(texts)))

    changed: DocumentNode = visit(document, Known())
    return changed


class _Varied:
    def __init__(self, draw: st.DrawFn, schema: GraphQLSchema) -> None:
        self.variables: dict[str, Any] = {}
        self._draw = draw
        self._schema = schema
        self._definitions: list[VariableDefinitionNode] = []
        self._fragments: list[FragmentDefinitionNode] = []

    def document(self, document: DocumentNode) -> DocumentNode:
        info = TypeInfo(self._schema)
        varied = self

        class Varying(Visitor):
            def enter_argument(self, node: ArgumentNode, *_: object) -> Any:
                if info.get_directive() or not varied._draw(SELDOM):
                    return None
                type_ = info.get_argument().type  # type: ignore[union-attr]
                value = varied._variable(str(type_), node.value)
                return ArgumentNode(name=node.name, value=value)

            def leave_field(self, node: FieldNode, *_: object) -> Any:
                type_ = get_named_type(info.get_type())
                inner = node.selection_set
                if inner and is_composite_type(type_) and varied._draw(SELDOM):
                    inner = varied._with_fragment(inner, str(type_))
                directives = tuple(varied._conditions())
                if inner is node.selection_set and not directives:
                    return None
                return FieldNode(
                    alias=node.alias,
                    name=node.name,
                    arguments=node.arguments,
                    directives=directives,
                    selection_set=inner,
                )

        changed: Any = visit(document, TypeInfoVisitor(info, Varying()))
        (operation,) = changed.definitions
        operation = OperationDefinitionNode(
            operation=operation.operation,
            name=None,
            variable_definitions=tuple(self._definitions),
            directives=(),
            selection_set=operation.selection_set,
        )
        return DocumentNode(definitions=(operation, *self._fragments))

    def _variable(self, type_: str, value: ValueNode) -> VariableNode:
        name = f"v{len(self.variables)}"
        self.variables[name] = value_from_ast_untyped(value)
        variable = VariableNode(name=NameNode(value=name))
        definition = VariableDefinitionNode(
            variable=variable, type=parse_type(type_), directives=()
        )
        self._definitions.append(definition)
        return variable

    def _conditions(self) -> list[DirectiveNode]:
        found = []
        for name in ("skip", "include"):
            if self._draw(SELDOM) and self._draw(SELDOM):
                holds = BooleanValueNode(value=self._draw(st.booleans()))
                value: ValueNode = holds
                if self._draw(st.booleans()):
                    value = self._variable("Boolean!", holds)
                argument = ArgumentNode(name=NameNode(value="if"), value=value)
                found.append(
                    DirectiveNode(name=NameNode(value=name), arguments=(argument,))
                )
        return found

    def _with_fragment(self, inner: SelectionSetNode, type_: str) -> SelectionSetNode:
        name = NameNode(value=f"F{len(self._fragments)}")
        self._fragments.append(
            FragmentDefinitionNode(
                name=name,
                type_condition=NamedTypeNode(name=NameNode(value=type_)),
                directives=(),
                selection_set=inner,
            )
        )
        spread = FragmentSpreadNode(name=name, directives=())
        kept = inner.selections if self._draw(st.booleans()) else ()
        return SelectionSetNode(selections=(*kept, spread))
