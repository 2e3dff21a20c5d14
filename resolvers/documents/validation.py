"""Read a document: parse it, measure it, and compare it with the schema.

In this order, each step bounding the next: bytes, tokens, what stands in the text,
the fragments' rules, what is selected, all of GraphQL's rules, the cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from resolvers.documents.cost import Cost, cost_of
from resolvers.documents.field_costs import FieldCosts
from resolvers.documents.limits import LimitExceededError, Limits, require
from resolvers.documents.size import (
    FRAGMENT_RULES,
    fragments_of,
    require_plain,
    require_small,
)
from resolvers.plans.plans import Plans

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
"""GraphQL's rules and those that Strawberry adds."""


class RefusedDocumentError(Exception):
    """A document is not executed; ``errors`` go to the client as they are."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ValidDocument:
    """A document within the limits that fits the schema, whoever asks."""

    text: str
    document: DocumentNode
    costs: Mapping[str | None, Cost]
    """What each operation asks for, by its name."""
    plans: Plans
    """How its operations are run."""
    trusted_as: str | None = None
    """The digest by which an operator trusts it; ``None`` if none does."""
    ready: dict[tuple[str | None, bool], Any] = field(
        default_factory=dict, compare=False, repr=False
    )
    """What is prepared of it once for all requests (``Documents.prepare``)."""


def read_document(text: str, costs: FieldCosts, limits: Limits) -> ValidDocument:
    """Read ``text`` for the schema that ``costs`` were read from.

    Raises:
        RefusedDocumentError: it is too large or does not fit the schema.
    """
    try:
        return _read(text, costs, limits)
    except GraphQLError as error:
        raise RefusedDocumentError(error) from None


def _read(text: str, costs: FieldCosts, limits: Limits) -> ValidDocument:
    # Half a character has no UTF-8, and is counted all the same.
    require(limits, query_bytes=len(text.encode("utf-8", "surrogatepass")))
    document = _parse(text, limits)
    require_plain(document, limits)
    check = partial(
        validate, costs.schema, document, max_errors=limits.validation_errors
    )
    # Before fragments are followed they must lead somewhere, and to an end.
    if errors := check(FRAGMENT_RULES):
        raise RefusedDocumentError(*errors)
    require_small(document, limits)
    if errors := check(RULES):
        raise RefusedDocumentError(*errors)
    fragments = fragments_of(document)
    asked = {
        operation.name.value if operation.name else None: cost_of(
            operation, fragments, costs
        )
        for operation in document.definitions
        if isinstance(operation, OperationDefinitionNode)
    }
    return ValidDocument(text, document, asked, Plans(document))


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
