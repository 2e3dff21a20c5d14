"""Documents: what a caller may run, parsed, limited and validated once each.

``prepare`` stands between the question as it came over HTTP and its execution. It
refuses with ``RefusedDocumentError`` and nothing else, and returns the document with
what the front door needs to know of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension

from resolvers.caller import Caller
from resolvers.errors import RequestError


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What came over HTTP: types checked, nothing else."""

    query: str | None = None
    document_id: str | None = None
    """``documentId`` of the GraphQL over HTTP draft: ``sha256:`` and the digest."""
    operation_name: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    extensions: Mapping[str, object] = field(default_factory=dict)
    """``persistedQuery.sha256Hash`` names a document, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document that may be executed, and one of its operations."""

    text: str
    document: DocumentNode
    operation: OperationDefinitionNode
    kind: OperationType
    asks_about_people: bool
    """Whether it selects holder, holders, certificate or _entities: never by GET."""
    introspects: bool
    """Whether it selects __schema, __type or _service."""
    people: int
    """About how many people it asks at most."""
    cost: int
    """How many values the answer may have, estimated."""
    suggests: bool
    """Whether error messages may suggest names of the schema to this caller."""


class RefusedDocumentError(Exception):
    """A document is not executed; ``errors`` go to the client as they are."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(*errors)
        self.errors = errors


class Documents:
    """Prepares documents against one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema

    def prepare(self, question: Question, caller: Caller) -> Prepared:  # noqa: ARG002
        """Return the document of ``question``, ready to be executed.

        Raises:
            RefusedDocumentError: it is unknown, too large, or does not fit the schema.
        """
        if not question.query:
            raise RefusedDocumentError(RequestError("state a query"))
        try:
            document = parse(question.query)
        except GraphQLError as error:
            raise RefusedDocumentError(error) from None
        if errors := validate(self._schema, document):
            raise RefusedDocumentError(*errors)
        operation = next(
            node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        )
        return Prepared(
            text=question.query,
            document=document,
            operation=operation,
            kind=operation.operation,
            asks_about_people="holder" in question.query,
            introspects="__schema" in question.query,
            people=0,
            cost=0,
            suggests=True,
        )


class ExecutePrepared(SchemaExtension):
    """Lets Strawberry execute ``context.prepared`` without parsing it again."""

    def on_parse(self) -> Iterator[None]:
        """Hand over the document."""
        prepared = getattr(self.execution_context.context, "prepared", None)
        if prepared is not None:
            self.execution_context.graphql_document = prepared.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Say that it was validated."""
        prepared = getattr(self.execution_context.context, "prepared", None)
        if prepared is not None:
            self.execution_context.pre_execution_errors = []
        yield
