"""Who claims is compared with whom the certificate names, before anything is paid."""

from typing import Any

import pytest

from tests.federation.offices import FACTS, PLATFORM, Offices, stated

SOMEBODY = "310199198602140067"
RECORD = f"""mutation($key: String!, $decision: DecisionInput!, $who: ClaimantInput,
  $claim: ClaimInput = {FACTS}) {{
  recordDecision(key: $key, decision: $decision, claim: $claim, claimant: $who) {{
    __typename ... on DecisionRefused {{ code findings {{ clause outcome }} }}
    ... on DecisionRecorded {{ judgement {{ findings {{ clause outcome }} }} }} }} }}"""
TRY = f"""query($decision: DecisionInput!, $who: ClaimantInput,
  $claim: ClaimInput = {FACTS}) {{
  previewDecision(decision: $decision, claim: $claim, claimant: $who) {{ __typename
    ... on DecisionRefused {{ code }}
    ... on DecisionPreview {{ objections {{
      ... on DecisionRefused {{ code }} }} }} }} }}"""


def tried(offices: Offices, certificate: str, claim: str, **who: str) -> Any:
    decision = stated(certificate=certificate, claim=claim)
    found = offices.ask(1, PLATFORM, TRY, decision=decision, who=who or None)
    return found["previewDecision"]


def recorded(offices: Offices, certificate: str, claim: str, **who: str) -> Any:
    decision = stated(certificate=certificate, claim=claim)
    variables = {"key": claim, "decision": decision, "who": who or None}
    return offices.ask(0, PLATFORM, RECORD, **variables)["recordDecision"]


@pytest.mark.parametrize(
    "who",
    [
        pytest.param({"idNumber": SOMEBODY}, id="another number"),
        pytest.param({"name": "某别人"}, id="another name"),
    ],
)
def test_another_than_the_holder_is_not_paid(
    offices: Offices, who: dict[str, str]
) -> None:
    holder, _, certificate = offices.certified()
    claimant = {"idNumber": holder.number, **who}
    claim = f"claimant-{holder.number[-5:]}"

    preview = tried(offices, certificate, claim, **claimant)
    refused = recorded(offices, certificate, claim, **claimant)
    paid = recorded(offices, certificate, claim, idNumber=holder.number)

    assert preview["objections"] == [{"code": "INELIGIBLE"}]
    assert refused["code"] == "INELIGIBLE"
    assert refused["findings"] == [{"clause": "219-2c", "outcome": "UNMET"}]
    # A refusal keeps nothing, its key neither.
    assert paid["__typename"] == "DecisionRecorded"
    outcome = {f["clause"]: f["outcome"] for f in paid["judgement"]["findings"]}
    assert outcome["219-2c"] == "MET"


def test_what_is_no_identity_number_is_refused_by_type(offices: Offices) -> None:
    _, _, certificate = offices.certified()

    found = [
        ask(offices, certificate, "no-number", idNumber="31019919860214006X")
        for ask in (tried, recorded)
    ]

    assert [one["code"] for one in found] == ["BAD_CLAIMANT"] * 2


def test_names_are_not_tried_without_end(offices: Offices) -> None:
    holder, _, certificate = offices.certified()
    decision = stated(certificate=certificate, claim="names")

    told = []
    for number in range(21):
        who = {"idNumber": holder.number, "name": f"某{chr(0x4E00 + number)}"}
        _, answer = offices.post(1, PLATFORM, TRY, decision=decision, who=who)
        told.append(answer.get("errors"))

    assert told[:20] == [None] * 20
    assert told[20][0]["extensions"]["code"] == "TOO_MANY_STATEMENTS"
