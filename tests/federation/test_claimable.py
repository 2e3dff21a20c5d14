"""What a person can claim the ledger would record; what it would not, nobody can claim.

Each story asks what is claimable, and then has the same claim decided.
"""

from datetime import timedelta
from typing import Any

import pytest

from policy.identity import Identity
from policy.months import add_months
from tests.federation.offices import (
    BUREAU,
    CLAIM,
    DECIDE,
    DISTRICT,
    ITEM,
    PLATFORM,
    READER,
    Offices,
    sent,
)
from tests.federation.test_proofs import RECORD_FALSE
from tests.gateway.status.sending import today

CLAIMABLE = """query($n: String!, $claim: ClaimInput!) { holder(idNumber: $n) {
  ... on Holder { claimable(claim: $claim) { __typename
    ... on Claimable { isComplete certificates { outcome amountYuan claimUntil ledger
      refusals certificate { id level }
      eligibility { outcome findings { clause outcome dueOn } } } }
    ... on ClaimInFuture { claimedOn today } } } } }"""


def claimable(
    offices: Offices, holder: Identity, token: str = PLATFORM, **claim: object
) -> Any:
    found = offices.ask(0, token, CLAIMABLE, n=holder.number, claim={**CLAIM, **claim})
    return found["holder"]["claimable"]


def decided(offices: Offices, certificate: str, claim: str, **facts: object) -> str:
    """Have a claim approved by the rules alone; return the kind of the answer."""
    stated = {"claimedOn": today().isoformat(), **CLAIM, **facts}
    answer: str = offices.ask(
        *(0, PLATFORM, DECIDE),
        key=f"{claim}-1",
        decision={
            "claim": claim,
            "certificate": certificate,
            "outcome": "APPROVED",
            "district": DISTRICT,
            "category": stated["category"],
        },
        claim=stated,
    )["recordDecision"]["__typename"]
    return answer


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        pytest.param({}, "ELIGIBLE", id="as it should be"),
        pytest.param({"category": "UNEMPLOYED"}, "ELIGIBLE", id="all of it"),
        pytest.param({"isCivilServant": True}, "INELIGIBLE", id="a civil servant"),
        pytest.param(
            {"category": "DISABLED", "hukou": "ELSEWHERE"}, "INELIGIBLE", id="hukou"
        ),
        pytest.param({"hukou": None}, "ELIGIBLE", id="an employee of anywhere"),
        pytest.param({"acquisition": None}, "UNDETERMINED", id="nobody said how"),
        pytest.param({"category": None}, "UNDETERMINED", id="nobody said who"),
        pytest.param(
            # So long after the day of issue, which nobody knows before the test.
            {"claimedOn": timedelta(days=-1)},
            "INELIGIBLE",
            id="before it was issued",
        ),
        pytest.param(
            {"payments": [{"itemCode": ITEM, "level": "LEVEL_4"}]},
            "INELIGIBLE",
            id="paid elsewhere",
        ),
        pytest.param({"payments": [{}]}, "UNDETERMINED", id="paid for who knows what"),
    ],
)
def test_what_is_claimable_is_recorded_and_nothing_else(
    offices: Offices, facts: dict[str, Any], outcome: str
) -> None:
    holder, _, certificate = offices.certified()
    issued = today() - timedelta(days=60)
    if "claimedOn" in facts:
        facts = {**facts, "claimedOn": (issued + facts["claimedOn"]).isoformat()}

    [found] = claimable(offices, holder, **facts)["certificates"]
    kind = decided(offices, certificate, f"able-{holder.number[-6:]}", **facts)

    assert (found["outcome"], found["certificate"]["id"]) == (outcome, certificate)
    assert (kind == "DecisionRecorded") is (outcome == "ELIGIBLE")
    share = {"UNEMPLOYED": 100}.get(facts.get("category", ""), 80)
    assert found["amountYuan"] == (20 * share if outcome == "ELIGIBLE" else None)
    assert found["claimUntil"] == (
        None
        if outcome == "INELIGIBLE" and "claimedOn" in facts
        else add_months(issued, 12).isoformat()
    )


def test_what_was_decided_is_claimable_no_more(offices: Offices) -> None:
    holder, _, certificate = offices.certified()
    assert decided(offices, certificate, "able-once") == "DecisionRecorded"

    [found] = claimable(offices, holder)["certificates"]

    assert (found["outcome"], found["amountYuan"]) == ("INELIGIBLE", None)
    unmet = [
        one["clause"]
        for one in found["eligibility"]["findings"]
        if one["outcome"] == "UNMET"
    ]
    assert unmet == ["17-once"]
    assert decided(offices, certificate, "able-twice") == "AlreadyPaid"


def test_a_level_that_was_paid_leaves_the_higher_one(offices: Offices) -> None:
    holder, _, certificate = offices.certified("LEVEL_4")
    for level in ("LEVEL_5", "LEVEL_3"):
        offices.send(sent(holder, level))
    assert decided(offices, certificate, "able-middle") == "DecisionRecorded"

    found = claimable(offices, holder)["certificates"]

    assert {one["certificate"]["level"]: one["outcome"] for one in found} == {
        "LEVEL_5": "INELIGIBLE",
        "LEVEL_4": "INELIGIBLE",
        "LEVEL_3": "ELIGIBLE",
    }


def test_what_was_revoked_is_not_claimable(offices: Offices) -> None:
    holder, said, certificate = offices.certified()
    offices.change(said, "撤销")

    [found] = claimable(offices, holder)["certificates"]

    assert (found["outcome"], found["ledger"]) == ("INELIGIBLE", "UNKNOWN")
    assert decided(offices, certificate, "able-revoked") == "DecisionRefused"


def test_what_was_proved_false_is_not_claimable(offices: Offices) -> None:
    """No clause knows of it, and the ledger does."""
    holder, _, certificate = offices.certified()
    offices.ask(0, BUREAU, RECORD_FALSE, c=certificate)

    [found] = claimable(offices, holder)["certificates"]

    assert found["eligibility"]["outcome"] == "ELIGIBLE"
    assert (found["outcome"], found["ledger"]) == ("INELIGIBLE", "OBJECTS")
    assert (found["amountYuan"], found["refusals"]) == (None, ["PROVED_FALSE"])
    assert decided(offices, certificate, "able-false") == "DecisionRefused"


def test_whoever_may_see_no_claims_is_promised_nothing(offices: Offices) -> None:
    holder, _, _ = offices.certified()

    [found] = claimable(offices, holder, token=READER)["certificates"]

    assert found["eligibility"]["outcome"] == "ELIGIBLE"
    assert (found["outcome"], found["ledger"]) == ("UNDETERMINED", "UNKNOWN")
    assert (found["amountYuan"], found["refusals"]) == (None, [])


def test_a_claim_of_tomorrow_is_not_judged(offices: Offices) -> None:
    holder, _, _ = offices.certified()
    tomorrow = (today() + timedelta(days=1)).isoformat()

    found = claimable(offices, holder, claimedOn=tomorrow)

    assert found == {
        "__typename": "ClaimInFuture",
        "claimedOn": tomorrow,
        "today": today().isoformat(),
    }
