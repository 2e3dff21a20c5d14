"""Limit how much one question asks for; a refusal says what was too much.

Every limit is checked before what it protects: bytes and tokens before parsing, the
shape of the fragments before anything follows them, counts before validation (which
is quadratic in repeated fields), cost and people before execution. Nothing is ever
expanded to be counted (``resolvers/documents/size.py``).
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from resolvers.errors import RequestError

Count = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
LARGEST_SHOWN = 1_000_000_000
"""A fragment bomb has more selections than a JSON number holds; shown as this many."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The most that one question may have."""

    query_bytes: Count = 20_000
    """Bytes of the document's text."""
    tokens: Count = 2_000
    """Lexical tokens of the document, and likewise comments."""
    operations: Count = 10
    """Operations in the document."""
    fragments: Count = 50
    """Fragment definitions in the document."""
    directives: Count = 50
    """Directives in the document."""
    directives_per_location: Count = 5
    """Directives at one place."""
    input_depth: Count = 8
    """Levels of lists and objects in an argument, a variable or a variable's type."""
    depth: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20
    """Levels of selections; a fragment is a level, too."""
    selections: Count = 1_500
    """Fields and fragments selected, each fragment counted wherever it is used."""
    field_pairs: Count = 2_000
    """Pairs of selections of one response name in one place."""
    aliases: Count = 50
    """Aliases in one operation, through fragments."""
    root_fields: Count = 30
    """Fields at an operation's root, through fragments."""
    variable_values: Count = 5_000
    """Values in the variables: scalars, lists and objects together."""
    people: Count = 100
    """People one question asks about, through aliases and lists."""
    claims: Count = 500
    """Claims one question has verified, through aliases and lists."""
    cost: Count = 200_000
    """Values in the largest answer to be expected."""
    validation_errors: Count = 10
    """Errors reported of one document."""


class LimitExceededError(RequestError):
    """A question asks for more than it may."""

    def __init__(self, limit: str, found: int, allowed: int) -> None:
        found = min(found, LARGEST_SHOWN)
        super().__init__(
            f"{_WORDS[limit].format(found=found)}, at most {allowed} allowed; "
            f"{_REMEDIES[limit]}",
            "LIMIT_EXCEEDED",
            limit=limit,
            found=found,
            allowed=allowed,
        )


def require(limits: Limits, **found: int) -> None:
    """Compare what was found with the limits of the same names.

    Raises:
        LimitExceededError: something is over its limit; the first is reported.
    """
    for limit, count in found.items():
        allowed: int = getattr(limits, limit)
        if count > allowed:
            raise LimitExceededError(limit, count, allowed)


def require_small_variables(variables: Mapping[str, object], limits: Limits) -> None:
    """Count the values of the variables and their levels.

    Raises:
        LimitExceededError: there are too many of either.
    """
    level: list[object] = list(variables.values())
    count, depth = len(level), 0
    while level:
        require(limits, variable_values=count)
        holding = [value for value in level if isinstance(value, dict | list)]
        if holding:
            depth += 1
            require(limits, input_depth=depth)
        level = []
        for value in holding:
            level += value.values() if isinstance(value, dict) else value
        count += len(level)


_WORDS: Mapping[str, str] = {
    "query_bytes": "the document has {found} bytes",
    "tokens": "the document has at least {found} tokens or comments",
    "operations": "the document has {found} operations",
    "fragments": "the document defines {found} fragments",
    "directives": "the document has {found} directives",
    "directives_per_location": "{found} directives stand at one place",
    "input_depth": "an input value or type is nested at least {found} levels deep",
    "depth": "selections are nested at least {found} levels deep",
    "selections": "{found} fields and fragments are selected, all fragments followed",
    "field_pairs": "{found} pairs of selections have one response name in one place",
    "aliases": "one operation has {found} aliases, all fragments followed",
    "root_fields": "one operation has {found} root fields, all fragments followed",
    "variable_values": "the variables hold at least {found} values",
    "people": "the question is about {found} people",
    "claims": "the question has {found} claims",
    "cost": "the answer may have {found} values",
}
_REMEDIES: Mapping[str, str] = {
    "query_bytes": "use variables for values, or send several documents",
    "tokens": "use variables for values, or send several documents",
    "operations": "send the operation that is meant alone",
    "fragments": "send the operation that is meant alone, or merge fragments",
    "directives": "leave out what the directives leave out",
    "directives_per_location": "one @include or @skip decides",
    "input_depth": "no argument of the schema needs as many",
    "depth": "no answer of the schema needs as many",
    "selections": "select less, or ask in several questions",
    "field_pairs": "select each field once",
    "aliases": "ask about several people with holders(people:)",
    "root_fields": "ask in several questions",
    "variable_values": "ask in several questions",
    "people": "ask in several questions",
    "claims": "ask in several questions",
    "cost": "ask about fewer people, state a smaller first, or select fewer fields",
}
