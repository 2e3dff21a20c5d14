"""What is missing comes first, and beside it what the claim itself lacks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from policy.absent import MISSING, would_be_eligible_with
from policy.catalogue import load_catalogue
from policy.eligibility import Absence
from policy.evidence import Claim, Claimant, Hukou
from policy.facts import Fact
from policy.level import Level
from policy.parameters import load_parameters
from policy.question import Question
from tests.policy.factories import EMPLOYED_CLAIM, HOLDER, TODAY

CATALOGUE = load_catalogue()


def sets(
    why: Absence,
    claim: Claim | None,
    level: Level = Level.UNGRADED,
    as_of: date = TODAY,
) -> list[set[Fact]]:
    asked = Question.without_certificate(
        *(CATALOGUE.items["1.2"], level, claim),
        figures=load_parameters().in_force(as_of),
        catalogue=CATALOGUE,
    )
    found = would_be_eligible_with(
        asked, why, Claimant(HOLDER, "王小明"), as_of=as_of, today=TODAY
    )
    return [{*facts} for facts in found]


@pytest.mark.parametrize("claim", [None, EMPLOYED_CLAIM], ids=["no claim", "a claim"])
@pytest.mark.parametrize("why", [why for why, fact in MISSING.items() if fact])
def test_what_is_missing_is_all_that_is_missing(
    why: Absence, claim: Claim | None
) -> None:
    assert sets(why, claim) == [{MISSING[why]}]


def test_what_the_claim_lacks_is_missing_besides() -> None:
    claim = replace(EMPLOYED_CLAIM, is_civil_servant=True, category=None)

    assert sets(Absence.NONE_HELD, claim) == [
        {Fact.CERTIFICATE, Fact.CIVIL_SERVANT, Fact.CATEGORY}
    ]
    assert sets(Absence.NOT_ANSWERED, replace(claim, hukou=Hukou.ELSEWHERE)) == [
        {Fact.FRESHNESS, Fact.CIVIL_SERVANT, Fact.CATEGORY}
    ]


@pytest.mark.parametrize(
    ("why", "level", "as_of"),
    [
        pytest.param(Absence.NONE_HELD, Level.LEVEL_3, TODAY, id="no such level"),
        pytest.param(
            *(Absence.DAY_NOT_COME, Level.UNGRADED, TODAY + timedelta(days=1)),
            id="the day has not come",
        ),
        pytest.param(
            *(Absence.NOT_SHOWN, Level.UNGRADED, TODAY + timedelta(days=1)),
            id="nor has it for what was not shown",
        ),
    ],
)
def test_nothing_is_said_to_help_that_does_not(
    why: Absence, level: Level, as_of: date
) -> None:
    assert sets(why, EMPLOYED_CLAIM, level, as_of) == []
