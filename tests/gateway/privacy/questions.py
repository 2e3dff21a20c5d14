"""Every way to ask about a person, and what an auditor asks."""

from typing import Any

from gateway.batch.query import QUERY as VERIFY_CLAIMS
from tests.gateway.privacy.callers import AUDITOR
from tests.running import Agencies, Gateway

HOLDER = """query About($n: String!) { holder(idNumber: $n) {
  __typename certificates { totalCount nodes { id number holderName } }
  sources { agency outcome } } }"""
HOLDERS = """query Abouts($people: [PersonInput!]!) { holders(people: $people) {
  ... on Holders { nodes { __typename sources { outcome } } } } }"""
CERTIFICATE = """query Certificate($id: ID!) { certificate(id: $id) { __typename
  ... on Certificate { number holderName } ... on UnknownCertificate { id } } }"""
LICENCE = """query Licence($id: String!) { certificateByLicenceId(licenceId: $id) {
  __typename ... on Certificate { number holderName } } }"""
LICENCE_ID = "1.2.156.3005.2.A124.25GABC12340.00001.2.1"
ENTITIES = """query Entities($r: [_Any!]!) { _entities(representations: $r) {
  ... on Certificate { number holderName } } }"""
PEOPLE = """query People($r: [_Any!]!) { _entities(representations: $r) {
  ... on Person { idType idNumber holder { __typename
    certificates { nodes { number holderName } } sources { agency outcome } } } } }"""
NODE = """query Node($id: ID!) { node(id: $id) { __typename id
  ... on Holder { certificates { nodes { number holderName } } }
  ... on Certificate { number holderName } } }"""
NODES = """query Nodes($ids: [ID!]!) { nodes(ids: $ids) { __typename id
  ... on Holder { certificates { nodes { number holderName } } }
  ... on Certificate { number holderName } } }"""
HOLDER_ID = """query HolderId($n: String!) { holder(idNumber: $n) {
  ... on Holder { id } } }"""
RECORDS = """query Records($filter: AuditFilter, $first: Int! = 100, $after: String) {
  auditRecords(filter: $filter, first: $first, after: $after) {
    nodes { id at event caller districts requestId person purpose caseNumber operation
      document
      sources { agency outcome } certificates keptFrom removed }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def question(query: str, **variables: object) -> dict[str, Any]:
    """Return the body of a request."""
    return {"query": query, "variables": variables}


def number_of(agencies: Agencies, story: str = "all-three") -> str:
    """Return a story person's identity number."""
    number: str = agencies.person(story)["idNumber"]
    return number


def certificate_id(gateway: Gateway, agencies: Agencies) -> str:
    """Return the id of a certificate that exists."""
    holder = gateway.ask(HOLDER, n=number_of(agencies))["holder"]
    id_: str = holder["certificates"]["nodes"][0]["id"]
    return id_


def holder_id(gateway: Gateway, agencies: Agencies) -> str:
    """Return the id of the person with three certificates."""
    id_: str = gateway.ask(HOLDER_ID, n=number_of(agencies))["holder"]["id"]
    return id_


def person(number: str) -> dict[str, str]:
    """Return a person as a supergraph's router names them."""
    return {"__typename": "Person", "idType": "RESIDENT_ID", "idNumber": number}


def ways(gateway: Gateway, agencies: Agencies) -> dict[str, dict[str, Any]]:
    """Return every way to ask about the person with three certificates."""
    number, id_ = number_of(agencies), certificate_id(gateway, agencies)
    entity = {"__typename": "Certificate", "id": id_}
    return {
        "holder": question(HOLDER, n=number),
        "holders": question(HOLDERS, people=[{"idNumber": number}]),
        "certificate": question(CERTIFICATE, id=id_),
        "licence": question(LICENCE, id=LICENCE_ID),
        "entities": question(ENTITIES, r=[entity]),
        "person": question(PEOPLE, r=[person(number)]),
        "node": question(NODE, id=holder_id(gateway, agencies)),
        "nodes": question(NODES, ids=[id_]),
        "claims": question(VERIFY_CLAIMS, claims=[{"idNumber": number, "item": "1.2"}]),
    }


def error_of(body: Any) -> Any:
    """Return the one error of an answer."""
    (error,) = body["errors"]
    return error


def records(gateway: Gateway, **filter_: object) -> list[dict[str, Any]]:
    """Return what an auditor sees, newest first."""
    _, answer, _ = gateway.post(question(RECORDS, filter=filter_), token=AUDITOR)
    nodes: list[dict[str, Any]] = answer["data"]["auditRecords"]["nodes"]
    return nodes
