"""Steps about recoveries and proofs that cannot be are refused, each by its reason."""

from typing import Any

import pytest

from tests.federation.offices import BUREAU, PUDONG, Offices

STEP = """mutation($id: ID!, $reason: String!) { it: takeRecoveryStep(step: {id: $id,
  version: 1, action: NOTIFY, reason: $reason}) { ... on RecoveryRefused { code } } }"""
PROVE = """mutation($c: ID!, $reason: String!, $evidence: String!) {
  it: proveRecordFalse(certificate: $c, reason: $reason, evidence: $evidence) {
    __typename ... on RecoveryRefused { code } } }"""
WITHDRAW = """mutation($c: ID!, $reason: String!, $officer: String!) {
  it: withdrawFalseRecord(certificate: $c, reason: $reason, officer: $officer) {
    __typename ... on RecoveryRefused { code } } }"""
ID_NUMBER = "310199198602140067"


@pytest.fixture(scope="module", name="certificate")
def _certificate(offices: Offices) -> str:
    """A certificate whose record was proved false once."""
    _, _, certificate = offices.certified()
    said = {"c": certificate, "reason": "伪造", "evidence": "沪人社查〔2026〕8号"}
    found = offices.ask(0, BUREAU, PROVE, **said)["it"]
    assert found["__typename"] == "FalseRecordProved"
    return certificate


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reason": ""}, "REASON_MISSING"),
        ({"reason": f"见{ID_NUMBER}"}, "REASON_MISSING"),
        ({"id": "x"}, "UNKNOWN_RECOVERY"),
        ({"id": "999999"}, "UNKNOWN_RECOVERY"),
    ],
)
def test_a_step_is_refused(offices: Offices, said: dict[str, Any], code: str) -> None:
    usual = {"id": "1", "reason": "已通知"}

    assert offices.ask(1, BUREAU, STEP, **{**usual, **said})["it"]["code"] == code


@pytest.mark.parametrize(
    ("said", "token", "code"),
    [
        ({"reason": " "}, BUREAU, "REASON_MISSING"),
        ({"evidence": ""}, BUREAU, "REASON_MISSING"),
        ({"c": "none"}, BUREAU, "UNKNOWN_CERTIFICATE"),
        ({}, PUDONG, "NOT_FOR_DISTRICTS"),
        ({}, BUREAU, "PROVED_BEFORE"),
    ],
)
def test_a_proof_is_refused(
    offices: Offices, certificate: str, said: dict[str, Any], token: str, code: str
) -> None:
    usual = {"c": certificate, "reason": "伪造", "evidence": "e"}

    assert offices.ask(1, token, PROVE, **{**usual, **said})["it"]["code"] == code


@pytest.mark.parametrize(
    ("said", "token", "code"),
    [
        ({"officer": " "}, BUREAU, "OFFICER_MISSING"),
        ({"reason": ""}, BUREAU, "REASON_MISSING"),
        ({"c": "none"}, BUREAU, "UNKNOWN_CERTIFICATE"),
        ({}, PUDONG, "NOT_FOR_DISTRICTS"),
    ],
)
def test_taking_a_proof_back_is_refused(
    offices: Offices, certificate: str, said: dict[str, Any], token: str, code: str
) -> None:
    usual = {"c": certificate, "reason": "误判", "officer": "浦0017"}

    assert offices.ask(0, token, WITHDRAW, **{**usual, **said})["it"]["code"] == code
