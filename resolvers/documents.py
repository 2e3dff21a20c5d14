"""Documents: what a caller may run, parsed, limited and validated once each.

``prepare`` stands between the question as it came over HTTP and its execution. It
refuses with ``RefusedDocumentError`` and nothing else, and returns the document with
what the front door needs to know of it.

Callers without ``schema:read`` run trusted documents only, unless the schema is open
to everybody (the demo). Trusted documents are kept for good. Others are kept while
there is room, by their text and nothing of the caller; what is refused is not kept,
so that bad documents push out no good ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from resolvers.caller import Caller, Scope
from resolvers.cost import Cost, cost_of, in_numbers
from resolvers.errors import RequestError
from resolvers.limits import (
    LimitExceededError,
    Limits,
    require,
    require_small_variables,
)
from resolvers.measures import (
    FRAGMENT_RULES,
    fragments_of,
    require_plain,
    require_small,
)
from resolvers.trusted_documents import by_essence, digest_of, essence_of

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
"""GraphQL's rules and those that Strawberry adds."""

KEPT = 50_000
DOCUMENT_OVERHEAD = 500
"""Room for documents that are not trusted, in characters, and what each takes beside
its own. A parsed character takes up to 200 bytes of memory: 10 MB together."""


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
    asks_about_people: bool
    """Whether it selects holder, holders, certificate or _entities: never by GET."""
    introspects: bool
    """Whether it selects __schema, __type or _service."""
    people: int
    """How many people it asks about at most."""
    cost: int
    """How many values the answer may have, estimated."""
    suggests: bool
    """Whether error messages may suggest names of the schema to this caller."""

    @property
    def kind(self) -> OperationType:
        """Return whether it is a query, a mutation or a subscription."""
        return self.operation.operation


