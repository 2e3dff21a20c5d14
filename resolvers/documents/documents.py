"""Documents: what a caller may run, parsed, limited and validated once each.

``prepare`` stands between the question as it came over HTTP and its execution. It
refuses with ``RefusedDocumentError`` and nothing else, and returns the document with
what the front door needs to know of it.

Callers without ``schema:read`` run trusted documents only, unless the schema is open
to everybody (the demo), or a supergraph's router wrote the document. Trusted documents
are kept for good. Others are kept while there is room, by their text and nothing of the
caller; what is refused is not kept, so that bad documents push out no good ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    strip_ignored_characters,
)

from bureau.caller import Caller, Scope
from resolvers.documents.cost import in_numbers
from resolvers.documents.field_costs import FieldCosts
from resolvers.documents.limits import Limits, require, require_small_variables
from resolvers.documents.trusted import digest_of
from resolvers.documents.validation import (
    RefusedDocumentError,
    ValidDocument,
    read_document,
)
from resolvers.errors import RequestError
from resolvers.plans.plans import Plans

KEPT = 50_000
DOCUMENT_OVERHEAD = 500
"""Room for documents that are not trusted, in characters, and what each takes beside
its own. A parsed character takes up to 200 bytes of memory: 10 MB together."""
SPELLINGS_KEPT = 1_000
"""How many spellings of trusted documents are known again: 64 characters each."""
TRUSTED_KEPT = 100
"""How many trusted documents are known again by another application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as it came over HTTP: types checked, nothing else."""

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
    trusted_as: str | None
    """The digest by which an operator trusts it; ``None`` if none does."""
    document: DocumentNode
    operation: OperationDefinitionNode
    asks_about_people: bool
    """Whether it may name a person, and so must not be an address."""
    introspects: bool
    """Whether it selects __schema, __type or _service."""
    people: int
    """How many people it asks about at most, claims among them."""
    claims: int
    """How many claims it states at most."""
    cost: int
    """How many values the answer may have, estimated."""
    judges_claims: bool
    """Whether a claim is judged, and so earlier payments are asked for."""
    suggests: bool
    """Whether error messages may suggest names of the schema to this caller."""
    plans: Plans
    """How the document's operations are run."""

    @property
    def kind(self) -> OperationType:
        """Return whether it is a query, a mutation or a subscription."""
        return self.operation.operation


@lru_cache(maxsize=4)
def costs_of(schema: GraphQLSchema) -> FieldCosts:
    """Return what fields of ``schema`` cost; read once for all applications."""
    return FieldCosts(schema)


@lru_cache(maxsize=TRUSTED_KEPT)
def _read_once(text: str, costs: FieldCosts, limits: Limits) -> ValidDocument:
    """Read a trusted document for all applications of a process and of its forks."""
    return read_document(text, costs, limits)


@lru_cache(maxsize=TRUSTED_KEPT)
def _stripped_once(text: str) -> str:
    """Return what GraphQL does not ignore of a trusted document, likewise."""
    return strip_ignored_characters(text)


