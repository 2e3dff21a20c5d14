"""Officers prove a claim false, and take a proof back, over sockets."""

from typing import Any

from tests.federation.offices import (
    ANOTHER_BUREAU,
    BUREAU,
    PLATFORM,
    READER,
    Offices,
)

CLAIM_FALSE = """mutation($claim: String!, $officer: String!, $reason: String!) {
  proveClaimFalse(claim: $claim, part: CATEGORY, officer: $officer, reason: $reason,
    evidence: "沪人社查〔2026〕3号") { __typename
    ... on FalseClaimProved { opened { claim cause source state } }
    ... on RecoveryRefused { code } } }"""
RECORD_FALSE = """mutation($c: ID!) { proveRecordFalse(certificate: $c,
  reason: "伪造", evidence: "3号") { __typename } }"""
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
    for token in (READER, PLATFORM):
        stated = {"claim": "claimed-well", "officer": "o", "reason": "r"}
        _, answer = offices.post(0, token, CLAIM_FALSE, **stated)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert offices.recovery("claimed-well") is None


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
