"""A certificate is found again by an id that says nothing of its holder."""

import pytest

from tests.federation.queries import EMERGENCY
from tests.running import Agencies, Gateway

IDS = """query($n: String!, $first: Int, $after: String) { holder(idNumber: $n) {
  certificates(first: $first, after: $after) { totalCount nodes { id itemCode level }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
CERTIFICATE = """query($id: ID!) { certificate(id: $id) { __typename
  ... on Certificate { id itemCode standing provenance { envelope body digest steps } }
  ... on UnknownCertificate { id }
  ... on AgencyUnavailable { reason(language: EN) source { agency outcome } } } }"""


def connection(gateway: Gateway, number: str, **page: object) -> dict:  # type: ignore[type-arg]  # parsed JSON
    found = gateway.ask(IDS, n=number, **page)["holder"]["certificates"]
    assert isinstance(found, dict)
    return found


def first_id(gateway: Gateway, agencies: Agencies, story: str) -> str:
    number = agencies.person(story)["idNumber"]
    return str(connection(gateway, number)["nodes"][0]["id"])


def test_a_certificate_is_found_again(gateway: Gateway, agencies: Agencies) -> None:
    id_ = first_id(gateway, agencies, "all-three")

    found = gateway.ask(CERTIFICATE, id=id_)["certificate"]

    assert (found["__typename"], found["id"], found["itemCode"]) == (
        "Certificate",
        id_,
        agencies.person("all-three")["certificates"][0]["itemCode"],
    )


def test_licences_that_share_a_number_have_ids_of_their_own(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("shared-number")["idNumber"]

    ids = [node["id"] for node in connection(gateway, number)["nodes"]]

    assert len(set(ids)) == 2


def test_an_id_does_not_contain_the_number(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("all-three")["idNumber"]

    assert number not in first_id(gateway, agencies, "all-three")


@pytest.mark.parametrize(
    "id_",
    [
        pytest.param("", id="empty"),
        pytest.param("x", id="no base64"),
        pytest.param("QUJD", id="too short"),
        pytest.param("A" * 120, id="invented"),
        pytest.param("A" * 100_0, id="too long"),
        pytest.param("证书", id="no ASCII"),
    ],
)
def test_an_invented_id_is_unknown_and_nobody_is_asked(
    gateway: Gateway, agencies: Agencies, id_: str
) -> None:
    found = gateway.ask(CERTIFICATE, id=id_)["certificate"]

    assert found == {"__typename": "UnknownCertificate", "id": id_}
    assert agencies.calls(EMERGENCY)["calls"] == 0


def test_an_id_with_one_character_changed_is_unknown(
    gateway: Gateway, agencies: Agencies
) -> None:
    id_ = first_id(gateway, agencies, "all-three")
    changed = ("B" if id_[0] == "A" else "A") + id_[1:]

    found = gateway.ask(CERTIFICATE, id=changed)["certificate"]

    assert found["__typename"] == "UnknownCertificate"


def test_an_agency_that_is_down_is_not_an_unknown_certificate(
    gateway: Gateway, agencies: Agencies
) -> None:
    id_ = first_id(gateway, agencies, "all-three")

    with agencies.fault(EMERGENCY, "error-500"):
        found = gateway.ask(CERTIFICATE, id=id_)["certificate"]

    assert found == {
        "__typename": "AgencyUnavailable",
        "reason": "unreachable: HTTP 500",
        "source": {"agency": EMERGENCY, "outcome": "UNREACHABLE"},
    }


@pytest.mark.parametrize(
    "query",
    [
        "query($id: ID!) { node(id: $id) { id } }",
        """query($id: ID!) { _entities(representations: [
          {__typename: "Certificate", id: $id}]) { ... on Certificate { id } } }""",
    ],
)
def test_where_an_answer_has_no_type_for_it_an_agency_that_is_down_is_an_error(
    gateway: Gateway, agencies: Agencies, query: str
) -> None:
    id_ = first_id(gateway, agencies, "all-three")

    with agencies.fault(EMERGENCY, "error-500"):
        _, body, _ = gateway.post({"query": query, "variables": {"id": id_}})

    (error,) = body["errors"]
    assert error["extensions"] == {
        "code": "AGENCY_UNAVAILABLE",
        "agency": EMERGENCY,
        "outcome": "UNREACHABLE",
    }


def test_pages_join_to_the_whole_list(gateway: Gateway, agencies: Agencies) -> None:
    number = agencies.person("whole-annex")["idNumber"]
    whole = connection(gateway, number)["nodes"]

    first = connection(gateway, number, first=40)
    after = first["pageInfo"]["endCursor"]
    last = connection(gateway, number, first=40, after=after)

    assert (first["nodes"] + last["nodes"], len(whole)) == (whole, 41)
    assert [
        (page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"])
        for page in (first, last)
    ] == [(False, True), (True, False)]


def test_a_page_of_none_has_no_cursors(gateway: Gateway, agencies: Agencies) -> None:
    number = agencies.person("whole-annex")["idNumber"]

    page = connection(gateway, number, first=0)

    assert (page["nodes"], page["totalCount"], page["pageInfo"]) == (
        [],
        41,
        {
            "hasNextPage": True,
            "hasPreviousPage": False,
            "startCursor": None,
            "endCursor": None,
        },
    )


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ({"first": -1}, "first is -1, allowed is 0 to 1000"),
        ({"first": 1001}, "first is 1001, allowed is 0 to 1000"),
        ({"after": "x"}, "after is no cursor of this list"),
    ],
)
def test_a_page_that_cannot_be_is_the_clients_mistake(
    gateway: Gateway, agencies: Agencies, page: dict[str, object], says: str
) -> None:
    variables = {"n": agencies.person("all-three")["idNumber"], **page}

    _, body, _ = gateway.post({"query": IDS, "variables": variables})

    (error,) = body["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith(says)


def test_a_supergraph_finds_certificates_as_entities(
    gateway: Gateway, agencies: Agencies
) -> None:
    id_ = first_id(gateway, agencies, "all-three")
    query = """query($r: [_Any!]!) { _service { sdl }
      _entities(representations: $r) { ... on Certificate { id itemCode } } }"""

    data = gateway.ask(query, r=[{"__typename": "Certificate", "id": id_}])

    assert data["_entities"][0]["id"] == id_
    assert 'type Certificate @key(fields: "id")' in data["_service"]["sdl"]


def test_a_signed_body_about_others_too_is_not_handed_out(
    gateway: Gateway, agencies: Agencies
) -> None:
    query = """query($people: [PersonInput!]!) { holders(people: $people) {
      ... on Holders { nodes { certificates(filter: {agencies: ["fire-rescue"]}) {
        nodes { provenance { body digest } } } } } } }"""
    one = agencies.person("all-three")["idNumber"]
    other = agencies.person("whole-annex")["idNumber"]

    def bodies(*numbers: str) -> list[str | None]:
        people = [{"idNumber": number} for number in numbers]
        nodes = gateway.ask(query, people=people)["holders"]["nodes"]
        return [
            certificate["provenance"]["body"]
            for node in nodes
            for certificate in node["certificates"]["nodes"]
        ]

    assert [body is None for body in bodies(one)] == [False]
    assert set(bodies(one, other)) == {None}
