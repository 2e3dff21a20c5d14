"""Every set of facts that is said to be enough is enough, and no less of it is.

Proved by brute force, by the whole verdict and not by what looks for the sets: some
values of the facts make it ELIGIBLE, and with any one fact left as it is, none of the
values of the others do: none of those that are tried to find the sets, and of others
forty at random. Three hundred cases each time, a hundred thousand in ``make fuzz``.
"""

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, product
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy import what_if
from policy.case import Case, ClaimCase
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clause_inputs import INPUTS
from policy.clauses import CLAUSES
from policy.eligibility import EligibilityOutcome, evaluate
from policy.evidence import (
    AccountState,
    Acquisition,
    Claim,
    ClaimantCategory,
    Evidence,
    Hukou,
)
from policy.facts import Fact
from policy.finding import FindingOutcome
from policy.level import Level
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.parameters import Parameters, load_parameters
from policy.question import Question
from policy.row import row_of
from policy.variations import (
    BEST,
    INPUTS_OF,
    SETTERS,
    Varied,
    alternatives,
    changed,
)
from policy.what_if import would_be_eligible_if
from tests.gateway.evidence import invented
from tests.policy.factories import EMPLOYED_CLAIM, LOW_VOLTAGE, RAIL_DRIVER, evidence

CATALOGUE = load_catalogue()
CASES = 150 if settings().max_examples < 1_000 else 100_000
FEW = 1_000
MOST_TRIED = 40
"""So many values of one set are tried beside those by which it was found, at random
where there are more."""
ELIGIBLE, MET = EligibilityOutcome.ELIGIBLE, FindingOutcome.MET
OF_CLAIMS = {**CLAIM_CLAUSES, **OPTIONAL_CLAUSES}
DAYS = (date(2022, 8, 23), date(2024, 2, 29), date(2025, 2, 1), date(2030, 5, 31))
OTHERS: Mapping[Fact, Sequence[Any]] = {
    Fact.LEVEL: [*Level],
    Fact.STATE: [*CertificateState],
    Fact.ACCOUNT: [*AccountState],
    Fact.CATEGORY: [*ClaimantCategory],
    Fact.HUKOU: [*Hukou],
    Fact.STUDIES_IN_SHANGHAI: [True, False],
    Fact.CIVIL_SERVANT: [True, False],
    Fact.ACQUISITION: [*Acquisition],
    **dict.fromkeys(
        (
            *(Fact.FIRST_ISSUED_ON, Fact.ISSUED_ON, Fact.VALID_FROM),
            *(Fact.VALID_UNTIL, Fact.REVIEW_DUE_ON),
            *(Fact.CLAIMED_ON, Fact.DISCHARGED_ON),
        ),
        DAYS,
    ),
}
"""Values that are tried beside those by which the sets are found."""
AS_IT_IS = object()


def question(asked: Evidence, parameters: Parameters) -> Question:
    return Question.of(
        asked, figures=parameters.in_force(asked.as_of), catalogue=CATALOGUE
    )


def outcome(asked: Evidence, parameters: Parameters) -> EligibilityOutcome:
    return evaluate(asked, catalogue=CATALOGUE, parameters=parameters).outcome


class Judge:
    """Says of one case whether it is ELIGIBLE with some facts otherwise.

    The whole verdict says so. That it is not is said by one clause where that is not
    met: the one that was not when the whole verdict was last asked for.
    """

    def __init__(self, asked: Evidence, parameters: Parameters) -> None:
        self._asked = asked
        self._parameters = parameters
        self._figures = parameters.in_force(asked.as_of)
        self._varied = Varied(asked)
        self._unmet: str | None = None

    def is_eligible(self, values: Mapping[Fact, Any]) -> bool:
        """Say whether, with ``values``, every clause is met."""
        made = self._varied.by(values)
        if self._unmet is not None and not self._is_met(self._unmet, made):
            return False
        found = evaluate(made, catalogue=CATALOGUE, parameters=self._parameters)
        unmet = [one.clause for one in found.findings if one.outcome is not MET]
        self._unmet = unmet[0] if unmet else None
        return found.outcome is ELIGIBLE

    def _is_met(self, clause: str, made: Evidence) -> bool:
        row = row_of(made.record, CATALOGUE)
        if clause in CLAUSES:
            return CLAUSES[clause](Case(made, row, self._figures))[0] is MET
        assert made.claim is not None
        case = ClaimCase.of(
            *(made.record, made.claim),
            row=row,
            figures=self._figures,
            catalogue=CATALOGUE,
        )
        return OF_CLAIMS[clause](case)[0] is MET


def tried(
    values: Mapping[Fact, Sequence[Any]], rng: random.Random
) -> Iterator[dict[Fact, Any]]:
    """Yield every choice of ``values``, or many at random where there are too many."""
    choices = prod(map(len, values.values()))
    if choices <= MOST_TRIED:
        yield from every(values)
        return
    for _ in range(MOST_TRIED):
        made, left = {}, rng.randrange(choices)
        for fact, of in values.items():
            left, place = divmod(left, len(of))
            if of[place] is not AS_IT_IS:
                made[fact] = of[place]
        yield made


def spoilt(rng: random.Random, most: int | None = None) -> Evidence:
    """Return a case of which a few facts are not as they should be."""
    record, signer = rng.choice(invented.SIGNED)
    most = most or rng.choice([1, 2, 3])
    return evidence(
        replace(record, **invented.spoilt(rng, invented.record_pools(), most)),
        replace(signer, **invented.spoilt(rng, invented.ATTESTATION_POOLS, 1)),
        claim=rng.choice([None, EMPLOYED_CLAIM, Claim(), invented.claim(rng)]),
    )


