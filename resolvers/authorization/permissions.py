"""Refuse a document before anything of it runs, if its caller may not ask all of it.

The validated document is walked once, with its fragments. A field counts wherever it
stands: under an alias, in a fragment of any type condition, behind ``@skip`` or
``@include``. A field of an interface is under the rules of the interface and of every
type that could answer there; so is ``__typename``, which shows that there is
something. ``__schema`` and ``__type`` are left to what guards introspection.

What comes out depends on the document and the caller's scopes alone. That a document
is allowed is kept, by digest; a refusal is not, since it holds the document.
"""

from collections.abc import Callable, Iterator

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_operation_ast,
    is_composite_type,
    print_ast,
    validate,
)
from strawberry.extensions import SchemaExtension

from bureau.caller import Caller, Scope
from resolvers.authorization.rules import NOBODY, Rule, Rules
from resolvers.context import RequestContext

ROOM = 1_000_000
ALLOWED_OVERHEAD = 500
"""Room for documents that are known to be allowed for a set of scopes, in characters,
and what each takes beside its text."""


class ForbiddenError(GraphQLError):
    """The caller lacks scopes that a field of its document needs."""

    def __init__(
        self,
        place: str,
        rule: Rule,
        node: FieldNode | None = None,
        path: tuple[str, ...] | None = None,
    ) -> None:
        needed = sorted(sorted(scopes) for scopes in rule.any_of)
        words = " or ".join(" and ".join(scopes) for scopes in needed)
        if rule == NOBODY:
            needed, words = [], "a rule, which is not declared"
        super().__init__(
            f"{place} needs {words}",
            nodes=node,
            path=path,
            extensions={"code": "FORBIDDEN", "requiredScopes": needed},
        )


Asked = tuple[str, str | None, frozenset[Scope]]
"""What a verdict depends on: a document, an operation's name, and scopes."""
Path = tuple[str, ...]
Names = frozenset[str]


