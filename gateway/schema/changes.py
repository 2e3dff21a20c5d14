"""What changed between two schemas, and which documents in use it touches."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import (
    BreakingChange,
    DangerousChange,
    DocumentNode,
    GraphQLSchema,
    parse,
    specified_rules,
    validate,
)
from graphql.utilities import find_schema_changes

from gateway.schema.in_use import InUse
from gateway.schema.used import Older


@dataclass(frozen=True, slots=True)
class Change:
    """One change, and the documents that it touches."""

    type: str
    """As graphql-core names it, ``FIELD_REMOVED`` for one."""
    words: str
    is_breaking: bool
    """Whether a client can fail by it; else what is answered may surprise it."""
    touches: tuple[InUse, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An older schema, compared with a newer one."""

    changes: tuple[Change, ...]
    documents: tuple[InUse, ...]
    unfit: tuple[InUse, ...]
    """Documents that do not fit the newer schema, since whenever."""

    @property
    def breaks_clients(self) -> bool:
        """Whether a breaking change touches a document in use."""
        return any(one.is_breaking and one.touches for one in self.changes)

    @property
    def is_breaking(self) -> bool:
        """Whether there is a breaking change, whoever uses it."""
        return any(one.is_breaking for one in self.changes)


def compare(
    old: GraphQLSchema, new: GraphQLSchema, documents: Sequence[InUse]
) -> Comparison:
    """Compare two schemas, and each change with ``documents``."""
    older = Older(old, new)
    parsed = {one: parse(one.text, no_location=True) for one in documents}
    touched = {one: _found(older.used_by(node), new) for one, node in parsed.items()}
    changes = [
        Change(
            type=change.type.name,
            words=change.description,
            is_breaking=isinstance(change, BreakingChange),
            touches=tuple(one for one in documents if change in touched[one]),
        )
        for change in _found(old, new)
    ]
    return Comparison(
        changes=tuple(sorted(changes, key=lambda one: not one.is_breaking)),
        documents=tuple(documents),
        unfit=tuple(one for one, node in parsed.items() if not _fits(node, new)),
    )


def _found(
    old: GraphQLSchema, new: GraphQLSchema
) -> list[BreakingChange | DangerousChange]:
    return [
        change
        for change in find_schema_changes(old, new)
        if isinstance(change, BreakingChange | DangerousChange)
    ]


def _fits(document: DocumentNode, schema: GraphQLSchema) -> bool:
    return not validate(schema, document, specified_rules, max_errors=1)
