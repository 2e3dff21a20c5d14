"""Read the older schema, from a file or from a gateway that serves it."""

import http.client
import json
import ssl
import urllib.error
from pathlib import Path

import msgspec
from graphql import GraphQLError, GraphQLSchema, build_schema

from gateway.client import (
    MAX_ANSWER_BYTES,
    GraphError,
    NotAnsweredError,
    address_of,
    opened,
    post,
    read_token,
)
from gateway.errors import StartError
from gateway.unreached import NotReachedError, unreached

SECONDS = 30.0
SERVICE = "query Schema { _service { sdl } }"


class Service(msgspec.Struct, frozen=True):
    """The schema, as a subgraph says it."""

    sdl: str


class Data(msgspec.Struct, frozen=True):
    """The answer's data."""

    service: Service | None = msgspec.field(name="_service", default=None)


class Answer(msgspec.Struct, frozen=True):
    """What a gateway answers."""

    data: Data | None = None
    errors: list[GraphError] = []


def schema_at(
    where: str,
    *,
    token_file: Path | None,
    tls: ssl.SSLContext | None,
    unsafe_plain_http: bool,
) -> GraphQLSchema:
    """Return the schema in a file, or that of the gateway at an address.

    With a token a gateway is asked for it (``_service``, needs ``schema:read``), else
    for its ``/schema.graphql``, which the demo has.

    Raises:
        StartError: there is none to be had, or it is no schema.
    """
    if not where.startswith(("http://", "https://")):
        return read_schema(_file(Path(where)), where)
    given = where.removesuffix("/schema.graphql")
    url = address_of(given, unsafe_plain_http=unsafe_plain_http)
    try:
        if token_file is None:
            return read_schema(_shown(url, tls), where)
        return read_schema(_told(url, read_token(token_file), tls), where)
    except (NotReachedError, NotAnsweredError) as error:
        raise StartError(str(error)) from None


def read_schema(text: str, where: str) -> GraphQLSchema:
    """Return the schema that ``text`` writes in SDL.

    Raises:
        StartError: it writes none.
    """
    try:
        # Directives of Federation are used, and not defined.
        schema = build_schema(text, assume_valid=True, assume_valid_sdl=True)
    except (GraphQLError, TypeError) as error:
        first = str(error).partition("\n")[0]
        raise StartError(f"{where} is no schema in SDL: {first}") from None
    if schema.query_type is None:
        raise StartError(f"{where} is no schema in SDL: it has no type Query")
    return schema


def _file(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{file}: {error}") from None


def _shown(url: str, tls: ssl.SSLContext | None) -> str:
    address = f"{url}/schema.graphql"
    try:
        with opened(address, {}, None, timeout_seconds=SECONDS, tls=tls) as answer:
            return answer.read(MAX_ANSWER_BYTES).decode("utf-8")
    except urllib.error.HTTPError as error:
        error.close()
        raise StartError(
            f"{address} answers {error.code}; with --token-file, of a caller with "
            "schema:read, a gateway in production is asked"
        ) from None
    except urllib.error.URLError as error:
        raise unreached(url, error) from None
    except (OSError, UnicodeDecodeError, http.client.HTTPException) as error:
        raise NotAnsweredError(f"{url} does not answer: {error}") from None


def _told(url: str, token: str, tls: ssl.SSLContext | None) -> str:
    body = json.dumps({"query": SERVICE}).encode()
    status, text = post(url, token, body, timeout_seconds=SECONDS, tls=tls)
    try:
        answer = msgspec.json.decode(text, type=Answer)
    except msgspec.DecodeError:
        raise StartError(f"{url} answers {status}, and no GraphQL") from None
    service = None if answer.data is None else answer.data.service
    if service is None:
        words = "; ".join(error.message for error in answer.errors) or "no schema"
        raise StartError(f"{url} does not show its schema: {words}")
    return service.sdl
