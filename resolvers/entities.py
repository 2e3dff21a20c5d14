"""``_entities`` takes what a supergraph's router sends, and nothing else.

Strawberry builds an object of any type that a representation names, and passes its
other entries on as arguments. So each is looked at first: it names an entity, has its
key and nothing more, and the caller may see that type. The document says too little: it
may select nothing of an entity that is found, and learn from ``{}`` that it is there.
"""

from collections.abc import Mapping, Sequence

from graphql import GraphQLSchema, GraphQLUnionType
from strawberry.federation.schema_directives import Key

from bureau.caller import Caller
from resolvers.authorization.permissions import ForbiddenError
from resolvers.authorization.rules import Rules, directives_of
from resolvers.errors import RequestError

UNION = "_Entity"

Keys = Mapping[str, list[frozenset[str]]]
"""By which fields each entity is found."""


def require_entities(
    representations: Sequence[object], keys: Keys, rules: Rules, caller: Caller
) -> None:
    """Refuse representations that are none, or of what ``caller`` may not see.

    Raises:
        RequestError: one is no entity.
        ForbiddenError: ``caller`` lacks a scope that an entity's type needs.
    """
    for representation in representations:
        name = _require_one(representation, keys)
        for rule in rules.of_type(name):
            if not rule.lets_pass(frozenset(caller.scopes)):
                raise ForbiddenError(name, rule)


def _require_one(representation: object, keys: Keys) -> str:
    """Return the type that ``representation`` names."""
    if not isinstance(representation, dict):
        raise RequestError("a representation is no object")
    name = representation.get("__typename")
    if not isinstance(name, str) or name not in keys:
        raise RequestError(f"__typename is none of {', '.join(sorted(keys))}")
    stated = {k: v for k, v in representation.items() if k != "__typename"}
    if frozenset(stated) not in keys[name]:
        words = " or ".join(", ".join(sorted(key)) for key in keys[name])
        raise RequestError(f"a representation of {name} has {words} and nothing else")
    if not all(isinstance(value, str) for value in stated.values()):
        raise RequestError(f"a key of {name} is no text")
    return name


def keys_of(schema: GraphQLSchema) -> Keys:
    """Return the entities of ``schema`` and by what they are found."""
    union = schema.type_map[UNION]
    assert isinstance(union, GraphQLUnionType)  # noqa: S101 - Federation's
    return {
        entity.name: [
            frozenset(str(directive.fields).split())
            for directive in directives_of(entity)
            if isinstance(directive, Key)
        ]
        for entity in union.types
    }
