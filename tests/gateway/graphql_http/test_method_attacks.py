"""Methods and addresses: nothing about people by GET, and nothing for other sites."""

from urllib.parse import urlencode

import pytest
from graphql import FieldNode, OperationDefinitionNode, build_schema, parse

from bureau.caller import Caller
from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.graphql_http.safe_methods import require_safe
from resolvers.documents.documents import Documents, Question
from resolvers.documents.limits import Limits
from resolvers.schema import schema
from tests.gateway.graphql_http.wire import ANSWERED, PING, Answer, ask
from tests.running import Agencies, Gateway

IMPERSONAL = {
    "catalogue": "{ catalogue { __typename } }",
    "policy": "{ policy { notice } }",
    "agencies": "{ agencies { id } }",
    "eventCursors": "{ eventCursors { __typename } }",
    "transparencyLog": "{ transparencyLog { __typename } }",
    "_service": "{ _service { __typename } }",
}
OF_REGISTRATIONS = {
    "recoveries": "{ recoveries { __typename } }",
    "recovery": '{ recovery(id: "x") { __typename } }',
    "totals": '{ totals(from: "2026-01-01", to: "2026-01-31", by: MONTH) '
    "{ __typename } }",
    "decision": '{ decision(claim: "c") { __typename } }',
    "claimDistrict": '{ claimDistrict(claim: "c") { __typename } }',
    "openCorrections": "{ openCorrections { __typename } }",
    "connectors": "{ connectors { id } }",
    "connector": '{ connector(id: "x") { id } }',
    "sanctions": "{ sanctions { id } }",
    "sanctionProposals": "{ sanctionProposals { id } }",
}
"""About nobody, and not for this caller."""
ABOUT_PEOPLE = {
    "holder": '{ holder(idNumber: "x") { __typename } }',
    "holders": "{ holders(people: []) { __typename } }",
    "verifyClaims": "{ verifyClaims(claims: []) { __typename } }",
    "certificate": '{ certificate(id: "x") { __typename } }',
    "certificateByLicenceId": '{ certificateByLicenceId(licenceId: "x") '
    "{ __typename } }",
    "node": '{ node(id: "x") { __typename } }',
    "nodes": "{ nodes(ids: []) { __typename } }",
    "auditRecords": "{ auditRecords { __typename } }",
    "decisions": "{ decisions { __typename } }",
    "previewDecision": """{ previewDecision(decision: {claim: "c", certificate: "x",
        outcome: APPROVED, district: "310115"}) { __typename } }""",
    "evidence": '{ evidence(decision: "1") { __typename } }',
    "_entities": "{ _entities(representations: []) { __typename } }",
}
HIDDEN = {
    "an alias": '{ policy: holder(idNumber: "x") { __typename } }',
    "a fragment": "{ ...F } fragment F on Query "
    '{ holder(idNumber: "x") { __typename } }',
    "an inline fragment": '{ ... { holder(idNumber: "x") { __typename } } }',
    "@skip": '{ holder(idNumber: "x") @skip(if: true) { __typename } }',
}


def by_get(
    gateway: Gateway, query: str = "{ policy { notice } }", **more: str
) -> Answer:
    address = urlencode({"query": query, **more})
    return ask(
        gateway, None, method="GET", path=f"/graphql?{address}", content_type=None
    )


def root_field(query: str) -> str:
    operation = parse(query).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    field = operation.selection_set.selections[0]
    assert isinstance(field, FieldNode)
    return field.name.value


def test_a_question_about_nobody_may_come_by_get(gateway: Gateway) -> None:
    assert by_get(gateway).json == ANSWERED


@pytest.mark.parametrize("query", IMPERSONAL.values(), ids=IMPERSONAL)
def test_what_is_about_nobody_may_be_asked_by_get(gateway: Gateway, query: str) -> None:
    assert by_get(gateway, query).status == 200


