"""What is written about each story person is what the notice says of them."""

import json
from datetime import date
from pathlib import Path

import pytest

from policy.catalogue import load_catalogue
from policy.eligibility import evaluate
from policy.evidence import AccountState, Attestation, Claimant, Evidence
from policy.finding import FindingOutcome
from policy.identity import IdType, parse_identity
from policy.parameters import load_parameters
from sandbox.agency import AgencyId, collection_body_of, items_of
from sandbox.stories import Story, StoryCertificate, Verdict, describe
from sandbox.story_persons import persons

TODAY = date(2026, 11, 23)
STORIES = {story.id: story for story in persons(TODAY, with_sm2=True)}
HELD = [
    pytest.param(story, held, id=f"{story.id}-{number}")
    for story in STORIES.values()
    for number, held in enumerate(story.certificates, start=1)
]
LONG_AFTER = date(2031, 5, 1)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_story_persons_number_is_valid(story: Story) -> None:
    identity = story.holder.identity

    assert parse_identity(identity.number) == identity


@pytest.mark.parametrize(("story", "held"), HELD)
def test_the_expected_verdict_is_the_notices(
    story: Story, held: StoryCertificate
) -> None:
    assert found(story, held, TODAY) == held.verdict


def test_expectations_do_not_rot() -> None:
    later = persons(LONG_AFTER, with_sm2=True)

    assert [
        found(story, held, LONG_AFTER) for story in later for held in story.certificates
    ] == [held.verdict for story in STORIES.values() for held in story.certificates]


def found(story: Story, held: StoryCertificate, today: date) -> Verdict:
    """Evaluate a certificate as if its signature were in order."""
    evidence = Evidence(
        record=held.entry.record,
        attestation=Attestation(
            institution=collection_body_of(held.agency),
            scope=frozenset(item.code for item in items_of(held.agency)),
            key_in_force=True,
            account=AccountState.ACTIVE,
        ),
        claimant=Claimant(story.holder.identity, story.holder.name),
        claim=None,
        as_of=today,
        today=today,
    )
    verdict = evaluate(
        evidence, catalogue=load_catalogue(), parameters=load_parameters()
    )
    not_met = tuple(
        finding.clause
        for finding in verdict.findings
        if finding.outcome is not FindingOutcome.MET
    )
    return Verdict(verdict.outcome, not_met)


def test_nobody_occurs_twice() -> None:
    numbers = {story.holder.identity.number for story in STORIES.values()}

    assert len(numbers) == len(persons(TODAY, with_sm2=True)) == 29
    assert len(persons(TODAY)) == 27


def test_every_certificate_has_its_own_serial_number() -> None:
    graded = [
        held.entry.record.number
        for story in STORIES.values()
        for held in story.certificates
        if held.agency is not AgencyId.EMERGENCY_MANAGEMENT
    ]

    assert len(set(graded)) == len(graded)


def test_the_whole_annex_is_held_by_one_person() -> None:
    held = STORIES["whole-annex"].certificates

    rows = {(h.entry.record.item_code, h.entry.record.level) for h in held}

    assert len(rows) == 41


def test_the_expected_sources_tell_none_from_not_believed() -> None:
    assert dict(STORIES["partly-tampered"].sources) == {
        "emergency-management": "UNVERIFIED",
        "transport": "NONE",
        "fire-rescue": "NONE",
    }
    assert dict(STORIES["all-three"].sources) == {
        "emergency-management": "ANSWERED",
        "transport": "ANSWERED",
        "fire-rescue": "ANSWERED",
    }


def test_a_certificate_that_is_not_believed_is_not_expected() -> None:
    story = STORIES["partly-tampered"]

    (told,) = describe((story,), TODAY)["persons"]

    assert told == {
        "id": "partly-tampered",
        "zh": "两份记录，一份完好、一份被改动：只采信完好的一份",
        "en": "two records, one good and one changed: only the good one is believed",
        "idType": IdType.RESIDENT_ID,
        "idNumber": "310199199112050143",
        "name": "尤秋怡",
        "assessors": [],
        "sources": {
            "emergency-management": "UNVERIFIED",
            "transport": "NONE",
            "fire-rescue": "NONE",
        },
        "certificates": [
            {
                "agency": "emergency-management",
                "itemCode": "1.2",
                "level": "UNGRADED",
                "eligibility": "ELIGIBLE",
                "notMet": [],
            }
        ],
    }


def test_the_written_stories_are_these(prepared: Path) -> None:
    told = json.loads((prepared / "stories.json").read_text(encoding="utf-8"))

    assert [person["id"] for person in told["persons"]] == [
        story.id for story in persons(TODAY)
    ]
    assert told["agencies"] == ["emergency-management", "transport", "fire-rescue"]
