"""What tests of payments ask two gateways."""

import time
from typing import Any

from sandbox.agency import AgencyId
from tests.federation.offices import (
    AUDIENCE,
    PLATFORM,
    PREVIEW,
    Offices,
    stated,
)
from tests.gateway.callers.minting import compact, signature
from tests.gateway.collection.sending import key_of

WRITERS = 50


ABOUT = [
    *("219-1a", "219-1b", "219-n2", "219-2a", "219-2b", "219-3b", "219-2c"),
    "17-window",
]


"""The clauses that ask about the certificate."""


COUNTS = "{ recoveries { totals { count amountYuan } } }"


def outcome(answer: dict[str, Any]) -> tuple[str, str | None]:
    """Return the kind of an answer, and its code if it has one."""
    code = answer.get("code") or answer.get("barredBy")
    return answer["__typename"], code


SPELT: dict[str, dict[str, Any]] = {
    "as it came": {},
    "in full width": {
        "certificateNumber": lambda one: "".join(chr(ord(c) + 0xFEE0) for c in one)
    },
    "a blank and no code": {
        "certificateNumber": lambda one: f" {one}",
        "jobCode": lambda _: None,
    },
    "no level": {"skillLevel": lambda _: None},
    "no days": {"firstIssueDate": lambda _: None, "issueDate": lambda _: ""},
}


def live_certificate(offices: Offices, person: str) -> str:
    """Return the id of the one certificate that a story person has."""
    found = offices.ask(
        *(0, PLATFORM),
        "query($n: String!) { holder(idNumber: $n) { certificates { nodes { id } } } }",
        n=offices.agencies.person(person)["idNumber"],
    )
    node, *_ = found["holder"]["certificates"]["nodes"]
    id_: str = node["id"]
    return id_


def preview(offices: Offices, place: int, **decision: object) -> dict[str, Any]:
    """Return what recording a decision would come to."""
    answer = offices.ask(place, PLATFORM, PREVIEW, decision=stated(**decision))
    found: dict[str, Any] = answer["previewDecision"]
    return found


def signed_in(offices: Offices, connector: str, agency: AgencyId) -> str:
    """Return an agency's assertion, good for one request."""
    key, now = key_of(offices.agencies, agency), int(time.time())
    claims = {
        "iss": connector,
        "sub": connector,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "jti": f"{connector}-{time.monotonic_ns()}",
    }
    algorithm = key.algorithm.value
    header = {"alg": algorithm, "kid": key.kid, "typ": "client-authentication+jwt"}
    private: Any = key.private_key
    return compact(header, claims, lambda text: signature(algorithm, private, text))


PART = "fragment All on RecoveryConnection { nodes { id certificate claim } }"


PROVE = """mutation($id: ID!) { proveRecordFalse(certificate: $id, reason: "伪造",
  evidence: "沪检〔2026〕1号") { __typename ... on FalseRecordProved {
  opened { claim cause state } } ... on RecoveryRefused { code } } }"""