class RefusedDocumentError(Exception):
    """A document is not executed; ``errors`` go to the client as they are."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(*errors)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class _Known:
    """A document that is small and valid, whoever asks."""

    text: str
    document: DocumentNode
    costs: Mapping[str | None, Cost]
    """What each operation asks for, by its name."""


class Documents:
    """Prepares documents against one schema."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        *,
        trusted: Mapping[str, str],
        is_open: bool,
    ) -> None:
        """Read the trusted documents, texts by their digests.

        Raises:
            RefusedDocumentError: one of them is too large or does not fit the schema.
        """
        self._schema = schema
        self._limits = limits
        self._is_open = is_open
        self._trusted = {
            digest: self.read(text, suggests=True) for digest, text in trusted.items()
        }
        self._digests = by_essence(trusted)
        self._longest = max(map(len, trusted.values()), default=0)
        self._others: LRUCache[str, _Known] = LRUCache(KEPT, getsizeof=_room)

    def prepare(self, question: Question, caller: Caller) -> Prepared:
        """Return the document of ``question``, ready to be executed.

        Raises:
            RefusedDocumentError: it is unknown, asks for too much, does not fit the
                schema, or tells the schema to whom it is not told.
        """
        is_free = self._is_open or caller.may(Scope.INTROSPECT)
        try:
            return self._prepare(question, is_free=is_free)
        except GraphQLError as error:
            raise RefusedDocumentError(error) from None

    def read(self, text: str, *, suggests: bool) -> _Known:
        """Parse ``text``, measure it, and compare it with the schema.

        Raises:
            RefusedDocumentError: it is too large or does not fit the schema.
        """
        limits = self._limits
        require(limits, query_bytes=len(text.encode("utf-8", "surrogatepass")))
        document = _parse(text, limits)
        require_plain(document, limits)
        check = partial(
            validate,
            self._schema,
            document,
            max_errors=limits.validation_errors,
            hide_suggestions=not suggests,
        )
        # Before fragments are followed they must lead somewhere, and to an end.
        if errors := check(FRAGMENT_RULES):
            raise RefusedDocumentError(*errors)
        require_small(document, limits)
        if errors := check(RULES):
            raise RefusedDocumentError(*errors)
        fragments = fragments_of(document)
        costs = {
            operation.name.value if operation.name else None: cost_of(
                operation, fragments, self._schema
            )
            for operation in document.definitions
            if isinstance(operation, OperationDefinitionNode)
        }
        return _Known(text, document, costs)

    def _prepare(self, question: Question, *, is_free: bool) -> Prepared:
        limits, variables = self._limits, question.variables
        require_small_variables(variables, limits)
        known = self._known(question, is_free=is_free)
        operation = get_operation_ast(known.document, question.operation_name)
        if operation is None:
            raise RequestError(_no_operation(known, question.operation_name))
        cost = known.costs[operation.name.value if operation.name else None]
        if cost.introspects and not is_free:
            raise RequestError(
                "introspection is off for this caller; it needs schema:read",
                "INTROSPECTION_DISABLED",
            )
        people = in_numbers(cost.people, variables)
        values = in_numbers(cost.values, variables)
        require(limits, people=people, cost=values)
        return Prepared(
            text=known.text,
            document=known.document,
            operation=operation,
            asks_about_people=bool(cost.people),
            introspects=cost.introspects,
            people=people,
            cost=values,
            suggests=is_free,
        )

    def _known(self, question: Question, *, is_free: bool) -> _Known:
        text = question.query
        stated = _stated_digest(question)
        if not text:
            if stated is None:
                raise RequestError("state a query, or a documentId")
            return self._named(stated)
        require(self._limits, query_bytes=len(text))
        digest = digest_of(text)
        if stated not in (None, digest):
            raise RequestError("the query is not the document that its digest names")
        known = self._trusted.get(digest)
        if known is not None:
            return known
        return self._other(text) if is_free else self._spaced(text)

    def _named(self, digest: str) -> _Known:
        known = self._trusted.get(digest)
        if known is None:
            raise RequestError(
                "no trusted document has this digest; send the operator the document "
                "for the manifest (trusted_documents)",
                "UNKNOWN_DOCUMENT",
            )
        return known

    def _spaced(self, text: str) -> _Known:
        """Return the trusted document that ``text`` is but for white space."""
        digest = None
        # What is far longer than any of them is none of them with more white space.
        if len(text) <= 4 * self._longest:
            digest = self._digests.get(essence_of(text) or "")
        if digest is None:
            raise RequestError(
                "this gateway runs trusted documents only, and this is none; send the "
                "operator the document for the manifest (trusted_documents)",
                "UNKNOWN_DOCUMENT",
            )
        return self._trusted[digest]

    def _other(self, text: str) -> _Known:
        known = self._others.get(text)
        if known is None:
            known = self.read(text, suggests=True)
            if _room(known) <= KEPT:
                self._others[text] = known
        return known


def _room(known: _Known) -> int:
    return DOCUMENT_OVERHEAD + len(known.text)


def _parse(text: str, limits: Limits) -> DocumentNode:
    try:
        return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
    except GraphQLSyntaxError as error:
        if "Document contains more than" in error.message:
            excess = LimitExceededError("tokens", limits.tokens + 1, limits.tokens)
            raise excess from None
        if "Document is nested too deeply" in error.message:
            # The parser gives up somewhere beyond two hundred levels.
            excess = LimitExceededError("depth", limits.depth + 1, limits.depth)
            raise excess from None
        raise


def _stated_digest(question: Question) -> str | None:
    """Return the digest that ``question`` names its document by, if it does.

    Raises:
        RequestError: it is written wrongly, or two of them differ.
    """
    digests = set()
    if question.document_id is not None:
        digests.add(question.document_id.removeprefix("sha256:"))
    persisted = question.extensions.get("persistedQuery")
    if persisted is not None:
        digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        if not isinstance(digest, str):
            raise RequestError(
                'extensions.persistedQuery must be {"version": 1, "sha256Hash": "..."}'
            )
        digests.add(digest)
    if len(digests) > 1:
        raise RequestError("documentId and persistedQuery name two documents")
    return digests.pop() if digests else None


def _no_operation(known: _Known, name: str | None) -> str:
    if name is None:
        return f"state operationName; the document has {len(known.costs)} operations"
    return "the document has no operation of the name in operationName"
