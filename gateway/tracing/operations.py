"""What is told of a GraphQL operation, to traces and to logs: never its text.

A document may have a person in it, and so may a name in it: ``query Q310101…``. Names
are told of trusted documents, which the operator has read; others are told apart by the
digests of their texts.
"""

from connectors.spans import Attributes
from resolvers.documents.documents import Prepared
from resolvers.documents.trusted import digest_of


def name_of(prepared: Prepared) -> str | None:
    """Return the operation's name, if its document is trusted and it has one."""
    name = prepared.operation.name
    return None if name is None or prepared.trusted_as is None else name.value


def digest(prepared: Prepared) -> str:
    """Return the SHA-256 of the document's text."""
    return prepared.trusted_as or digest_of(prepared.text)


def described(prepared: Prepared) -> Attributes:
    """Return the attributes of an operation's span."""
    told: dict[str, str | int] = {
        "graphql.operation.type": prepared.kind.value,
        "gateway.document.sha256": digest(prepared),
        "gateway.people": prepared.people,
        "gateway.values": prepared.cost,
    }
    if (name := name_of(prepared)) is not None:
        told["graphql.operation.name"] = name
    return told
