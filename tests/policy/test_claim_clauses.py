"""The clauses of notice 17: last allowed, first refused, not known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord
from policy.eligibility import evaluate
from policy.evidence import (
    Acquisition,
    Claim,
    ClaimantCategory,
    Hukou,
    Payment,
)
from policy.finding import FindingOutcome
from policy.level import Level
from policy.parameters import Grouping, Parameters, load_parameters
from tests.policy.factories import (
    EMPLOYED_CLAIM,
    FIRE_MONITORING,
    LOW_VOLTAGE,
    PLAIN_NUMBER,
    RAIL_DRIVER,
    TODAY,
    evidence,
    finding,
    told,
)

MET, UNMET = FindingOutcome.MET, FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED
Category = ClaimantCategory


def outcome_of(
    clause: str,
    changes: Mapping[str, object],
    record: CertificateRecord = LOW_VOLTAGE,
) -> FindingOutcome:
    """Return what ``clause`` finds about an otherwise payable claim."""
    claim = replace(EMPLOYED_CLAIM, **changes)  # type: ignore[arg-type] # fields by name
    return finding(clause, evidence(record, claim=claim)).outcome


def paid(
    item_code: str | None,
    level: Level | None,
    category: ClaimantCategory | None = Category.EMPLOYED,
) -> Payment:
    return Payment(item_code=item_code, level=level, category=category)


@pytest.mark.parametrize("category", list(ClaimantCategory))
def test_every_category_has_a_share_when_its_condition_is_met(
    category: ClaimantCategory,
) -> None:
    changes = {"category": category, "discharged_on": date(2024, 1, 1)}

    assert outcome_of("17-share", changes, RAIL_DRIVER) is MET


def test_a_claim_without_category_has_no_known_share() -> None:
    assert outcome_of("17-share", {"category": None}) is UNDETERMINED


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        pytest.param(Level.LEVEL_4, MET, id="level 4"),
        pytest.param(Level.LEVEL_5, UNMET, id="level 5"),
        pytest.param(Level.UNGRADED, UNDETERMINED, id="ungraded: open"),
        pytest.param(None, UNDETERMINED, id="absent"),
    ],
)
def test_a_college_student_needs_level_four_or_above(
    level: Level | None, expected: FindingOutcome
) -> None:
    record = replace(RAIL_DRIVER, number=PLAIN_NUMBER, level=level)

    found = outcome_of("17-share", {"category": Category.COLLEGE_FINAL_YEAR}, record)

    assert found is expected


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        pytest.param((), MET, id="never paid"),
        pytest.param((paid("1.1", Level.UNGRADED),), MET, id="paid as employed"),
        pytest.param(
            (paid("8.1", Level.UNGRADED, Category.VOCATIONAL_FINAL_YEAR),),
            UNMET,
            id="paid as a vocational student",
        ),
        pytest.param(
            (paid("8.1", Level.UNGRADED, None),), UNDETERMINED, id="paid as unknown"
        ),
        pytest.param(None, UNDETERMINED, id="ledger not known"),
    ],
)
def test_a_vocational_student_is_paid_once(
    payments: tuple[Payment, ...] | None, expected: FindingOutcome
) -> None:
    changes = {"category": Category.VOCATIONAL_FINAL_YEAR, "payments": payments}

    assert outcome_of("17-share", changes) is expected


@pytest.mark.parametrize(
    ("discharged_on", "claimed_on", "expected"),
    [
        pytest.param(date(2020, 2, 1), date(2025, 2, 1), MET, id="five years"),
        pytest.param(date(2020, 2, 1), date(2025, 2, 2), UNMET, id="and a day"),
        pytest.param(date(2025, 2, 1), date(2025, 2, 1), MET, id="same day"),
        pytest.param(date(2025, 2, 2), date(2025, 2, 1), UNMET, id="still serving"),
        pytest.param(None, date(2025, 2, 1), UNDETERMINED, id="discharge absent"),
        pytest.param(date(2020, 2, 1), None, UNDETERMINED, id="claim day absent"),
        pytest.param(date(9999, 1, 1), date(9999, 12, 31), MET, id="end of time"),
        pytest.param(date(9999, 1, 1), date(2025, 2, 1), UNMET, id="far too late"),
    ],
)
def test_a_veteran_claims_within_five_years_of_discharge(
    discharged_on: date | None, claimed_on: date | None, expected: FindingOutcome
) -> None:
    changes = {
        "category": Category.VETERAN,
        "discharged_on": discharged_on,
        "claimed_on": claimed_on,
    }

    assert outcome_of("17-share", changes) is expected


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        pytest.param(Level.LEVEL_3, MET, id="stated"),
        pytest.param(None, UNDETERMINED, id="absent"),
    ],
)
def test_the_amount_needs_the_level(
    level: Level | None, expected: FindingOutcome
) -> None:
    record = replace(RAIL_DRIVER, level=level)

    assert outcome_of("17-amount", {}, record) is expected


@pytest.mark.parametrize(
    ("hukou", "category", "studies", "expected"),
    [
        pytest.param("SHANGHAI", "UNEMPLOYED", None, MET, id="Shanghai"),
        pytest.param("SHANGHAI", None, None, MET, id="Shanghai, no category"),
        pytest.param("ELSEWHERE", "EMPLOYED", None, MET, id="employed"),
        pytest.param("ELSEWHERE", "UNEMPLOYED", None, UNMET, id="unemployed"),
        pytest.param("ELSEWHERE", "FLEXIBLE", None, UNMET, id="flexible"),
        pytest.param("ELSEWHERE", None, None, UNDETERMINED, id="category absent"),
        pytest.param("ELSEWHERE", "COLLEGE_FINAL_YEAR", True, MET, id="college here"),
        pytest.param(
            "ELSEWHERE", "COLLEGE_FINAL_YEAR", False, UNMET, id="college elsewhere"
        ),
        pytest.param(
            "ELSEWHERE", "VOCATIONAL_FINAL_YEAR", None, UNDETERMINED, id="school absent"
        ),
        pytest.param(None, "EMPLOYED", None, MET, id="hukou absent, employed"),
        pytest.param(
            None, "UNEMPLOYED", None, UNDETERMINED, id="hukou absent, unemployed"
        ),
        pytest.param(
            None, "COLLEGE_FINAL_YEAR", False, UNDETERMINED, id="hukou absent, student"
        ),
    ],
)
def test_without_shanghai_hukou_only_some_are_paid(
    hukou: str | None,
    category: str | None,
    studies: bool | None,
    expected: FindingOutcome,
) -> None:
    changes = {
        "hukou": hukou and Hukou(hukou),
        "category": category and Category(category),
        "studies_in_shanghai": studies,
    }

    assert outcome_of("17-hukou", changes) is expected


@pytest.mark.parametrize(
    ("issued_on", "claimed_on", "expected"),
    [
        pytest.param(date(2024, 3, 1), date(2025, 3, 1), MET, id="twelve months"),
        pytest.param(date(2024, 3, 1), date(2025, 3, 2), UNMET, id="and a day"),
        pytest.param(date(2024, 2, 29), date(2025, 2, 28), MET, id="leap day"),
        pytest.param(date(2024, 2, 29), date(2025, 3, 1), UNMET, id="leap day, late"),
        pytest.param(date(2024, 3, 1), date(2024, 3, 1), MET, id="day of issue"),
        pytest.param(date(2024, 3, 1), date(2024, 2, 29), UNMET, id="before issue"),
        pytest.param(None, date(2025, 3, 1), UNDETERMINED, id="issue absent"),
        pytest.param(date(2024, 3, 1), None, UNDETERMINED, id="claim day absent"),
    ],
)
def test_a_claim_is_made_within_twelve_months(
    issued_on: date | None, claimed_on: date | None, expected: FindingOutcome
) -> None:
    record = replace(
        RAIL_DRIVER,
        number=PLAIN_NUMBER,
        first_issued_on=issued_on,
        issued_on=issued_on,
    )

    assert outcome_of("17-window", {"claimed_on": claimed_on}, record) is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(LOW_VOLTAGE, UNMET, id="special operation: first issue"),
        pytest.param(RAIL_DRIVER, MET, id="graded: issue"),
        pytest.param(
            replace(LOW_VOLTAGE, category=None, item="某作业", item_code=None),
            UNDETERMINED,
            id="row not known",
        ),
    ],
)
def test_the_months_start_from_the_day_that_counts(
    record: CertificateRecord, expected: FindingOutcome
) -> None:
    reissued = replace(
        record, first_issued_on=date(2023, 6, 1), issued_on=date(2024, 6, 1)
    )

    assert outcome_of("17-window", {}, reissued) is expected


RAIL = "4-02-01-01"


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        pytest.param((), MET, id="never paid"),
        pytest.param((paid(RAIL, Level.LEVEL_5),), MET, id="low first, then high"),
        pytest.param((paid(RAIL, Level.LEVEL_4),), MET, id="the level below"),
        pytest.param((paid(RAIL, Level.LEVEL_3),), UNMET, id="the same level"),
        pytest.param((paid(RAIL, Level.LEVEL_2),), UNMET, id="a higher level"),
        pytest.param((paid("8.1", Level.UNGRADED),), MET, id="another occupation"),
        pytest.param((paid("1.1", Level.UNGRADED),), MET, id="one more occupation"),
        pytest.param(
            (paid("4-02-01-1", Level.LEVEL_2),), UNDETERMINED, id="a typing error"
        ),
        pytest.param(
            (paid(" 4-02-01-01", Level.LEVEL_3),), UNDETERMINED, id="a space before it"
        ),
        pytest.param(
            (paid("9.9.9", Level.LEVEL_1),), UNDETERMINED, id="outside the annex"
        ),
        pytest.param(
            (paid("9.9.9", Level.LEVEL_4),), MET, id="outside the annex, lower"
        ),
        pytest.param(
            (paid("4-07-05-04", Level.LEVEL_1),), MET, id="a code shared by others"
        ),
        pytest.param((paid(RAIL, None),), UNDETERMINED, id="level not known"),
        pytest.param((paid(None, Level.LEVEL_2),), UNDETERMINED, id="item not known"),
        pytest.param((paid(None, Level.LEVEL_4),), MET, id="item not known, lower"),
        pytest.param((paid("8.1", None),), MET, id="other, no level"),
        pytest.param(
            (paid(None, None), paid(RAIL, Level.LEVEL_3)),
            UNMET,
            id="one bar outweighs a doubt",
        ),
        pytest.param(None, UNDETERMINED, id="ledger not known"),
    ],
)
def test_a_level_paid_bars_itself_and_lower_ones(
    payments: tuple[Payment, ...] | None, expected: FindingOutcome
) -> None:
    assert outcome_of("17-once", {"payments": payments}, RAIL_DRIVER) is expected


@pytest.mark.parametrize(
    ("record", "payment", "expected"),
    [
        pytest.param(
            LOW_VOLTAGE, paid("1.1", Level.UNGRADED), UNDETERMINED, id="high and low"
        ),
        pytest.param(
            LOW_VOLTAGE, paid("1.3", Level.UNGRADED), MET, id="explosion-proof and low"
        ),
        pytest.param(
            FIRE_MONITORING,
            paid("4-07-05-04.2", Level.LEVEL_4),
            UNDETERMINED,
            id="fire directions, same level",
        ),
        pytest.param(
            replace(FIRE_MONITORING, number=PLAIN_NUMBER, level=Level.LEVEL_3),
            paid("4-07-05-04.2", Level.LEVEL_4),
            MET,
            id="fire directions, lower level paid",
        ),
    ],
)
def test_what_may_be_one_occupation_is_undetermined_only_where_it_would_bar(
    record: CertificateRecord, payment: Payment, expected: FindingOutcome
) -> None:
    assert outcome_of("17-once", {"payments": (payment,)}, record) is expected


@pytest.mark.parametrize(
    ("grouping", "level_paid", "expected"),
    [
        pytest.param(Grouping.ONE, Level.LEVEL_4, UNMET, id="one occupation"),
        pytest.param(Grouping.ONE, Level.LEVEL_5, MET, id="one, lower level paid"),
        pytest.param(Grouping.SEPARATE, Level.LEVEL_4, UNDETERMINED, id="separate"),
        pytest.param(Grouping.UNDETERMINED, Level.LEVEL_4, UNDETERMINED, id="open"),
    ],
)
def test_a_payment_under_the_national_fire_code_may_be_for_either_direction(
    grouping: Grouping, level_paid: Level, expected: FindingOutcome
) -> None:
    figures = replace(load_parameters().in_force(TODAY), occupation_grouping=grouping)
    claim = replace(EMPLOYED_CLAIM, payments=(paid("4-07-05-04", level_paid),))

    verdict = told(
        evaluate(
            evidence(FIRE_MONITORING, claim=claim),
            catalogue=load_catalogue(),
            parameters=Parameters((), (date.min,), (figures,)),
        )
    )

    found = {finding.clause: finding.outcome for finding in verdict.findings}
    assert found["17-once"] is expected


@pytest.mark.parametrize(
    ("bars", "is_recovered", "expected"),
    [(True, True, UNMET), (False, True, MET), (False, False, UNMET)],
)
def test_what_was_paid_back_bars_as_the_figure_says(
    bars: bool, is_recovered: bool, expected: FindingOutcome
) -> None:
    figures = replace(load_parameters().in_force(TODAY), recovered_payment_bars=bars)
    student = ClaimantCategory.VOCATIONAL_FINAL_YEAR
    before = replace(
        paid("4-07-05-04.1", Level.LEVEL_4, student), is_recovered=is_recovered
    )
    claim = replace(EMPLOYED_CLAIM, category=student, payments=(before,))

    verdict = told(
        evaluate(
            evidence(FIRE_MONITORING, claim=claim),
            catalogue=load_catalogue(),
            parameters=Parameters((), (date.min,), (figures,)),
        )
    )

    found = {finding.clause: finding.outcome for finding in verdict.findings}
    assert (found["17-once"], found["17-share"]) == (expected, expected)


def test_as_the_figures_stand_what_was_paid_back_bars() -> None:
    assert load_parameters().in_force(TODAY).recovered_payment_bars


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, MET, id="examination, no civil servant"),
        pytest.param({"is_civil_servant": True}, UNMET, id="civil servant"),
        pytest.param(
            {"acquisition": Acquisition.EMPLOYER_RECOGNITION}, UNMET, id="employer"
        ),
        pytest.param({"acquisition": Acquisition.COMPETITION}, UNMET, id="competition"),
        pytest.param({"acquisition": Acquisition.COMMENDATION}, UNMET, id="commended"),
        pytest.param({"acquisition": None}, UNDETERMINED, id="route absent"),
        pytest.param({"is_civil_servant": None}, UNDETERMINED, id="service absent"),
        pytest.param(
            {"acquisition": None, "is_civil_servant": True},
            UNMET,
            id="civil servant, route absent",
        ),
        pytest.param(
            {"acquisition": Acquisition.COMPETITION, "is_civil_servant": None},
            UNMET,
            id="competition, service absent",
        ),
    ],
)
def test_excluded_cases_are_not_paid(
    changes: Mapping[str, object], expected: FindingOutcome
) -> None:
    assert outcome_of("17-excluded", changes) is expected


def test_an_empty_claim_is_undetermined_in_every_clause_but_the_amount() -> None:
    judged = evidence(claim=Claim())
    clauses = ["17-share", "17-hukou", "17-window", "17-once", "17-excluded"]

    assert {finding(clause, judged).outcome for clause in clauses} == {UNDETERMINED}


@pytest.mark.parametrize(
    ("has_to_be", "expected"), [(False, MET), (True, UNDETERMINED)]
)
def test_who_claims_has_to_be_stated_where_the_figure_says_so(
    has_to_be: bool, expected: FindingOutcome
) -> None:
    figures = replace(
        load_parameters().in_force(TODAY), claimant_has_to_be_stated=has_to_be
    )

    verdict = evaluate(
        replace(evidence(), claimant=None),
        catalogue=load_catalogue(),
        parameters=Parameters((), (date.min,), (figures,)),
    )

    (found,) = [one for one in verdict.findings if one.clause == "219-2c"]
    assert found.outcome is expected


def test_as_the_figures_stand_who_claims_need_not_be_stated() -> None:
    assert not load_parameters().in_force(TODAY).claimant_has_to_be_stated
