"""What is asked is written by the manifest, and what came is found by it."""

import pytest
from msgspec.structs import replace

from connectors.elements import Told
from connectors.errors import ManifestError, UnreadableError
from connectors.manifest_endpoint import Response
from connectors.protocols.envelopes import (
    MAX_RECORDS,
    EnvelopeFinder,
    detached_envelope,
)
from connectors.protocols.graphql import entities_query, graphql_question
from policy.identity import Identity, IdType
from signing.envelope import Envelope
from tests.connectors.agency import OTHER, ZHANG, manifest

HOLDERS = [
    Identity(IdType.RESIDENT_ID, ZHANG),
    Identity(IdType.PASSPORT, "E12345678"),
]
RULES = manifest()
RESPONSE = Response(absence="absence")


def test_the_query_selects_what_the_manifest_names() -> None:
    assert entities_query(RULES) == (
        "query Certificates($representations: [_Any!]!) "
        "{ _entities(representations: $representations) "
        "{ ... on Holder { idNumber records absence } } }"
    )
    without = replace(RULES, response=replace(RULES.response, absence=None))
    assert "{ idNumber records } }" in entities_query(without)


@pytest.mark.parametrize("name", ["id number", "1st", "字", "a.b", ""])
@pytest.mark.parametrize("place", ["id_number", "records", "absence"])
def test_a_name_that_is_none_of_graphql_is_refused(place: str, name: str) -> None:
    rules = replace(RULES, response=replace(RULES.response, **{place: name}))

    with pytest.raises(ManifestError, match="is no GraphQL name; the graphql protocol"):
        entities_query(rules)


def test_a_question_names_each_person_by_type_and_number() -> None:
    request = replace(RULES.request, id_types={IdType.RESIDENT_ID: "01"})

    question = graphql_question("{ q }", request, HOLDERS)

    assert question == {
        "query": "{ q }",
        "variables": {
            "representations": [
                {"__typename": "Holder", "idType": "01", "idNumber": ZHANG},
                {"__typename": "Holder", "idType": "PASSPORT", "idNumber": "E12345678"},
            ]
        },
    }
    told = Told({"orgName": "x"}, {"X-Clerk": "y"})
    asked = graphql_question("{ q }", request, HOLDERS, told)
    assert asked == {**question, "extensions": {"orgName": "x"}}
    assert graphql_question("{ q }", request, HOLDERS, Told()) == question


def found(answer: object, response: Response = RESPONSE) -> list[tuple[bytes, ...]]:
    sent = EnvelopeFinder(response).find(answer, HOLDERS)
    return [tuple(one.signature for one in envelopes) for envelopes in sent]


def test_envelopes_are_found_by_whom_they_are_about() -> None:
    assert found(
        {
            "results": [
                {"idNumber": f" {ZHANG}", "records": ["a", "b"]},
                {"idNumber": OTHER, "records": ["c"]},
                {"idNumber": "E12345678", "absence": "d"},
                {"idNumber": ZHANG, "records": None, "absence": None},
                {"idNumber": ZHANG, "records": ["字\ud800"]},
                "no object",
                {"records": ["e"]},
            ]
        }
    ) == [(b"a", b"b", "字\ud800".encode("utf-8", "surrogatepass")), (b"d",)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "`response.results`: no list at `results`"),
        ({"results": {}}, "`response.results`: no list at `results`"),
        ([], "`response.results`: no list at `results`"),
        ({"results": [{"idNumber": ZHANG, "records": [1]}]}, "no JWS string"),
        ({"results": [{"idNumber": ZHANG, "records": 7}]}, "not fit the manifest"),
        ({"results": [{"idNumber": [], "records": []}]}, "not fit the manifest"),
        (
            {"results": [{"idNumber": ZHANG, "records": ["x"] * (MAX_RECORDS + 1)}]},
            f"{MAX_RECORDS + 1} records for one holder, at most {MAX_RECORDS} allowed",
        ),
    ],
)
def test_an_answer_of_another_shape_is_told_by_where_it_is_read(
    answer: object, said: str
) -> None:
    with pytest.raises(UnreadableError) as refusal:
        found(answer)

    assert said in str(refusal.value)


def test_as_many_records_as_are_allowed_are_read() -> None:
    full = {"results": [{"idNumber": ZHANG, "records": ["x"] * MAX_RECORDS}]}

    assert len(found(full)[0]) == MAX_RECORDS


def test_a_signature_beside_the_body_is_in_the_header_that_is_named() -> None:
    headers = {"JWS-Signature": "a..b"}

    assert detached_envelope(headers, "JWS-Signature", b"{}") == Envelope(
        b"a..b", b"{}"
    )
    with pytest.raises(UnreadableError, match="no X-Other header, so nothing vouches"):
        detached_envelope(headers, "X-Other", b"{}")
