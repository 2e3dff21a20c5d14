"""Read what Strawberry made a type or a field of, as far as a plan relies on it."""

import keyword
from typing import TypeGuard

from graphql import GraphQLAbstractType, GraphQLField, GraphQLObjectType
from strawberry.types.field import StrawberryField

STRAWBERRY = "strawberry-definition"
"""Under this name graphql-core's types know what Strawberry made them of."""


class NoPlanError(Exception):
    """The operation has something that only graphql-core does."""


def strawberry_field(definition: GraphQLField) -> StrawberryField:
    """Return what Strawberry made ``definition`` of.

    Raises:
        NoPlanError: it is not Strawberry's, or more than its resolver runs.
    """
    field_ = definition.extensions.get(STRAWBERRY)
    if not isinstance(field_, StrawberryField) or field_.extensions:
        raise NoPlanError
    return field_


def attribute_of(field_: StrawberryField) -> str:
    """Return the attribute that ``field_`` shows.

    Raises:
        NoPlanError: its name is none that source text can have.
    """
    name = field_.python_name
    if not name.isidentifier() or keyword.iskeyword(name):
        raise NoPlanError
    return name


def origin_of(type_: GraphQLObjectType | GraphQLAbstractType) -> type | None:
    """Return the class whose objects are of ``type_``; ``None`` for a union."""
    return getattr(type_.extensions.get(STRAWBERRY), "origin", None)


def is_phrase(type_: object) -> TypeGuard[GraphQLObjectType]:
    """Say whether objects of ``type_`` are phrases (see ``phrases``)."""
    if not isinstance(type_, GraphQLObjectType):
        return False
    return getattr(origin_of(type_), "is_phrase", False)


def beyond(type_: GraphQLObjectType) -> frozenset[str]:
    """Return the fields of a phrase's type that are no part of it, as ``Type.field``.

    An object that shows one of them is nobody else's.
    """
    named: frozenset[str] = getattr(origin_of(type_), "beyond", frozenset())
    return named
