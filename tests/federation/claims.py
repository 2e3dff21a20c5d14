"""Claims as honest applicants would state them: what the registries say of people."""

from typing import Any

from tests.running import Agencies, Gateway

VERIFY = """query Verify($claims: [StatedCertificateInput!]!) {
  verifyClaims(claims: $claims) { __typename
    ... on CheckedClaims { nodes { __typename
      ... on ClaimCheck { outcome standing reason(language: EN) certificateId
        fields { field outcome } sources { agency outcome } }
      ... on RefusedClaim { problem message(language: EN) } } }
    ... on InvalidList { found allowed message(language: EN) } } }"""
HELD = """query Held($people: [PersonInput!]!) { holders(people: $people) {
  ... on Holders { nodes { certificates(first: 50) { nodes {
    id number holderName itemCode item level issuedOn standing } } } } } }"""


def verify(gateway: Gateway, claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the answers to claims."""
    nodes: list[dict[str, Any]]
    nodes = gateway.ask(VERIFY, claims=claims)["verifyClaims"]["nodes"]
    return nodes


def held(gateway: Gateway, numbers: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return every certificate of people, with its holder's number."""
    people = [{"idNumber": number} for number in numbers]
    nodes = gateway.ask(HELD, people=people)["holders"]["nodes"]
    return [
        (number, certificate)
        for number, node in zip(numbers, nodes, strict=True)
        for certificate in node["certificates"]["nodes"]
    ]


def claim_of(number: str, certificate: dict[str, Any]) -> dict[str, Any]:
    """Return the claim that states all of a certificate, as it is."""
    return {
        "idNumber": number,
        "item": certificate["itemCode"],
        "level": certificate["level"],
        "issuedOn": certificate["issuedOn"],
        "number": certificate["number"],
        "name": certificate["holderName"],
    }


def story_claim(gateway: Gateway, agencies: Agencies, story: str) -> dict[str, Any]:
    """Return the claim of a story person's first certificate."""
    number = agencies.person(story)["idNumber"]
    return claim_of(*held(gateway, [number])[0])


def mismatched(answer: dict[str, Any]) -> list[str]:
    """Return the fields that are wrong."""
    return [f["field"] for f in answer["fields"] if f["outcome"] == "MISMATCH"]