@pytest.mark.parametrize("query", OF_REGISTRATIONS.values(), ids=OF_REGISTRATIONS)
def test_what_is_about_registrations_is_not_for_everybody(
    gateway: Gateway, query: str
) -> None:
    assert by_get(gateway, query).code == "FORBIDDEN"


@pytest.mark.parametrize(
    "query",
    [*ABOUT_PEOPLE.values(), *HIDDEN.values()],
    ids=[*ABOUT_PEOPLE, *HIDDEN],
)
def test_people_are_never_asked_about_by_get(
    gateway: Gateway, agencies: Agencies, query: str
) -> None:
    answer = by_get(gateway, query)

    assert (answer.status, answer.code) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "POST"
    assert agencies.calls("transport")["calls"] == 0


def test_every_root_field_is_about_people_or_about_nobody() -> None:
    query = schema.core.query_type
    assert query is not None
    fields = {**IMPERSONAL, **OF_REGISTRATIONS, **ABOUT_PEOPLE}

    assert set(fields) == set(query.fields)
    assert all(root_field(text) == name for name, text in fields.items())


@pytest.mark.parametrize("kind", ["mutation", "subscription"])
def test_get_mutation_and_get_subscription_are_not_executed(
    gateway: Gateway, kind: str
) -> None:
    assert b'"data"' not in by_get(gateway, f"{kind} {{ __typename }}").body


@pytest.mark.parametrize("kind", ["mutation", "subscription"])
def test_what_changes_something_is_sent_by_post(kind: str) -> None:
    graph = build_schema(
        "type Query { a: Int } type Mutation { a: Int } type Subscription { a: Int }"
    )
    documents = Documents(graph, Limits(), is_open=True)
    caller = Caller("a", frozenset())
    prepared = documents.prepare(Question(query=f"{kind} {{ a }}"), caller)

    with pytest.raises(RefusedRequestError, match=f"send a {kind} by POST") as refused:
        require_safe(prepared)

    assert refused.value.code is Code.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"variables": "[]"}, id="variables not an object"),
        pytest.param({"variables": "1"}, id="variables a number"),
        pytest.param({"extensions": '"x"'}, id="extensions not an object"),
        pytest.param({"variables": "{"}, id="variables no JSON"),
    ],
)
def test_get_with_the_wrong_types_is_refused(
    gateway: Gateway, more: dict[str, str]
) -> None:
    answer = by_get(gateway, **more)

    assert (answer.status, answer.code) == (400, "BAD_REQUEST")


def test_get_with_an_operation_name_of_nothing_is_refused(gateway: Gateway) -> None:
    assert by_get(gateway, operationName="Nothing").code == "BAD_USER_INPUT"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_another_method_is_not_allowed(gateway: Gateway, method: str) -> None:
    answer = ask(gateway, PING, method=method)

    assert (answer.status, answer.code) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, POST, OPTIONS"


def test_head_asks_nothing(gateway: Gateway) -> None:
    answer = ask(gateway, None, method="HEAD", path="/graphql?query={__typename}")

    assert (answer.status, answer.body) == (405, b"")


def test_options_names_the_methods_and_no_origin(gateway: Gateway) -> None:
    answer = ask(gateway, None, method="OPTIONS", token=None)

    assert (answer.status, answer.headers["allow"]) == (204, "GET, POST, OPTIONS")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_get_with_nothing_to_ask_is_refused(gateway: Gateway) -> None:
    answer = ask(gateway, None, method="GET", accept="application/json")

    assert (answer.status, answer.code) == (400, "BAD_REQUEST")


def test_a_get_without_a_caller_is_refused(gateway: Gateway) -> None:
    answer = ask(gateway, None, method="GET", path="/graphql?query={a}", token=None)

    assert (answer.status, answer.code) == (401, "UNAUTHENTICATED")


def test_a_method_in_small_letters_is_another_one(gateway: Gateway) -> None:
    assert ask(gateway, PING, method="post").status == 405
