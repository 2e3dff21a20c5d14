"""A finding's data: the same bytes by a plan, and nothing compared where none is asked.

What a phrase is kept without is nobody else's: two people with one finding have each
their own days.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bureau.caller import Caller
from policy import compared, what_if
from resolvers.certificates.compared import Basis
from tests.resolvers.plans.conftest import SEES_MASKS, SEES_PEOPLE, Known
from tests.running import Agencies

FINDINGS = """query($n: String!) { holder(idNumber: $n) { ... on Holder {
  row: eligibility(itemCode: "3.1", level: UNGRADED) { outcome findings { ...all } }
  certificates { nodes { id issuedOn firstIssuedOn validUntil reviewDueOn
    eligibility { outcome findings { ...all } }
    claimEligibility(claim: {claimedOn: "2026-11-01"}) { ... on Eligibility {
      findings { ...all } } } } } } } }
fragment all on Finding { clause outcome reason dueOn
  expected { ...value } actual { ...value }
  source { document place page clause { id title } parameters { name source } } }
fragment value on FindingValue { __typename fact name en: name(language: EN) words
  ... on FindingDays { from until } ... on FindingNumbers { least most }
  ... on FindingCodes { codes } }"""
LACKS = """query($n: String!) { holder(idNumber: $n) { ... on Holder {
  row: eligibility(itemCode: "3.1", level: UNGRADED) { ...lacks }
  certificates { nodes { eligibility { ...lacks } } } } } }
fragment lacks on Eligibility { outcome
  eligibleIf { facts words en: words(language: EN) } }"""
WORDS = """query($n: String!) { holder(idNumber: $n) { ... on Holder {
  certificates { nodes { eligibility { outcome findings { clause reason
    source { document } nextStep { actor } } } } } } } }"""
STORIES = ("shared-number", "review-overdue", "other-examiner", "state-unknown")


def person(agencies: Agencies, story: str) -> str:
    number: str = agencies.person(story)["idNumber"]
    return number


@pytest.mark.parametrize("caller", [SEES_MASKS, SEES_PEOPLE], ids=["masks", "people"])
@pytest.mark.parametrize("story", STORIES)
def test_a_plan_says_what_graphql_core_says(
    known: Known, running_agencies: Agencies, story: str, caller: Caller
) -> None:
    question = known.asking(FINDINGS, {"n": person(running_agencies, story)})

    first = known.answered(question, caller)
    again = known.answered(question, caller)

    assert first.is_planned
    assert first.planned == first.by_core
    assert again.planned == first.planned


def told(known: Known, number: str, text: str = FINDINGS) -> Any:
    answer = known.answered(known.asking(text, {"n": number}), SEES_MASKS)
    return json.loads(answer.planned)["data"]["holder"]


def test_a_certificates_days_are_its_own(
    known: Known, running_agencies: Agencies
) -> None:
    for story in STORIES:
        for node in told(known, person(running_agencies, story))["certificates"][
            "nodes"
        ]:
            found = {one["clause"]: one for one in node["eligibility"]["findings"]}
            [issued] = found["219-1b"]["actual"]
            standing = {one["fact"]: one for one in found["219-3b"]["actual"]}

            assert (issued["from"], issued["until"]) == (node["issuedOn"],) * 2
            assert standing["VALID_UNTIL"]["until"] == node["validUntil"]
            assert standing["REVIEW_DUE_ON"]["from"] == node["reviewDueOn"]


def test_what_would_have_to_be_otherwise_is_the_least(
    known: Known, running_agencies: Agencies
) -> None:
    holder = told(known, person(running_agencies, "review-overdue"), LACKS)
    [node] = holder["certificates"]["nodes"]

    assert node["eligibility"]["eligibleIf"] == [
        {
            "facts": ["REVIEW_DUE_ON"],
            "words": "应复审日期",
            "en": "the day by which a review is due",
        }
    ]
    assert holder["row"]["outcome"] == "INELIGIBLE"
    assert [one["facts"] for one in holder["row"]["eligibleIf"]] == [["CERTIFICATE"]]


def test_a_source_is_the_clause_with_its_place_and_what_was_decided(
    known: Known, running_agencies: Agencies
) -> None:
    holder = told(known, person(running_agencies, "shared-number"))
    found = holder["certificates"]["nodes"][0]["claimEligibility"]["findings"]
    sources = {one["clause"]: one["source"] for one in found}

    assert sources["219-n2"]["document"] == "沪人社职〔2022〕219号"
    assert sources["219-n2"]["place"] == "附件，注2"
    assert sources["219-1b"]["parameters"] == [
        {"name": "first_eligible_day", "source": "OPEN"}
    ]
    assert sources["17-window"]["document"] == "沪人社规〔2022〕17号"


@contextmanager
def seen_here(*files: str) -> Iterator[set[str]]:
    """Collect the functions of ``files`` that this thread runs, the event loop's."""
    ran: set[str] = set()

    def look(frame: Any, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename in files:
            ran.add(frame.f_code.co_name)

    sys.setprofile(look)
    try:
        yield ran
    finally:
        sys.setprofile(None)


def test_what_would_have_to_be_otherwise_is_looked_for_beside_the_loop(
    known: Known, running_agencies: Agencies
) -> None:
    number = person(running_agencies, "review-overdue")

    with seen_here(what_if.__file__) as ran:
        holder = told(known, number, LACKS)

    assert holder["certificates"]["nodes"][0]["eligibility"]["eligibleIf"]
    assert ran == set()


def test_nothing_is_compared_unless_it_is_asked_for(
    known: Known, running_agencies: Agencies
) -> None:
    """Seen by a profile: a finding's words run no line of what compares."""
    question = known.asking(WORDS, {"n": person(running_agencies, "shared-number")})

    with seen_here(compared.__file__, Basis.__init__.__code__.co_filename) as ran:
        answer = known.answered(question, SEES_MASKS)

    assert answer.is_planned
    # The verdict knows by what it could be compared, and its source is a clause.
    assert ran <= {"__init__", "source_of"}
