"""Every story person gets the right answer through HTTP."""

from datetime import date

import pytest

from gateway.demo.holder_check import ask, expectation, summary
from sandbox.story_persons import persons
from tests.federation.queries import CLAUSES, HOLDER_CHECK
from tests.running import Agencies, Gateway

STORIES = [story.id for story in persons(date(2026, 1, 1))]


@pytest.mark.parametrize("story", STORIES)
def test_a_story_person_gets_the_right_answer(
    gateway: Gateway, agencies: Agencies, story: str
) -> None:
    person = agencies.person(story)

    answer = summary(ask(gateway.url, gateway.token, person["idNumber"]))

    assert answer == expectation(person)


def test_the_holder_check_answers_every_field_a_client_asks_for(
    gateway: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("all-three")

    holder = gateway.ask(HOLDER_CHECK, idNumber=person["idNumber"])["holder"]

    licence, driver, fire = holder["certificates"]["nodes"]
    assert (licence["number"], licence["title"], licence["level"]) == (
        f"T{person['idNumber']}",
        "特种作业人员",
        "UNGRADED",
    )
    assert [
        (node["provenance"]["verdict"], node["provenance"]["algorithm"])
        for node in (licence, driver, fire)
    ] == [("VERIFIED", "ES256"), ("VERIFIED", "EdDSA"), ("VERIFIED", "PS256")]
    assert [node["authority"]["name"] for node in (licence, driver, fire)] == [
        "上海市应急管理局",
        "上海市交通委员会",
        "上海市消防救援总队",
    ]
    assert [finding["clause"] for finding in licence["eligibility"]["findings"]] == (
        CLAUSES
    )
    assert holder["sources"] == [
        {"authority": {"name": "上海市应急管理局"}, "outcome": "ANSWERED"},
        {"authority": {"name": "上海市消防救援总队"}, "outcome": "ANSWERED"},
        {"authority": {"name": "上海市交通委员会"}, "outcome": "ANSWERED"},
    ]


def test_a_verdict_gives_its_reasons_in_both_languages(
    gateway: Gateway, agencies: Agencies
) -> None:
    query = """query($idNumber: String!) { holder(idNumber: $idNumber) { certificates {
        nodes { eligibility { findings { zh: reason en: reason(language: EN) } } } } } }
    """
    person = agencies.person("issued-on-notice-day")

    holder = gateway.ask(query, idNumber=person["idNumber"])["holder"]

    finding = holder["certificates"]["nodes"][0]["eligibility"]["findings"][1]
    assert finding == {
        "zh": "发证日期2022-08-22，最早应为2022-08-23",
        "en": "issued on 2022-08-22, the first eligible day is 2022-08-23",
    }


def test_a_claim_adds_the_clauses_of_notice_17_and_the_amount(
    gateway: Gateway, agencies: Agencies
) -> None:
    query = """query($idNumber: String!, $claim: ClaimInput!, $asOf: Date!) {
        holder(idNumber: $idNumber) { certificates(filter: {itemCodes: ["1.2"]}) {
        nodes { eligibility(claim: $claim, asOf: $asOf) {
          outcome amountYuan sharePercent findings { clause } } } } } }"""
    person = agencies.person("shared-number")
    issued = gateway.ask(
        "query($n: String!) { holder(idNumber: $n) { certificates("
        'filter: {itemCodes: ["1.2"]}) { nodes { issuedOn } } } }',
        n=person["idNumber"],
    )["holder"]["certificates"]["nodes"][0]["issuedOn"]
    claim = {
        "claimedOn": issued,
        "category": "EMPLOYED",
        "hukou": "SHANGHAI",
        "payments": [],
        "isCivilServant": False,
        "acquisition": "EXAMINATION",
    }

    holder = gateway.ask(query, idNumber=person["idNumber"], claim=claim, asOf=issued)

    (node,) = holder["holder"]["certificates"]["nodes"]
    verdict = node["eligibility"]
    assert (verdict["outcome"], verdict["amountYuan"], verdict["sharePercent"]) == (
        "ELIGIBLE",
        800,
        80,
    )
    assert len(verdict["findings"]) == 13


NEXT_STEPS = """
query($idNumber: String!) { holder(idNumber: $idNumber) { ... on Holder {
  certificates { nodes { eligibility { findings { clause outcome
    nextStep { actor zh: words en: words(language: EN) } } } } } } } }
"""


@pytest.mark.parametrize(
    ("story", "clause", "actor"),
    [
        ("review-overdue", "219-3b", "HOLDER"),
        ("state-unknown", "219-3b", "COLLECTION_BODY"),
        ("other-examiner", "219-2a", "AUTHORITY"),
        ("renewed-2019", "219-n2", "NOBODY"),
    ],
)
def test_who_has_to_act_is_told_of_what_is_not_met_alone(
    gateway: Gateway, agencies: Agencies, story: str, clause: str, actor: str
) -> None:
    person = agencies.person(story)

    holder = gateway.ask(NEXT_STEPS, idNumber=person["idNumber"])["holder"]

    (node,) = holder["certificates"]["nodes"]
    steps = {
        finding["clause"]: finding["nextStep"]
        for finding in node["eligibility"]["findings"]
        if finding["outcome"] != "MET"
    }
    met = [f for f in node["eligibility"]["findings"] if f["clause"] not in steps]
    assert steps[clause]["actor"] == actor
    assert all(step["zh"] and step["en"] for step in steps.values())
    assert [finding["nextStep"] for finding in met] == [None] * len(met)
