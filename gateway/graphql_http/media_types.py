"""Compare media types of questions and answers whole, and never by substring."""

import re
from enum import StrEnum
from functools import lru_cache

from gateway.graphql_http.refusals import Code, RefusedRequestError


class MediaType(StrEnum):
    """A media type of answers."""

    JSON = "application/json"
    """The older one: 200 for every well-formed question, whatever became of it."""
    GRAPHQL_RESPONSE = "application/graphql-response+json"
    """The status says whether the question was executed."""
    EVENT_STREAM = "text/event-stream"
    """Server-sent events, in the distinct connections mode of graphql-sse."""


QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
UTF_8 = frozenset({"utf-8", '"utf-8"'})


# Clients are few kinds of programs, and each sends the same header.
@lru_cache(maxsize=256)
def media_type_of(accept: str) -> MediaType:
    """Return what to answer with; ``accept`` is empty if the header is missing.

    ``application/json`` unless the client names the other one and likes it no less
    (GraphQL over HTTP draft, "Accept"). Events only to whom takes neither.

    Raises:
        RefusedRequestError: the client takes neither.
    """
    if not accept.strip():
        return MediaType.JSON
    given = _ranges(accept)
    wildcard = given.get("application/*", given.get("*/*", 0.0))
    json = given.get(MediaType.JSON, wildcard)
    graphql_response = given.get(MediaType.GRAPHQL_RESPONSE, wildcard)
    if not (json or graphql_response):
        if given.get(MediaType.EVENT_STREAM):
            return MediaType.EVENT_STREAM
        raise RefusedRequestError(
            Code.NOT_ACCEPTABLE,
            f"answers come as {MediaType.GRAPHQL_RESPONSE} or {MediaType.JSON}, events "
            f"as {MediaType.EVENT_STREAM}",
        )
    named = MediaType.GRAPHQL_RESPONSE in given
    if graphql_response > json or (named and graphql_response == json):
        return MediaType.GRAPHQL_RESPONSE
    return MediaType.JSON


def require_events(accept: str) -> None:
    """Refuse to stream to a client that does not say that it reads streams.

    Raises:
        RefusedRequestError: it does not.
    """
    if not _ranges(accept).get(MediaType.EVENT_STREAM):
        raise RefusedRequestError(
            Code.NOT_ACCEPTABLE,
            f"a subscription is answered as {MediaType.EVENT_STREAM}: accept that, or "
            "subscribe over a websocket",
        )


def require_json(content_types: list[str]) -> None:
    """Refuse a body that is not stated to be JSON in UTF-8.

    Raises:
        RefusedRequestError: the header is missing, occurs twice, or says something
            else. A form can say ``text/plain``, ``multipart/form-data`` and
            ``application/x-www-form-urlencoded`` from any page without asking; JSON
            it cannot, which is what keeps other sites out.
    """
    if len(content_types) != 1 or not _is_json(content_types[0]):
        raise RefusedRequestError(
            Code.UNSUPPORTED_MEDIA_TYPE,
            f"send the question as {MediaType.JSON} in UTF-8",
        )


@lru_cache(maxsize=256)
def _is_json(content_type: str) -> bool:
    name, *parameters = _parts(content_type)
    charsets = [p[8:] for p in parameters if p.startswith("charset=")]
    return name == MediaType.JSON and UTF_8.issuperset(charsets)


def _ranges(accept: str) -> dict[str, float]:
    given: dict[str, float] = {}
    for entry in accept.split(","):
        name, *parameters = _parts(entry)
        given[name] = _weight(parameters)
    return given


def _weight(parameters: list[str]) -> float:
    """Return the ``q`` among a range's parameters: 1 if unsaid, 0 if unreadable."""
    weights = [value[2:] for value in parameters if value.startswith("q=")]
    if not weights:
        return 1.0
    return float(weights[0]) if QUALITY.fullmatch(weights[0]) else 0.0


def _parts(entry: str) -> list[str]:
    return [part.strip().lower() for part in entry.split(";")]