class Documents:
    """Prepares documents against one schema."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, is_open: bool) -> None:
        self._costs = costs_of(schema)
        self._limits = limits
        self._is_open = is_open
        self._trusted: dict[str, ValidDocument] = {}
        self._respaced: dict[str, ValidDocument] = {}
        """The same, by what GraphQL does not ignore of their texts."""
        self._spellings: LRUCache[str, ValidDocument] = LRUCache(SPELLINGS_KEPT)
        """The same, by the digests of spellings that were found to be one of them."""
        self._longest = 0
        self._others: LRUCache[str, ValidDocument] = LRUCache(KEPT, getsizeof=_room)

    @property
    def room_taken(self) -> int:
        """Return how much of the room is taken by documents that are not trusted."""
        return int(self._others.currsize)

    def trust(self, text: str) -> None:
        """Let every caller run ``text``.

        Raises:
            RefusedDocumentError: it is too large or does not fit the schema.
        """
        read = _read_once(text, self._costs, self._limits)
        digest = digest_of(text)
        valid = replace(read, plans=Plans(read.document), trusted_as=digest, ready={})
        self._trusted[digest] = valid
        self._respaced[_stripped_once(text)] = valid
        self._longest = max(self._longest, len(text))

    def prepare(
        self, question: Question, caller: Caller, *, by_router: bool = False
    ) -> Prepared:
        """Return the document of ``question``, ready to be executed.

        What is known to be written by a supergraph's router need not be trusted.

        Raises:
            RefusedDocumentError: it is unknown, asks for too much, does not fit the
                schema, or shows the schema to whom it is not shown.
        """
        is_free = self._is_open or caller.may(Scope.INTROSPECT)
        try:
            return self._prepare(question, is_free=is_free, by_router=by_router)
        except GraphQLError as error:
            raise RefusedDocumentError(error) from None

    def _prepare(
        self, question: Question, *, is_free: bool, by_router: bool
    ) -> Prepared:
        require_small_variables(question.variables, self._limits)
        known = self._known(question, may_be_any=is_free or by_router)
        asked = (question.operation_name, is_free)
        ready: Prepared | None = known.ready.get(asked)
        if ready is not None:
            return ready
        prepared, is_fixed = self._prepared(known, question, is_free=is_free)
        # As many as it has operations, with names and without.
        if is_fixed:
            known.ready[asked] = prepared
        return prepared

    def _prepared(
        self, known: ValidDocument, question: Question, *, is_free: bool
    ) -> tuple[Prepared, bool]:
        """Return a known document prepared, and whether it always is as it is now."""
        limits, variables = self._limits, question.variables
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
        claims = in_numbers(cost.claims, variables)
        values = in_numbers(cost.values, variables)
        require(limits, people=people, claims=claims, cost=values)
        prepared = Prepared(
            text=known.text,
            trusted_as=known.trusted_as,
            document=known.document,
            operation=operation,
            asks_about_people=cost.names_people,
            introspects=cost.introspects,
            people=people + claims,
            claims=claims,
            cost=values,
            judges_claims=cost.judges_claims(variables),
            suggests=is_free,
            plans=known.plans,
        )
        return prepared, cost.is_fixed

    def _known(self, question: Question, *, may_be_any: bool) -> ValidDocument:
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
        return self._other(text) if may_be_any else self._spaced(text, digest)

    def _named(self, digest: str) -> ValidDocument:
        known = self._trusted.get(digest)
        if known is None:
            raise RequestError(
                "no trusted document has this digest; send the operator the document "
                "for the manifest (trusted_documents)",
                "UNKNOWN_DOCUMENT",
            )
        return known

    def _spaced(self, text: str, digest: str) -> ValidDocument:
        """Return the trusted document that ``text`` is but for white space."""
        valid = self._spellings.get(digest)
        if valid is not None:
            return valid
        # What is far longer than any of them is none of them with more white space.
        if len(text) <= 4 * self._longest:
            valid = self._respaced.get(_essence(text))
        if valid is None:
            raise RequestError(
                "this gateway runs trusted documents only, and this is none; send the "
                "operator the document for the manifest (trusted_documents)",
                "UNKNOWN_DOCUMENT",
            )
        self._spellings[digest] = valid
        return valid

    def _other(self, text: str) -> ValidDocument:
        known = self._others.get(text)
        if known is None:
            known = read_document(text, self._costs, self._limits)
            if _room(known) <= KEPT:
                self._others[text] = known
        return known


def _room(known: ValidDocument) -> int:
    return DOCUMENT_OVERHEAD + len(known.text)


def _essence(text: str) -> str:
    try:
        return strip_ignored_characters(text)
    except GraphQLError:
        return ""  # which is no document


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


def _no_operation(known: ValidDocument, name: str | None) -> str:
    if name is None:
        return f"state operationName; the document has {len(known.costs)} operations"
    return "the document has no operation of the name in operationName"
