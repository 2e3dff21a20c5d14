"""What words say of a clause, data says: the same days, levels and codes, and no more.

And data says it so that a program can tell: a clause is met where what is there lies
within what is expected, and unmet where some of it lies outside for certain.
"""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from policy.catalogue import load_catalogue
from policy.certificate import CertificateState, StateChange
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clauses import CLAUSES
from policy.compared import BY_CLAUSE, compare
from policy.compared_claims import BY_CLAUSE as BY_CLAIM_CLAUSE
from policy.compared_values import Codes, Compared, Days, Numbers, Value, Words
from policy.eligibility import Absence, evaluate, without_certificate
from policy.evidence import ClaimantCategory, Evidence
from policy.facts import FACT_NAMES, Fact
from policy.finding import Finding, FindingOutcome
from policy.level import LEVEL_NAMES, Level
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.parameters import Parameters, load_parameters
from policy.question import Question
from policy.text import Text
from tests.gateway.evidence import invented
from tests.policy.factories import (
    EMPLOYED_CLAIM,
    LOW_VOLTAGE,
    RAIL_DRIVER,
    evidence,
    finding,
    is_said_twice,
)
from tests.policy.test_optional_clauses import CLAIMED, paid, with_values

CATALOGUE = load_catalogue()
MANY = 1_500
MET, UNMET = FindingOutcome.MET, FindingOutcome.UNMET


def question(asked: Evidence, parameters: Parameters) -> Question:
    return Question.of(
        asked, figures=parameters.in_force(asked.as_of), catalogue=CATALOGUE
    )


def all_compared(rng: random.Random) -> Iterator[tuple[Question, Finding, Compared]]:
    """Yield every finding of an invented case with what was compared for it."""
    parameters = rng.choice(invented.editions()).parameters
    asked = invented.evidence(rng)
    verdict = evaluate(asked, catalogue=CATALOGUE, parameters=parameters)
    of = question(asked, parameters)
    for found in verdict.findings:
        yield of, found, compare(of, found)


def compared(clause: str, asked: Evidence) -> Compared:
    return compare(question(asked, load_parameters()), finding(clause, asked))


def is_within(actual: Value, expected: Value) -> bool:
    """Say whether all that ``actual`` may be is expected."""
    if isinstance(actual, Days) and isinstance(expected, Days):
        return (expected.first or date.min) <= (actual.first or date.min) and (
            actual.last or date.max
        ) <= (expected.last or date.max)
    if isinstance(actual, Numbers) and isinstance(expected, Numbers):
        most = expected.most
        return (actual.least or 0) >= (expected.least or 0) and (
            most is None or (actual.most is not None and actual.most <= most)
        )
    if isinstance(actual, Codes) and isinstance(expected, Codes):
        return set(actual.codes) <= set(expected.codes)
    # Names are compared as the annex's tables spell them.
    return isinstance(actual, Words) and isinstance(expected, Words)


def is_outside(actual: Value, expected: Value) -> bool:
    """Say whether nothing that ``actual`` may be is expected."""
    if isinstance(actual, Days) and isinstance(expected, Days):
        return (actual.last or date.max) < (expected.first or date.min) or (
            actual.first or date.min
        ) > (expected.last or date.max)
    if isinstance(actual, Numbers) and isinstance(expected, Numbers):
        above = expected.most is not None and (actual.least or 0) > expected.most
        return above or (
            actual.most is not None and actual.most < (expected.least or 0)
        )
    if isinstance(actual, Codes) and isinstance(expected, Codes):
        return set(actual.codes).isdisjoint(expected.codes)
    return actual != expected


def days_of(said: Compared) -> set[date]:
    days = {said.due_on}
    for value in (*said.expected.values(), *said.actual.values()):
        if isinstance(value, Days):
            days |= {value.first, value.last}
    return days - {None}  # type: ignore[return-value]  # none is left


def codes_of(said: Compared) -> set[str]:
    values = (*said.expected.values(), *said.actual.values())
    return {code for one in values if isinstance(one, Codes) for code in one.codes}


def test_every_clause_has_what_it_compares_and_every_fact_its_words() -> None:
    clauses = [*CLAUSES, *CLAIM_CLAUSES, *OPTIONAL_CLAUSES]

    assert [*BY_CLAUSE, *BY_CLAIM_CLAUSE] == clauses
    assert [*FACT_NAMES] == [*Fact]
    for name in FACT_NAMES.values():
        assert is_said_twice(name)


def test_data_comes_out_as_the_clause_does() -> None:
    rng = random.Random(11)  # noqa: S311 - an example, no secret
    seen: dict[FindingOutcome, int] = dict.fromkeys(FindingOutcome, 0)

    for _ in range(MANY):
        for of, found, said in all_compared(rng):
            inside = {
                fact: fact in said.actual and is_within(said.actual[fact], expected)
                for fact, expected in said.expected.items()
            }
            outside = [
                fact
                for fact, expected in said.expected.items()
                if fact in said.actual and is_outside(said.actual[fact], expected)
            ]
            if found.outcome is MET:
                assert all(inside.values()), (found, said)
            # What no row is, is refused by its words.
            elif found.outcome is UNMET and of.row.outcome is not UNMET:
                assert outside, (found, said)
            seen[found.outcome] += 1

    assert min(seen.values()) > MANY


def test_words_and_data_name_the_same_days_levels_and_codes() -> None:
    rng = random.Random(12)  # noqa: S311 - an example, no secret
    named = 0

    for _ in range(MANY):
        for of, found, said in all_compared(rng):
            words = found.reason
            days = set(
                map(date.fromisoformat, re.findall(r"\d{4}-\d\d-\d\d", words.zh))
            )
            levels = {
                level for level, name in LEVEL_NAMES.items() if name.zh in words.zh
            }
            assert days <= days_of(said), (found, said)
            assert levels <= codes_of(said), (found, said)
            if of.row.item is not None and f"（{of.row.item.code}）" in words.zh:
                assert of.row.item.code in codes_of(said), (found, said)
            named += len(days) + len(levels)

    assert named > MANY


