"""A question has the right types, from a body and from an address alike."""

import pytest

from gateway.graphql_http.question import question_of_address, question_of_body
from gateway.graphql_http.refusals import Code, RefusedRequestError
from resolvers.documents.documents import Question


def test_a_body_is_read_whole() -> None:
    body = (
        b'{"query": "q", "operationName": "o", "variables": {"v": 1},'
        b' "extensions": {"e": 2}, "documentId": "sha256:0", "more": 3}'
    )

    assert question_of_body(body) == Question(
        query="q",
        operation_name="o",
        variables={"v": 1},
        extensions={"e": 2},
        document_id="sha256:0",
    )


def test_an_address_is_read_whole() -> None:
    address = (
        b"query=%7B%20a+%7D&operationName=o&variables=%7B%22v%22%3A1%7D"
        b"&extensions=%7B%22e%22%3A2%7D&documentId=sha256%3A0&more=3"
    )

    assert question_of_address(address) == Question(
        query="{ a }",
        operation_name="o",
        variables={"v": 1},
        extensions={"e": 2},
        document_id="sha256:0",
    )


@pytest.mark.parametrize(
    "question",
    [
        question_of_body(
            b'{"query": "q", "operationName": null, "variables": null,'
            b' "extensions": null, "documentId": null}'
        ),
        question_of_address(b"query=q&operationName=&variables=&extensions="),
    ],
    ids=["null in a body", "empty in an address"],
)
def test_what_is_null_is_not_there(question: Question) -> None:
    assert question == Question(query="q")


@pytest.mark.parametrize(
    "body",
    [
        b'{"documentId": "sha256:0"}',
        b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0"}}}',
    ],
    ids=["documentId", "persistedQuery"],
)
def test_a_document_may_be_named(body: bytes) -> None:
    assert question_of_body(body).query is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"null", "must be a JSON object", id="null"),
        pytest.param(b'"query"', "must be a JSON object", id="a string"),
        pytest.param(b"1", "must be a JSON object", id="a number"),
        pytest.param(b'[{"query": "q"}]', "one question a request", id="array batch"),
        pytest.param(b"{}", "state a query", id="nothing"),
        pytest.param(b'{"query": ""}', "state a query", id="an empty query"),
        pytest.param(b'{"query": 7}', "query must be a string", id="query"),
        pytest.param(
            b'{"query": "q", "operationName": []}',
            "operationName must be a string",
            id="operationName",
        ),
        pytest.param(
            b'{"query": "q", "variables": "{}"}',
            "variables must be an object",
            id="variables",
        ),
        pytest.param(
            b'{"query": "q", "extensions": [1]}',
            "extensions must be an object",
            id="extensions",
        ),
        pytest.param(
            b'{"query": "q", "documentId": 1}',
            "documentId must be a string",
            id="documentId",
        ),
        pytest.param(b'{"query": "q"', "the body: no JSON", id="half a body"),
    ],
)
def test_a_body_that_is_no_question_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(RefusedRequestError, match=reason) as refused:
        question_of_body(body)

    assert refused.value.code is Code.BAD_REQUEST


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        pytest.param(b"query=", "state a query", id="an empty query"),
        pytest.param(b"query=a&query=b", "occurs twice", id="a parameter twice"),
        pytest.param(b"query=%FF", "not UTF-8", id="no UTF-8"),
        pytest.param(b"query=\xff", "not UTF-8", id="no ASCII"),
        pytest.param(b"a=1&" * 17, "over 16 parameters", id="too many parameters"),
        pytest.param(b"query=q&variables=1", "an object", id="variables a number"),
        pytest.param(b"query=q&variables=%5B%5D", "an object", id="variables a list"),
        pytest.param(b"query=q&variables=x", "variables: no JSON", id="no JSON"),
        pytest.param(b"query=q&extensions=1", "an object", id="extensions a number"),
        pytest.param(
            b"query=q&extensions=%7B%22a%22%3A1%2C%22a%22%3A1%7D",
            "occurs twice",
            id="a key twice",
        ),
    ],
)
def test_an_address_that_is_no_question_is_refused(address: bytes, reason: str) -> None:
    with pytest.raises(RefusedRequestError, match=reason) as refused:
        question_of_address(address)

    assert refused.value.code is Code.BAD_REQUEST
