"""The demo's own judgement: an answer is right only if all of it is."""

from gateway.demo.holder_check import expectation, summary

PERSON = {
    "sources": {"transport": "ANSWERED"},
    "certificates": [
        {
            "itemCode": "4-02-01-01",
            "level": "LEVEL_4",
            "eligibility": "INELIGIBLE",
            "notMet": ["219-1b"],
        }
    ],
}


def answer(outcome: str = "ANSWERED", clause: str = "219-1b") -> dict[str, object]:
    findings = [
        {"clause": "219-1a", "outcome": "MET"},
        {"clause": clause, "outcome": "UNMET"},
    ]
    eligibility = {"outcome": "INELIGIBLE", "findings": findings}
    node = {"itemCode": "4-02-01-01", "level": "LEVEL_4", "eligibility": eligibility}
    return {
        "sources": [{"agency": "transport", "outcome": outcome}],
        "certificates": {"nodes": [node]},
    }


def test_an_answer_as_told_is_right() -> None:
    assert summary(answer()) == expectation(PERSON)


def test_another_source_outcome_is_wrong() -> None:
    assert summary(answer(outcome="UNVERIFIED")) != expectation(PERSON)


def test_another_failing_clause_is_wrong() -> None:
    assert summary(answer(clause="219-3b")) != expectation(PERSON)
