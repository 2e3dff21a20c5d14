"""Refuse in an address what asks about people, or changes something.

Addresses are written to logs, kept in histories and sent on as referrers, here and
by every proxy on the way.
"""

from graphql import OperationType

from gateway.graphql_http.refusals import Code, RefusedRequestError
from resolvers.documents.documents import Prepared

POST_ONLY = {"Allow": "POST"}


def require_safe(prepared: Prepared) -> None:
    """Refuse by GET what has to come by POST.

    The person has been named in the address by then; what a refusal keeps out is the
    habit.

    Raises:
        RefusedRequestError: it changes something, or asks about people.
    """
    if prepared.kind is not OperationType.QUERY:
        raise RefusedRequestError(
            Code.METHOD_NOT_ALLOWED, f"send a {prepared.kind.value} by POST", POST_ONLY
        )
    if prepared.asks_about_people:
        raise RefusedRequestError(
            Code.METHOD_NOT_ALLOWED,
            "ask about people by POST: addresses are logged and kept",
            POST_ONLY,
        )
