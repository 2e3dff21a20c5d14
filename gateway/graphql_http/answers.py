"""Answers as HTTP has them: a status, a media type, one shape for every refusal.

``application/json`` has 200 for every well-formed question, as its readers expect;
``application/graphql-response+json`` has 200 only for what was executed, and 503 where
nothing of that was answered since the database is away. What HTTP refuses has its own
status in both.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import orjson
import structlog
from graphql import ExecutionResult
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.callers.challenge import insufficient_scope
from gateway.graphql_http.media_types import MediaType
from gateway.graphql_http.refusals import STATUSES, RefusedRequestError
from gateway.graphql_http.security_headers import GUARDS
from gateway.request_state import request_id_of
from resolvers.documents.validation import RefusedDocumentError
from resolvers.execution.execute import UNEXPECTED, Shown, shown

HTTP_OK = 200
_logger = structlog.get_logger("gateway.graphql_http")

REFUSED_STATUSES: Mapping[str, int] = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "INTROSPECTION_DISABLED": 403,
    "PEOPLE_BUDGET_EXCEEDED": 429,
    "INTERNAL_SERVER_ERROR": 500,
}
"""Statuses of questions that were not executed, where 400 would not say enough."""
AWAY = frozenset({"AUDIT_UNAVAILABLE", "STORE_UNAVAILABLE"})
"""Codes of what may be answered in a while."""
AWAY_STATUS, AWAY_HEADERS = 503, {"Retry-After": "5"}
CONTENT_TYPES: Mapping[MediaType, bytes] = {
    # JSON has no other encoding, yet the audit's readers look for it.
    media_type: f"{media_type}; charset=utf-8".encode()
    for media_type in MediaType
}


class Attested(NamedTuple):
    """A receipt, as ``extensions.receipt`` has it, and the headers that tell of it."""

    jws: bytes
    salt: bytes
    """In base64url, as the parts of ``jws`` are."""
    headers: Mapping[str, str]


Attest = Callable[[bytes, bytes | None], Awaitable[Attested | None]]
"""Makes the receipt of an answer by the bytes of its data and errors; ``None`` if it
cannot. It does not raise; it may wait for who keeps the key, which has a bound."""


class Answer:
    """One JSON body, sent at once; Starlette's response does more than is needed."""

    def __init__(
        self,
        body: bytes,
        status: int,
        media_type: MediaType,
        headers: Mapping[str, str] | None,
    ) -> None:
        self._body = body
        self._status = status
        self._headers = [
            (b"content-length", b"%d" % len(body)),
            (b"content-type", CONTENT_TYPES[media_type]),
        ]
        for name, value in (headers or {}).items():
            self._headers.append((name.lower().encode(), value.encode("latin-1")))

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        await send(
            {
                "type": "http.response.start",
                "status": self._status,
                "headers": self._headers,
            }
        )
        await send({"type": "http.response.body", "body": self._body})


async def executed(
    result: ExecutionResult,
    media_type: MediaType,
    operation: str | None = None,
    attest: Attest | None = None,
) -> Answer:
    """Return the answer to a question that was executed, errors included.

    A stream of events has no receipt: its reader is not told where an event's bytes
    begin and end.
    """
    errors = [shown(error, operation) for error in result.errors or ()]
    body: dict[str, object] = {"errors": errors} if errors else {}
    body["data"] = result.data
    headers: dict[str, str] = {}
    written: bytes | None = None
    if attest is not None and media_type is not MediaType.EVENT_STREAM:
        written = await _attach(body, headers, attest)
    status = HTTP_OK
    if errors and _is_away(result.data, errors):
        headers |= AWAY_HEADERS
        status = AWAY_STATUS if media_type is MediaType.GRAPHQL_RESPONSE else HTTP_OK
    if written is not None:
        return Answer(written, status, media_type, headers)
    return _response(body, status, media_type, headers)


