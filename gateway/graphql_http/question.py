"""Read a question from a body or an address: the right types, and nothing else.

Members we do not know are ignored, as the specification wants it.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.graphql_http.strict_json import Json, StrictJSONError, read_json
from resolvers.documents.documents import Question

MAX_PARAMETERS = 16
"""How many parameters an address may have; five have a meaning."""

MEMBERS: Mapping[str, tuple[type, str]] = {
    "query": (str, "a string"),
    "documentId": (str, "a string"),
    "operationName": (str, "a string"),
    "variables": (dict, "an object"),
    "extensions": (dict, "an object"),
}
"""The members of a question that have a meaning, and what each is, or null."""


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
    for name, (type_, words) in MEMBERS.items():
        value = stated.get(name)
        if value is not None and not isinstance(value, type_):
            raise _bad(f"{name} must be {words} or null")
    member: Callable[[str], Any] = stated.get
    question = Question(
        query=member("query"),
        document_id=member("documentId"),
        operation_name=member("operationName"),
        variables=member("variables") or {},
        extensions=member("extensions") or {},
    )
    if not (
        question.query
        or question.document_id
        or "persistedQuery" in question.extensions
    ):
        raise _bad("state a query, or a documentId")
    return question


def _json(text: bytes, place: str) -> Json:
    try:
        return read_json(text)
    except StrictJSONError as error:
        raise _bad(f"{place}: {error}") from None


def _bad(message: str) -> RefusedRequestError:
    return RefusedRequestError(Code.BAD_REQUEST, message)
