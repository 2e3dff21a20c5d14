"""The client's mistakes, and what a client is shown of ours.

Answers a client must handle are types of the graph. What remains is a
``RequestError`` (its message goes out as it is, with a code) or a bug of ours
(logged with its trace, sent as "Unexpected error.").
"""

import hashlib
import logging

from graphql import FieldNode, GraphQLError

JSON = str | int | list[str]
"""What an error's extensions may say beside its code."""

_logger = logging.getLogger("resolvers.errors")


class RequestError(GraphQLError):
    """The client asked for something that cannot be asked."""

    def __init__(
        self, message: str, code: str = "BAD_USER_INPUT", **more: JSON
    ) -> None:
        self.code = code
        self.more = more
        super().__init__(message, extensions={"code": code, **more})


def store_unavailable() -> RequestError:
    """Return the refusal of what the database could not do."""
    return RequestError(
        "数据库暂不可用，未予办理或结果未知，请重新读取后再试 / the database is away; "
        "the step was not taken, or it is not known: read again, then try again",
        "STORE_UNAVAILABLE",
    )


def is_ours_to_hide(error: GraphQLError) -> bool:
    """Hide everything but request errors and what GraphQL itself found wrong."""
    return error.original_error is not None and not isinstance(
        error.original_error, GraphQLError
    )


def log_bug(error: GraphQLError, operation: str | None = None) -> None:
    """Log the exception behind ``error``, and where in the graph it was raised.

    Never ``error`` itself, which quotes the question. The names of operations and
    the aliases in an error's path are the client's own words and may name a person
    too: an operation is named by a digest, a field by its name in the schema.
    """
    fields = [
        node.name.value for node in error.nodes or () if isinstance(node, FieldNode)
    ]
    digest = hashlib.sha256((operation or "").encode()).hexdigest()[:12]
    _logger.error(
        "a bug in the field %s at depth %d, operation %s",
        fields[0] if fields else "unknown",
        len(error.path or ()),
        digest if operation else "without a name",
        exc_info=error.original_error,
    )