class Permissions:
    """The permissions of a schema's callers."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.rules = Rules(schema)
        self._schema = schema
        self._allowed: LRUCache[Asked, int] = LRUCache(ROOM, getsizeof=int)

    def refusals(
        self, document: DocumentNode, operation_name: str | None, caller: Caller
    ) -> list[GraphQLError]:
        """Return why ``caller`` may not ask ``document``; nothing if it may.

        ``document`` must be valid. Each rule that is not kept is named once, with the
        first field that is under it.
        """
        text = document.loc.source.body if document.loc else print_ast(document)
        asked = (text, operation_name, caller.scopes)
        if asked in self._allowed:
            return []
        refusals = self._walk(document, operation_name, caller)
        room = ALLOWED_OVERHEAD + len(text)
        if not refusals and room <= ROOM:
            self._allowed[asked] = room
        return refusals

    def _walk(
        self, document: DocumentNode, operation_name: str | None, caller: Caller
    ) -> list[GraphQLError]:
        operation = get_operation_ast(document, operation_name)
        # Where the operation is not clear, nothing will run: all are looked at.
        operations = [operation] if operation else _operations(document)
        walk = _Walk(self._schema, self.rules, document, frozenset(caller.scopes))
        for asked in operations:
            root = self._schema.get_root_type(asked.operation)
            if root is not None:
                walk.into(asked.selection_set, root, frozenset({root.name}), ())
        return walk.refusals


class _Walk:
    """One walk through a document for one set of scopes."""

    def __init__(
        self,
        schema: GraphQLSchema,
        rules: Rules,
        document: DocumentNode,
        scopes: frozenset[str],
    ) -> None:
        self.refusals: list[GraphQLError] = []
        self._schema = schema
        self._rules = rules
        self._scopes = scopes
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        # What a fragment needs depends on what could answer there. Each is walked
        # once a set of such types, so that spreads of spreads cost nothing.
        self._walked: set[tuple[str, Names]] = set()
        self._refused: set[Rule] = set()
        self._found: dict[tuple[str, Names, str], tuple[Rule, ...]] = {}

    def into(
        self,
        selections: SelectionSetNode,
        parent: GraphQLCompositeType,
        possible: Names,
        path: Path,
    ) -> None:
        """Look at every selection on ``parent``, where ``possible`` types answer."""
        for node in selections.selections:
            if isinstance(node, FieldNode):
                self._field(node, parent, possible, path)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                on = parent if condition is None else self._type(condition.name.value)
                self.into(node.selection_set, on, possible & self._names(on), path)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                on = self._type(fragment.type_condition.name.value)
                narrowed = possible & self._names(on)
                if (node.name.value, narrowed) not in self._walked:
                    self._walked.add((node.name.value, narrowed))
                    self.into(fragment.selection_set, on, narrowed, path)

    def _field(
        self,
        node: FieldNode,
        parent: GraphQLCompositeType,
        possible: Names,
        path: Path,
    ) -> None:
        name = node.name.value
        if name in ("__schema", "__type"):
            return
        here = (*path, (node.alias or node.name).value)
        place = f"{parent.name}.{name}"
        for rule in self._rules_of(parent, possible, name):
            if rule not in self._refused and not rule.lets_pass(self._scopes):
                self._refused.add(rule)
                self.refusals.append(ForbiddenError(place, rule, node, here))
        if node.selection_set is None or isinstance(parent, GraphQLUnionType):
            return
        returned = get_named_type(parent.fields[name].type)
        assert is_composite_type(returned)  # noqa: S101 - a valid document
        self.into(node.selection_set, returned, self._names(returned), here)

    def _rules_of(
        self, parent: GraphQLCompositeType, possible: Names, name: str
    ) -> tuple[Rule, ...]:
        """Return the rules of a field, whichever of ``possible`` answers it."""
        key = (parent.name, possible, name)
        found = self._found.get(key)
        if found is None:
            types = [parent, *(self._type(other) for other in sorted(possible))]
            rules = (rule for type_ in types for rule in self._rules_on(type_, name))
            # Without repetitions, in an order that does not change.
            found = self._found[key] = tuple(dict.fromkeys(rules))
        return found

    def _rules_on(self, type_: GraphQLCompositeType, name: str) -> tuple[Rule, ...]:
        if name == "__typename":
            return self._rules.of_type(type_.name)
        if isinstance(type_, GraphQLUnionType):
            return ()
        return self._rules.of_field(type_, name)

    def _type(self, name: str) -> GraphQLCompositeType:
        type_ = self._schema.type_map[name]
        assert is_composite_type(type_)  # noqa: S101 - a valid document
        return type_

    def _names(self, type_: GraphQLCompositeType) -> Names:
        """Return the object types that ``type_`` may turn out to be."""
        if isinstance(type_, GraphQLObjectType):
            return frozenset({type_.name})
        return frozenset(t.name for t in self._schema.get_possible_types(type_))


class CheckPermissions(SchemaExtension):
    """Puts the refusals where validation puts its own: nothing runs after them.

    It stands last, so that no other validation can take its verdict away.
    """

    def __init__(self, permissions: Callable[[], Permissions]) -> None:
        super().__init__()
        self._permissions = permissions

    def on_validate(self) -> Iterator[None]:
        """Validate where nobody did yet, then look at what is valid."""
        context = self.execution_context
        document = context.graphql_document
        assert document is not None  # noqa: S101 - it has been parsed
        if context.pre_execution_errors is None:
            context.pre_execution_errors = validate(
                context.schema._schema,  # noqa: SLF001 - as Strawberry's own do
                document,
                context.validation_rules,
            )
        if not context.pre_execution_errors:
            request: RequestContext = context.context
            context.pre_execution_errors = self._permissions().refusals(
                document, context.operation_name, request.caller
            )
        yield


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
