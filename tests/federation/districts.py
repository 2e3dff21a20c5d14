"""Claims, recoveries and payments of two districts."""

from itertools import count
from typing import Any

from tests.federation.offices import (
    PUDONG,
    Offices,
)

IN_PUDONG, IN_XUHUI, IN_HUANGPU = "310115", "310104", "310101"


_CLAIMS = count(1)


TOTALS = """query($day: Date!) {
  totals(from: $day, to: $day, by: [DISTRICT]) { ...Sums }
  all: totals(from: $day, to: $day, by: []) { ...Sums } }
fragment Sums on TotalsRow { district certificatesCollected paid paidYuan }"""


ONE_BY_ALIAS = """query($id: ID!) { here: recovery(id: $id) { ...One }
  again: recovery(id: $id) { claim } } fragment One on Recovery { claim amountYuan }"""


MOVE = """mutation($claim: String!, $from: String!, $to: String!, $reason: String!) {
  moveClaim(claim: $claim, from: $from, to: $to, reason: $reason) { __typename
    ... on ClaimDistrict { district moves { fromDistrict toDistrict reason movedBy } }
    ... on ClaimMoveRefused { code message } } }"""


PLACE = "query($c: String!) { claimDistrict(claim: $c) { district moves { reason } } }"


PROVE = """mutation($id: ID!) {
  proveRecordFalse(certificate: $id, reason: "查实", evidence: "文号1") { __typename
    ... on RecoveryRefused { code } } }"""


def new_claim() -> str:
    return f"district-{next(_CLAIMS)}"


def code(answer: dict[str, Any]) -> tuple[str, str | None]:
    return answer["__typename"], answer.get("code")


def paid(offices: Offices, district: str = IN_PUDONG) -> tuple[str, str]:
    """Have a claim paid by a district; return it, and the certificate."""
    _, _, certificate = offices.certified()
    claim = new_claim()
    answer = offices.decide(0, certificate, claim, district=district)
    assert answer["__typename"] == "DecisionRecorded", answer
    return claim, certificate


def claimed_back(offices: Offices, district: str = IN_PUDONG) -> dict[str, Any]:
    """Have a payment of a district claimed back; return the recovery."""
    _, said, certificate = offices.certified()
    claim = new_claim()
    offices.decide(0, certificate, claim, district=district)
    offices.change(said, "撤销")
    found = offices.recovery(claim)
    assert found is not None
    return found


def move(
    offices: Offices, token: str, claim: str, way: tuple[str, str], reason: str = "迁居"
) -> dict[str, Any]:
    stated = {"claim": claim, "from": way[0], "to": way[1], "reason": reason}
    found: dict[str, Any] = offices.ask(1, token, MOVE, **stated)["moveClaim"]
    return found


OPEN = "{ openCorrections { id claim } }"


PREVIEW = """query($decision: DecisionInput!) { previewDecision(decision: $decision) {
  __typename ... on DecisionRefused { code } } }"""


def approved(offices: Offices) -> tuple[str, str]:
    """Have Pudong approve a claim; return it and the certificate."""
    _, _, certificate = offices.certified()
    claim = new_claim()
    answer = offices.decide(
        0, certificate, claim, key=f"{claim}-1", token=PUDONG, outcome="APPROVED"
    )
    assert answer["__typename"] == "DecisionRecorded", answer
    return claim, certificate


def step(offices: Offices, token: str, claim: str, **more: object) -> dict[str, Any]:
    stated_ = {"claim": claim, "version": 1, "action": "CANCEL", "officer": "17"}
    query = """mutation($step: PaymentStepInput!) { takePaymentStep(step: $step) {
      __typename ... on ClaimPayment { state }
      ... on PaymentRefused { code payment { state } } } }"""
    found: dict[str, Any] = offices.ask(
        1, token, query, step={**stated_, "reason": "撤回", **more}
    )["takePaymentStep"]
    return found