async def _attach(
    body: dict[str, object], headers: dict[str, str], attest: Attest
) -> bytes:
    """Return an answer with its receipt, each part written once for both.

    Answers that are ready in one turn of the loop get their receipts one after another
    in the next, and go out in the one after it: a signature in between other work finds
    nothing of what it needs near the processor, and takes twice as long with all of it.
    """
    data = orjson.dumps(body["data"])
    errors = orjson.dumps(body["errors"]) if "errors" in body else None
    await _next_turn()
    attested = await attest(data, errors)
    await _next_turn()
    parts = [b'{"data":' if errors is None else b'{"errors":%b,"data":' % errors, data]
    if attested is not None:
        # Neither has what JSON would have to escape.
        parts += (
            *(b',"extensions":{"receipt":{"jws":"', attested.jws),
            *(b'","salt":"', attested.salt, b'"}}'),
        )
        headers.update(attested.headers)
    parts.append(b"}")
    return b"".join(parts)


async def _next_turn() -> None:
    """Let everybody else who is ready go before."""
    await asyncio.sleep(0)


def _is_away(data: Mapping[str, object] | None, errors: Sequence[Shown]) -> bool:
    """Say whether nothing was answered, and all of it since the database is away."""
    if any(error["extensions"]["code"] not in AWAY for error in errors):
        return False
    refused = {error["path"][0] for error in errors if error.get("path")}
    return all(
        name in refused and _says_nothing(value) for name, value in (data or {}).items()
    )


def _says_nothing(value: object) -> bool:
    """Say whether there is nothing but ``null``; an empty list says something."""
    if isinstance(value, dict):
        return all(map(_says_nothing, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(_says_nothing, value))
    return value is None


def not_executed(refused: RefusedDocumentError, media_type: MediaType) -> Answer:
    """Return the answer to a question that GraphQL refuses: it has no ``data``."""
    errors = [shown(error) for error in refused.errors]
    code = errors[0]["extensions"]["code"]
    status = HTTP_OK
    if media_type is MediaType.GRAPHQL_RESPONSE:
        status = REFUSED_STATUSES.get(code, 400)
    headers = None
    if code == "FORBIDDEN" and status != HTTP_OK:
        headers = insufficient_scope(
            error["extensions"].get("requiredScopes", []) for error in errors
        )
    return _response({"errors": errors}, status, media_type, headers)


def refused(refusal: RefusedRequestError) -> Answer:
    """Return the answer to a request that HTTP refuses, in the shape of GraphQL's."""
    error: Shown = {"message": str(refusal), "extensions": {"code": refusal.code}}
    status = STATUSES[refusal.code]
    return _response({"errors": [error]}, status, MediaType.JSON, refusal.headers)


async def unexpected(request: Request, error: Exception) -> Response:
    """Log a bug of ours that left no answer, and return one."""
    # The request's own log context has ended already.
    request_id = request_id_of(request.scope)
    _logger.error("a bug outside the graph", request_id=request_id, exc_info=error)
    code = "INTERNAL_SERVER_ERROR"
    bug: Shown = {"message": UNEXPECTED, "extensions": {"code": code}}
    # It is made outside all middleware, so it brings the headers itself.
    headers = {name.decode(): value.decode() for name, value in GUARDS.items()}
    if request_id is not None:
        headers["X-Request-Id"] = request_id
    headers["Content-Type"] = CONTENT_TYPES[MediaType.JSON].decode()
    return Response(orjson.dumps({"errors": [bug]}), 500, headers)


def _response(
    body: object,
    status: int,
    media_type: MediaType,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    if media_type is MediaType.EVENT_STREAM:
        # Whoever reads a stream reads no status, says graphql-sse.
        return Answer(next_event(body) + COMPLETE, HTTP_OK, media_type, headers)
    return Answer(orjson.dumps(body), status, media_type, headers)


COMPLETE = b"event: complete\ndata:\n\n"


def next_event(body: object, id_: str | None = None) -> bytes:
    """Return an execution's result as a server-sent event."""
    name = b"" if id_ is None else b"id: %s\n" % id_.encode()
    return b"event: next\n%sdata: %s\n\n" % (name, orjson.dumps(body))
