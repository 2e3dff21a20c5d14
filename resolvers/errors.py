"""The client's mistakes, and what a client is told of ours.

Answers a client must handle are types of the graph. What remains is a
``RequestError`` (its message goes out as it is, with a code) or a bug of ours
(logged in full, sent as "Unexpected error.").
"""

from graphql import GraphQLError

JSON = str | int | list[str]
"""What an error's extensions may say beside its code."""


class RequestError(GraphQLError):
    """The client asked for something that cannot be asked."""

    def __init__(
        self, message: str, code: str = "BAD_USER_INPUT", **more: JSON
    ) -> None:
        self.code = code
        self.more = more
        super().__init__(message, extensions={"code": code, **more})


def is_ours_to_hide(error: GraphQLError) -> bool:
    """Hide everything but request errors and what GraphQL itself found wrong."""
    return error.original_error is not None and not isinstance(
        error.original_error, GraphQLError
    )