@settings(max_examples=CASES, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_sets_are_enough_and_minimal(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - an example, no secret
    parameters = rng.choice(invented.editions()).parameters
    asked = spoilt(rng)
    of = question(asked, parameters)

    found = would_be_eligible_if(of)

    if outcome(asked, parameters) is ELIGIBLE:
        assert found == ()
    otherwise, judge = alternatives(of), Judge(asked, parameters)
    for facts in found:
        best = {
            fact: otherwise[fact]
            if fact in BEST and len(otherwise[fact]) == 1
            else [AS_IT_IS, *otherwise[fact]]
            for fact in sorted(facts)
        }
        assert any(map(judge.is_eligible, every(best))), facts
        for left in facts:
            values_of = {
                fact: [
                    *dict.fromkeys((AS_IT_IS, *otherwise[fact], *OTHERS.get(fact, ())))
                ]
                for fact in sorted(facts - {left})
            }
            known = {fact: values for fact, values in best.items() if fact != left}
            for values in chain(every(known), tried(values_of, rng)):
                assert not judge.is_eligible(values), (facts, left, values)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_one_clause_says_first_is_what_the_whole_verdict_says(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - an example, no secret
    parameters = rng.choice(invented.editions()).parameters
    asked = spoilt(rng)
    otherwise = alternatives(question(asked, parameters))
    judge, varied = Judge(asked, parameters), Varied(asked)
    facts = rng.sample(sorted(otherwise), 4)

    for values in tried({one: [AS_IT_IS, *otherwise[one]] for one in facts}, rng):
        made = changed(asked, values)
        assert varied.by(values) == made
        is_eligible = outcome(made, parameters) is ELIGIBLE
        assert judge.is_eligible(values) == is_eligible


def every(values: Mapping[Fact, Sequence[Any]]) -> Iterator[dict[Fact, Any]]:
    for one in product(*values.values()):
        yield {
            fact: value
            for fact, value in zip(values, one, strict=True)
            if value is not AS_IT_IS
        }


@settings(deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_fact_that_is_enough_by_itself_is_passed_over(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - an example, no secret
    parameters = load_parameters()
    asked = spoilt(rng)
    of = question(asked, parameters)

    found = would_be_eligible_if(of)

    if outcome(asked, parameters) is ELIGIBLE:
        return
    otherwise = alternatives(of)
    enough = {
        frozenset({fact})
        for fact, values in otherwise.items()
        for value in (*values, *OTHERS.get(fact, ()))
        if outcome(changed(asked, {fact: value}), parameters) is ELIGIBLE
    }
    assert len(enough) > 6 or enough <= set(found)


def sets(asked: Evidence) -> list[set[Fact]]:
    return [
        {*facts} for facts in would_be_eligible_if(question(asked, load_parameters()))
    ]


LATE = replace(EMPLOYED_CLAIM, claimed_on=date(2025, 6, 2))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param(evidence(claim=EMPLOYED_CLAIM), [], id="eligible"),
        pytest.param(
            evidence(replace(LOW_VOLTAGE, state=CertificateState.REVOKED)),
            [{Fact.STATE}],
            id="revoked",
        ),
        pytest.param(
            evidence(replace(LOW_VOLTAGE, valid_until=None, review_due_on=None)),
            [{Fact.VALID_UNTIL, Fact.REVIEW_DUE_ON}],
            id="two days are not stated",
        ),
        pytest.param(
            evidence(claim=Claim()),
            [
                {
                    *(Fact.CLAIMED_ON, Fact.CATEGORY, Fact.PAYMENTS),
                    *(Fact.CIVIL_SERVANT, Fact.ACQUISITION),
                }
            ],
            id="nothing is stated of the claim: an employee needs no hukou",
        ),
        pytest.param(
            evidence(RAIL_DRIVER, claim=LATE),
            [{Fact.CLAIMED_ON}, {Fact.ISSUED_ON}],
            id="late: claimed earlier, or issued later",
        ),
        pytest.param(
            evidence(as_of=date(2025, 3, 2), today=date(2025, 3, 1)),
            [],
            id="the day has not come, and no fact brings it",
        ),
    ],
)
def test_what_would_have_to_be_otherwise(
    asked: Evidence, found: list[set[Fact]]
) -> None:
    assert sorted(map(sorted, sets(asked))) == sorted(map(sorted, found))


def test_every_input_of_a_clause_is_a_fact_or_the_question() -> None:
    named = {name for one in INPUTS.values() for name in one.facts}

    assert named == set(INPUTS_OF)
    assert set(SETTERS) == {
        *(fact for facts in INPUTS_OF.values() for fact in facts),
        Fact.FRESHNESS,
    }


def test_a_search_comes_to_an_end_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen by a profile: without a bound over a million choices may be looked at."""
    monkeypatch.setattr(what_if, "MOST_TRIED", FEW)

    tried = [choices(random.Random(seed)) for seed in range(160, 170)]  # noqa: S311

    assert max(tried) == FEW + 1


def choices(rng: random.Random) -> int:
    """Return at how many choices a search for what lacks much looks."""
    parameters = rng.choice(invented.editions()).parameters
    record, signer = rng.choice(invented.SIGNED)
    asked = evidence(
        replace(record, **invented.spoilt(rng, invented.record_pools(), 9)),
        replace(signer, **invented.spoilt(rng, invented.ATTESTATION_POOLS, 3)),
        claim=invented.claim(rng),
    )
    tried = 0

    def look(frame: Any, event: str, _: object) -> None:
        nonlocal tried
        if event == "call" and frame.f_code.co_filename == what_if.__file__:
            tried += frame.f_code.co_name in ("_all_met", "_is_met")

    sys.setprofile(look)
    try:
        would_be_eligible_if(question(asked, parameters))
    finally:
        sys.setprofile(None)
    return tried
