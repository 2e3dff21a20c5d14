"""What a gateway in production tells of its schema: nothing, but to developers.

Section 6 of the list: introspection, the subgraph's schema text, suggestions in every
place that has names, and the page. A document an operator trusted by mistake changes
nothing.
"""

from typing import Any

import pytest

from resolvers.documents.trusted import digest_of
from tests.attacks.production import BATCH, DEVELOPER, SCHEMA, STRANGER, TYPED
from tests.federation.queries import HOLDER_CHECK
from tests.running import Agencies, Gateway

PERSON = {"idNumber": "1"}


def errors(gateway: Gateway, token: str, text: str, **variables: object) -> Any:
    """Return the errors of an answer."""
    body = {"query": text, "variables": variables}
    return gateway.post(body, token)[1].get("errors", [])


def code(gateway: Gateway, token: str, text: str) -> str:
    """Return the code of an answer's first error."""
    found = errors(gateway, token, text)
    return str(found[0]["extensions"]["code"]) if found else "answered"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{__schema{queryType{name}}}", id="__schema"),
        pytest.param('{__type(name:"Query"){name}}', id="__type"),
        pytest.param("{_service{sdl}}", id="_service"),
        pytest.param("{...on Query{a:__schema{types{name}}}}", id="an alias"),
    ],
)
def test_introspection_is_for_developers(production: Gateway, text: str) -> None:
    assert code(production, STRANGER, text) == "UNKNOWN_DOCUMENT"
    assert code(production, DEVELOPER, text) == "answered"


def test_a_trusted_document_tells_no_schema(production: Gateway) -> None:
    assert code(production, STRANGER, SCHEMA) == "INTROSPECTION_DISABLED"
    assert code(production, DEVELOPER, SCHEMA) == "answered"


@pytest.mark.parametrize(
    ("text", "variables", "suggestion"),
    [
        pytest.param(
            TYPED,
            {"idNumber": "1", "idType": "RESIDENT_IDD"},
            "Did you mean the enum value",
            id="enum values",
        ),
        pytest.param(
            BATCH, {"people": [{"idNumbr": "1"}]}, "Did you mean", id="input fields"
        ),
    ],
)
def test_wrong_variables_suggest_names_to_developers_alone(
    production: Gateway, text: str, variables: dict[str, object], suggestion: str
) -> None:
    hidden = errors(production, STRANGER, text, **variables)
    shown = errors(production, DEVELOPER, text, **variables)

    assert (suggestion in str(shown), "Did you mean" in str(hidden)) == (True, False)
    assert hidden[0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{holdr}", id="fields"),
        pytest.param('{holder(idNumbr:"1"){__typename}}', id="arguments"),
        pytest.param("{holder(idType:RESIDENT_IDD){__typename}}", id="enum values"),
        pytest.param("{holders(people:{idNumbr:1}){__typename}}", id="input fields"),
        pytest.param("{policy{notice @skp}}", id="directives"),
        pytest.param("{policy{notice @skip(iff:true)}}", id="directive arguments"),
        pytest.param("query($a:PersonInputt){__typename}", id="types"),
        pytest.param("fragment f on Holdr{__typename} {...f}", id="type conditions"),
    ],
)
def test_wrong_documents_suggest_names_to_developers_alone(
    production: Gateway, text: str
) -> None:
    hidden = errors(production, STRANGER, text)
    shown = errors(production, DEVELOPER, text)

    assert [error["extensions"]["code"] for error in hidden] == ["UNKNOWN_DOCUMENT"]
    assert "graph" not in str(hidden)
    assert shown[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("path", ["/schema.graphql", "/graphiql/config.json", "/sdl"])
def test_nothing_else_serves_the_schema(production: Gateway, path: str) -> None:
    assert production.get(path)[0] == 404


def test_the_holder_check_runs_as_it_stands(
    production: Gateway, agencies: Agencies
) -> None:
    number = agencies.people[0]["idNumber"]
    body = {"query": HOLDER_CHECK, "variables": {"idNumber": number}}

    status, answer, _ = production.post(body, STRANGER)

    assert (status, "errors" in answer) == (200, False)
    assert answer["data"]["holder"]["sources"]


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({"documentId": f"sha256:{digest_of(BATCH)}"}, id="documentId"),
        pytest.param(
            {
                "extensions": {
                    "persistedQuery": {"version": 1, "sha256Hash": digest_of(BATCH)}
                }
            },
            id="persistedQuery",
        ),
    ],
)
def test_a_trusted_document_runs_by_its_digest_alone(
    production: Gateway, named: dict[str, object]
) -> None:
    body = {**named, "variables": {"people": [PERSON]}}

    _, answer, _ = production.post(body, STRANGER)

    assert answer["data"] == {"holders": {"__typename": "Holders"}}


def test_an_unknown_digest_is_named_as_unknown(production: Gateway) -> None:
    _, answer, _ = production.post({"documentId": f"sha256:{'0' * 64}"}, STRANGER)

    assert answer["errors"][0]["extensions"]["code"] == "UNKNOWN_DOCUMENT"