def test_nobody_is_named_by_data() -> None:
    rng = random.Random(13)  # noqa: S311 - an example, no secret

    for _ in range(200):
        for of, _, said in all_compared(rng):
            record = of.record
            assert record is not None
            assert record.holder.number not in repr(said)
            assert record.number not in repr(said)


CLAIM = replace(EMPLOYED_CLAIM, claimed_on=date(2025, 6, 2))


def test_a_claim_that_is_late_is_beside_the_days_that_it_may_be_made_on() -> None:
    said = compared("17-window", evidence(claim=CLAIM))

    assert said == Compared(
        {Fact.CLAIMED_ON: Days(date(2024, 6, 1), date(2025, 6, 1))},
        {Fact.CLAIMED_ON: Days(date(2025, 6, 2), date(2025, 6, 2))},
        date(2025, 6, 1),
    )


def test_until_when_it_may_be_claimed_is_said_of_a_claim_without_a_day() -> None:
    said = compared("17-window", evidence(claim=replace(CLAIM, claimed_on=None)))

    assert (said.actual, said.due_on) == ({}, date(2025, 6, 1))


def change(state: CertificateState, march: int) -> StateChange:
    """Return a change that was sent, and takes effect on a day of March 2025."""
    received = datetime(2025, 2, 1, tzinfo=UTC)
    return StateChange(
        state=state, effective_on=date(2025, 3, march), received_at=received
    )


@pytest.mark.parametrize(
    ("changes", "due_on"),
    [
        pytest.param({}, date(2027, 5, 31), id="the review comes first"),
        pytest.param(
            {"review_due_on": date(2030, 5, 31), "valid_until": date(2030, 5, 30)},
            date(2030, 5, 30),
            id="it runs out first",
        ),
        pytest.param(
            {"review_due_on": date(2025, 2, 28)},
            date(2025, 2, 28),
            id="the review is overdue",
        ),
        pytest.param(
            {"valid_from": date(2025, 3, 2)}, date(2025, 3, 2), id="not valid yet"
        ),
        pytest.param({"state": None}, None, id="nobody knows"),
        pytest.param(
            {"changes": (change(CertificateState.SUSPENDED, 10),)},
            date(2025, 3, 9),
            id="it is suspended soon",
        ),
        pytest.param(
            {
                "changes": (
                    change(CertificateState.SUSPENDED, 10),
                    change(CertificateState.VALID, 5),
                    change(CertificateState.LAPSED, 20),
                )
            },
            date(2025, 3, 19),
            id="that was lifted, and it lapses",
        ),
        pytest.param(
            {
                "state": CertificateState.CANCELLED,
                "state_since": date(2025, 3, 2),
                "changes": (),
            },
            date(2025, 3, 1),
            id="today is the last day",
        ),
    ],
)
def test_a_standing_says_until_when(
    changes: Mapping[str, object], due_on: date | None
) -> None:
    record = replace(LOW_VOLTAGE, **changes)  # type: ignore[arg-type]  # facts of a record

    assert compared("219-3b", evidence(record)).due_on == due_on


def test_a_level_that_is_not_listed_is_beside_those_that_are() -> None:
    said = compared("219-1a", evidence(replace(LOW_VOLTAGE, level=Level.LEVEL_3)))

    assert said.expected[Fact.LEVEL] == Codes(("UNGRADED",))
    assert said.actual[Fact.LEVEL] == Codes(("LEVEL_3",))


def test_a_veterans_claim_is_due_by_the_months_after_the_discharge() -> None:
    claim = replace(
        EMPLOYED_CLAIM,
        category=ClaimantCategory.VETERAN,
        discharged_on=date(2020, 1, 31),
    )

    said = compared("17-share", evidence(RAIL_DRIVER, claim=claim))

    assert said.due_on == date(2025, 1, 31)
    assert said.expected[Fact.CLAIMED_ON] == Days(date(2020, 1, 31), date(2025, 1, 31))


@pytest.mark.parametrize(
    ("cap", "due_on"),
    [
        pytest.param("1599", date(2026, 1, 1), id="with what was paid this year"),
        pytest.param("799", None, id="by itself"),
    ],
)
def test_the_next_year_helps_no_claim_that_is_over_a_years_sum(
    cap: str, due_on: date | None
) -> None:
    asked = evidence(claim=replace(EMPLOYED_CLAIM, payments=(paid(CLAIMED),)))
    of = question(asked, with_values(yearly_yuan=cap))

    found = Finding("17-yearly", UNMET, Text("", ""))

    assert compare(of, found).due_on == due_on


def test_of_a_row_without_a_certificate_it_is_said_what_would_be_expected() -> None:
    item, figures = CATALOGUE.items["1.2"], load_parameters().figures[-1]
    asked = Question.without_certificate(
        item, Level.LEVEL_3, EMPLOYED_CLAIM, figures=figures, catalogue=CATALOGUE
    )
    verdict = without_certificate(
        item, Level.LEVEL_3, Absence.NONE_HELD, claim=EMPLOYED_CLAIM
    )

    said = {found.clause: compare(asked, found) for found in verdict.findings}

    assert said["219-1a"].actual == {Fact.LEVEL: Codes(("LEVEL_3",))}
    assert said["219-2a"].expected != {}
    assert said["219-2a"].actual == {}
    assert said["17-once"].actual == {Fact.PAYMENTS: Numbers(0, 0)}
