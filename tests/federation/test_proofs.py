"""Officers prove a claim false, and take a proof back, over sockets."""

from typing import Any

from sandbox.agency import AgencyId
from tests.federation.offices import (
    ANOTHER_BUREAU,
    BUREAU,
    PLATFORM,
    READER,
    Offices,
)
from tests.federation.paying import signed_in
from tests.gateway.collection.sending import ONLY_SENDS

CLAIM_FALSE = """mutation($claim: String!, $officer: String!, $reason: String!,
  $evidence: String = "沪人社查〔2026〕3号") {
  proveClaimFalse(claim: $claim, part: CATEGORY, officer: $officer, reason: $reason,
    evidence: $evidence) { __typename
    ... on FalseClaimProved { opened { claim cause source state } }
    ... on RecoveryRefused { code } } }"""
RECORD_FALSE = """mutation($c: ID!) { proveRecordFalse(certificate: $c,
  reason: "伪造", evidence: "3号") { __typename
    ... on RecoveryRefused { code } } }"""
WITHDRAW = """mutation($c: ID!, $officer: String!) { withdrawFalseRecord(
  certificate: $c, officer: $officer, reason: "查错了人") { __typename
    ... on FalseRecordWithdrawal { isWithdrawn } ... on RecoveryRefused { code } } }"""


def proved(
    offices: Offices, claim: str, token: str = BUREAU, **words: str
) -> dict[str, Any]:
    stated = {"officer": "浦0017", "reason": "类别不实", **words}
    found: dict[str, Any] = offices.ask(0, token, CLAIM_FALSE, claim=claim, **stated)[
        "proveClaimFalse"
    ]
    return found


def test_a_false_claim_is_claimed_back_with_a_cause_of_its_own(
    offices: Offices,
) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "claimed-falsely")

    found = proved(offices, "claimed-falsely")

    assert found["opened"] == [
        {
            "claim": "claimed-falsely",
            "cause": "FALSE_CLAIM",
            "source": "PROOF",
            "state": "OPEN",
        }
    ]
    assert proved(offices, "claimed-falsely")["code"] == "PROVED_BEFORE"


def test_a_claim_is_judged_by_the_bureau_and_in_full(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "claimed-well")

    assert proved(offices, "never-paid")["code"] == "UNKNOWN_CLAIM"
    assert proved(offices, "claimed-well", officer="")["code"] == "OFFICER_MISSING"
    assert proved(offices, "claimed-well", reason="")["code"] == "REASON_MISSING"
    assert proved(offices, "claimed-well", evidence="")["code"] == "REASON_MISSING"
    for token in (READER, PLATFORM):
        stated = {"claim": "claimed-well", "officer": "o", "reason": "r"}
        _, answer = offices.post(0, token, CLAIM_FALSE, **stated)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert offices.recovery("claimed-well") is None


def test_a_claim_is_no_authority_s_to_judge(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "led-by-them")
    leading = signed_in(offices, ONLY_SENDS, AgencyId.TRANSPORT)

    found = proved(offices, "led-by-them", leading)

    assert found["code"] == "UNKNOWN_CLAIM"
    assert offices.recovery("led-by-them") is None


def test_a_record_is_judged_by_the_authority_that_leads(offices: Offices) -> None:
    _, _, certificate = offices.certified()

    def judged(query: str, connector: str, agency: AgencyId, **words: str) -> Any:
        # An assertion is used once.
        token = signed_in(offices, connector, agency)
        (found,) = offices.ask(0, token, query, c=certificate, **words).values()
        return found.get("code", found["__typename"])

    stranger, leading = AgencyId.FIRE_RESCUE, AgencyId.TRANSPORT
    assert [
        judged(RECORD_FALSE, "fire-rescue", stranger),
        judged(RECORD_FALSE, ONLY_SENDS, leading),
        judged(WITHDRAW, "fire-rescue", stranger, officer="浦0017"),
        judged(WITHDRAW, ONLY_SENDS, leading, officer="浦0017"),
    ] == [
        "UNKNOWN_CERTIFICATE",
        "FalseRecordProved",
        "UNKNOWN_CERTIFICATE",
        "FalseRecordWithdrawal",
    ]


def test_two_officers_take_a_proof_back(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "proved-in-error")

    def word(token: str, officer: str) -> dict[str, Any]:
        found: dict[str, Any] = offices.ask(
            *(1, token, WITHDRAW), c=certificate, officer=officer
        )["withdrawFalseRecord"]
        return found

    before = word(BUREAU, "浦0017")
    offices.ask(0, BUREAU, RECORD_FALSE, c=certificate)
    first = word(BUREAU, "浦0017")
    same = [word(BUREAU, "浦0018"), word(ANOTHER_BUREAU, "浦0017")]
    open_still = offices.recovery("proved-in-error")
    second = word(ANOTHER_BUREAU, "浦0018")
    after = offices.recovery("proved-in-error")

    assert before["code"] == "NOT_PROVED"
    assert first == {"__typename": "FalseRecordWithdrawal", "isWithdrawn": False}
    assert [one["code"] for one in same] == ["SAME_PERSON", "SAME_PERSON"]
    assert second["isWithdrawn"] is True
    assert open_still is not None
    assert after is not None
    assert (open_still["state"], after["state"]) == ("OPEN", "WITHDRAWN")
