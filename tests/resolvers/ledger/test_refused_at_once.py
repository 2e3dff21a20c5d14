"""What can be seen to be wrong with a step is said at once: nobody's books are read."""

from dataclasses import replace
from typing import Any

import pytest

from bureau.caller import Caller
from tests.resolvers.test_store_away import EVERYTHING, answer, codes

COLLEAGUE = replace(EVERYTHING, subject="idp:officer-8")
"""Whose token names an officer, who is not the one that is stated below."""
OFFICER = replace(EVERYTHING, subject="idp:officer-7")
DISTRICT = replace(EVERYTHING, districts=frozenset({"310115"}))
ID_NUMBER = "310199198602140067"
REFUSED = {
    "proposeCorrection": "CorrectionRefused",
    "answerCorrection": "CorrectionRefused",
    "takePaymentStep": "PaymentRefused",
}
STEPS = {
    "proposeCorrection": """correction: {decision: "%(id)s", officer: "%(officer)s",
      reason: "%(reason)s"}""",
    "answerCorrection": """answer: {id: "%(id)s", answer: CONFIRM,
      officer: "%(officer)s", reason: "%(reason)s"}""",
    "takePaymentStep": """step: {claim: "c", version: 1, action: PAY,
      day: %(day)s, officer: "%(officer)s", reason: "%(reason)s"}""",
    "takeRecoveryStep": """step: {id: "%(id)s", version: 1, action: NOTIFY,
      reason: "%(reason)s"}""",
    "proveRecordFalse": """certificate: "c", reason: "%(reason)s",
      evidence: "%(evidence)s\"""",
    "withdrawFalseRecord": """certificate: "c", officer: "%(officer)s",
      reason: "%(reason)s\"""",
    "proveClaimFalse": """claim: "c", part: HUKOU, officer: "%(officer)s",
      reason: "%(reason)s", evidence: "%(evidence)s\"""",
}
SOUND = {
    "id": "9" * 18,
    "officer": "officer-7",
    "reason": "r",
    "evidence": "e",
    "day": "null",
}


def step(name: str, **changes: str) -> str:
    refused = REFUSED.get(name, "RecoveryRefused")
    stated = STEPS[name] % {**SOUND, **changes}
    return f"mutation {{ {name}({stated}) {{ ... on {refused} {{ code }} }} }}"


def refusal(name: str, caller: Caller, **changes: str) -> Any:
    """Return with which code a step is refused while the database is away."""
    found = answer(step(name, **changes), caller=caller)
    assert (found.errors, list(found.data or ())) == (None, [name])
    return (found.data or {})[name]["code"]


@pytest.mark.parametrize("name", STEPS)
def test_what_is_sound_is_asked_of_the_books(name: str) -> None:
    assert codes(step(name), caller=OFFICER) == ["STORE_UNAVAILABLE"]


@pytest.mark.parametrize("name", [one for one in STEPS if "officer" in STEPS[one]])
def test_nobody_states_another_officer(name: str) -> None:
    assert refusal(name, COLLEAGUE) == "OTHER_OFFICER"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("proposeCorrection", "UNKNOWN_DECISION"),
        ("answerCorrection", "UNKNOWN_CORRECTION"),
        ("takeRecoveryStep", "UNKNOWN_RECOVERY"),
    ],
)
@pytest.mark.parametrize(
    "number",
    [
        pytest.param("9" * 19, id="a digit too many"),
        pytest.param("", id="none"),
        pytest.param("x", id="no number"),
        pytest.param("１", id="not of our digits"),
        pytest.param("1\\n", id="a line"),
    ],
)
def test_a_number_that_is_none_is_nobodys(name: str, code: str, number: str) -> None:
    assert refusal(name, EVERYTHING, id=number) == code


@pytest.mark.parametrize(
    ("name", "part", "code"),
    [
        ("takePaymentStep", "officer", "NOT_SAID"),
        ("takePaymentStep", "reason", "NOT_SAID"),
        ("takeRecoveryStep", "reason", "REASON_MISSING"),
        ("proveRecordFalse", "reason", "REASON_MISSING"),
        ("proveRecordFalse", "evidence", "REASON_MISSING"),
        ("withdrawFalseRecord", "officer", "OFFICER_MISSING"),
        ("withdrawFalseRecord", "reason", "REASON_MISSING"),
        ("proveClaimFalse", "officer", "OFFICER_MISSING"),
        ("proveClaimFalse", "reason", "REASON_MISSING"),
        ("proveClaimFalse", "evidence", "REASON_MISSING"),
    ],
)
@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="nothing"),
        pytest.param("x" * 501, id="too much"),
        pytest.param(ID_NUMBER, id="an identity number"),
    ],
)
def test_who_does_it_and_why_is_said(
    name: str, part: str, code: str, said: str
) -> None:
    assert refusal(name, EVERYTHING, **{part: said}) == code


def test_nothing_is_paid_on_a_day_to_come() -> None:
    assert refusal("takePaymentStep", EVERYTHING, day='"2199-12-31"') == "BAD_DAY"


@pytest.mark.parametrize("name", ["proveRecordFalse", "withdrawFalseRecord"])
def test_a_district_proves_nothing_that_concerns_the_whole_city(name: str) -> None:
    assert refusal(name, DISTRICT) == "NOT_FOR_DISTRICTS"
