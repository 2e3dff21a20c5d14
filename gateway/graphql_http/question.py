"""Read a question from a body or an address: the right types, and nothing else.

Members we do not know are ignored, as the specification wants it.
"""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.graphql_http.strict_json import Json, StrictJSONError, read_json
from resolvers.documents.documents import Question

MAX_PARAMETERS = 16
"""How many parameters an address may have; five have a meaning."""

T = TypeVar("T")


def question_of_body(body: bytes) -> Question:
    """Return the question in the body of a POST.

    Raises:
        RefusedRequestError: it is no question.
    """
    content = _json(body, "the body")
    if isinstance(content, list):
        raise _bad("a list is no question: ask one question a request")
    if not isinstance(content, dict):
        raise _bad("the body must be a JSON object with a query")
    return question_of(content)


def question_of_address(query_string: bytes) -> Question:
    """Return the question in the address of a GET.

    Raises:
        RefusedRequestError: it is no question.
    """
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        raise _bad(
            f"the address has over {MAX_PARAMETERS} parameters, or is not UTF-8"
        ) from None
    stated: dict[str, Json] = dict(pairs)
    if len(stated) != len(pairs):
        raise _bad("a parameter occurs twice in the address")
    for name in ("variables", "extensions"):
        if text := stated.get(name):
            stated[name] = _json(str(text).encode(), name)
        else:
            stated.pop(name, None)
    return question_of({name: value for name, value in stated.items() if value != ""})


def question_of(stated: Mapping[str, Json]) -> Question:
    """Return the question that an object states.

    Raises:
        RefusedRequestError: it is none.
    """
    question = Question(
        query=_typed(stated, "query", str, "a string"),
        document_id=_typed(stated, "documentId", str, "a string"),
        operation_name=_typed(stated, "operationName", str, "a string"),
        variables=_typed(stated, "variables", dict, "an object") or {},
        extensions=_typed(stated, "extensions", dict, "an object") or {},
    )
    if not (
        question.query
        or question.document_id
        or "persistedQuery" in question.extensions
    ):
        raise _bad("state a query, or a documentId")
    return question


def _typed(
    stated: Mapping[str, Json], name: str, type_: type[T], words: str
) -> T | None:
    """Return a member, ``None`` if it is missing or null."""
    value = stated.get(name)
    if value is None or isinstance(value, type_):
        return value
    raise _bad(f"{name} must be {words} or null")


def _json(text: bytes, place: str) -> Json:
    try:
        return read_json(text)
    except StrictJSONError as error:
        raise _bad(f"{place}: {error}") from None


def _bad(message: str) -> RefusedRequestError:
    return RefusedRequestError(Code.BAD_REQUEST, message)
