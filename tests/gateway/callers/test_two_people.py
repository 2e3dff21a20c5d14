"""Two people are two: not one officer by two clients, whatever name they state."""

from typing import Any

import pytest

from tests.gateway.callers.known import fresh_token
from tests.gateway.callers.test_over_http import ask
from tests.running import Gateway

OFFICER, COLLEAGUE = "officer-7", "officer-8"
BODY = "fire-rescue"
PROPOSE = f"""mutation {{ proposeSanction(body: "{BODY}", kind: FREEZE, reason: "r") {{
  ... on Sanction {{ id imposedBy }} ... on RegistrationRefused {{ code }} }} }}"""
CONFIRM = """mutation { confirmSanction(id: "%s", reason: "r") {
  ... on Sanction { state } ... on RegistrationRefused { code } } }"""
LIFT = """mutation { liftSanction(id: "%s", reason: "r") {
  ... on Sanction { state } ... on RegistrationRefused { code } } }"""
STATED = {
    "takePaymentStep": """mutation { takePaymentStep(step: {claim: "c", version: 1,
      action: PAY, officer: "%s", reason: "r"}) {
      ... on PaymentRefused { code } } }""",
    "proposeCorrection": """mutation { proposeCorrection(correction: {decision: "1",
      officer: "%s", reason: "r"}) { ... on CorrectionRefused { code } } }""",
    "answerCorrection": """mutation { answerCorrection(answer: {id: "1",
      answer: CONFIRM, officer: "%s", reason: "r"}) {
      ... on CorrectionRefused { code } } }""",
    "withdrawFalseRecord": """mutation { withdrawFalseRecord(certificate: "c",
      officer: "%s", reason: "r") { ... on RecoveryRefused { code } } }""",
    "proveClaimFalse": """mutation { proveClaimFalse(claim: "c", part: HUKOU,
      officer: "%s", reason: "r", evidence: "e") {
      ... on RecoveryRefused { code } } }""",
}
"""Steps that state an officer."""


def token(sub: str, client: str = "hr-platform") -> str:
    scope = "sanctions:write payments:write recoveries:write audit:read"
    return fresh_token(scope=scope, sub=sub, client_id=client)


def told(gateway: Gateway, query: str, by: str) -> Any:
    status, body, _ = ask(gateway, query, by)
    assert (status, body.get("errors")) == (200, None), body
    (found,) = body["data"].values()
    return found


def test_one_officer_is_no_second_person_by_another_client(knowing: Gateway) -> None:
    proposed = told(knowing, PROPOSE, token(OFFICER))

    alone = told(knowing, CONFIRM % proposed["id"], token(OFFICER, "another-client"))
    # A colleague is, by whichever client.
    both = told(knowing, CONFIRM % proposed["id"], token(COLLEAGUE))
    lifted = told(knowing, LIFT % proposed["id"], token(OFFICER))

    assert alone["code"] == "SAME_OFFICER"
    assert (both["state"], lifted["state"]) == ("IN_FORCE", "LIFTED")
    assert OFFICER not in proposed["imposedBy"]


@pytest.mark.parametrize("name", STATED)
def test_no_other_officer_is_stated_than_the_token_names(
    knowing: Gateway, name: str
) -> None:
    other, own, spelt = (
        told(knowing, STATED[name] % officer, token(OFFICER))
        for officer in (COLLEAGUE, OFFICER, " ｏｆｆｉｃｅｒ-7")
    )

    assert other["code"] == "OTHER_OFFICER"
    assert "OTHER_OFFICER" not in (own.get("code"), spelt.get("code"))
