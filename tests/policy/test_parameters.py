"""Figures are data: dated, with a source, changed in one line, refused when wrong."""

from dataclasses import replace
from datetime import date

import pytest

from policy.catalogue import load_catalogue
from policy.eligibility import EligibilityOutcome, evaluate
from policy.errors import AnnexError
from policy.evidence import ClaimantCategory, Evidence, Payment
from policy.finding import FindingOutcome
from policy.level import Level
from policy.parameters import Parameters, Source, load_parameters, read_parameters
from policy.table import read_annex
from tests.policy.factories import EMPLOYED_CLAIM, LOW_VOLTAGE, evidence

PAID_FOR_HIGH_VOLTAGE = replace(
    EMPLOYED_CLAIM,
    payments=(
        Payment(
            item_code="1.1",
            level=Level.UNGRADED,
            category=ClaimantCategory.EMPLOYED,
        ),
    ),
)


def with_line(before: str, after: str) -> Parameters:
    """Return the parameters with one line of the file changed."""
    text = read_annex("clauses.toml")
    assert text.count(before) == 1
    return read_parameters(text.replace(before, after))


def outcome(judged: Evidence, parameters: Parameters) -> EligibilityOutcome:
    verdict = evaluate(judged, catalogue=load_catalogue(), parameters=parameters)
    return verdict.outcome


FLEXIBLE_AT_80_FROM_2025 = """
[[parameter.share_percent]]
clause = "17-share"
from = 2025-01-01
source = "public copy"

[parameter.share_percent.value]
EMPLOYED = 80
COLLEGE_FINAL_YEAR = 80
VOCATIONAL_FINAL_YEAR = 80
DISABLED = 100
VETERAN = 100
FLEXIBLE = 80
HARD_TO_EMPLOY = 100
UNEMPLOYED = 100
LAID_OFF_INSURED = 100
FORMER_RURAL_SURPLUS = 100
OTHER_UNREGISTERED = 100
"""


@pytest.mark.parametrize(
    ("as_of", "share"),
    [
        pytest.param(date(2022, 1, 1), 100, id="before the notice"),
        pytest.param(date(2024, 12, 31), 100, id="last day of the old share"),
        pytest.param(date(2025, 1, 1), 80, id="first day of the new share"),
    ],
)
def test_a_later_entry_is_in_force_from_its_day_on(as_of: date, share: int) -> None:
    text = read_annex("clauses.toml") + FLEXIBLE_AT_80_FROM_2025

    figures = read_parameters(text).in_force(as_of)

    assert figures.share_percent[ClaimantCategory.FLEXIBLE] == share


def test_a_later_entry_leaves_the_other_parameters_alone() -> None:
    text = read_annex("clauses.toml") + FLEXIBLE_AT_80_FROM_2025

    figures = read_parameters(text).in_force(date(2025, 1, 1))

    assert figures.amount_yuan[Level.LEVEL_5] == 1500


def test_one_line_makes_the_notices_own_day_eligible() -> None:
    parameters = with_line("value = 2022-08-23", "value = 2022-08-22")
    on_the_day = replace(
        LOW_VOLTAGE,
        first_issued_on=date(2022, 8, 22),
        issued_on=date(2022, 8, 22),
    )

    assert outcome(evidence(on_the_day), parameters) is EligibilityOutcome.ELIGIBLE


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        ("UNMET", EligibilityOutcome.INELIGIBLE),
        ("UNDETERMINED", EligibilityOutcome.UNDETERMINED),
        ("MET", EligibilityOutcome.ELIGIBLE),
    ],
)
def test_one_line_decides_what_an_overdue_review_weighs(
    weight: str, expected: EligibilityOutcome
) -> None:
    parameters = with_line('value = "UNMET"', f'value = "{weight}"')
    overdue = replace(LOW_VOLTAGE, review_due_on=date(2025, 2, 28))

    assert outcome(evidence(overdue), parameters) is expected


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        ("ONE", EligibilityOutcome.INELIGIBLE),
        ("UNDETERMINED", EligibilityOutcome.UNDETERMINED),
        ("SEPARATE", EligibilityOutcome.ELIGIBLE),
    ],
)
def test_one_line_decides_whether_high_and_low_voltage_are_one_occupation(
    grouping: str, expected: EligibilityOutcome
) -> None:
    text = read_annex("clauses.toml")
    head, tail = text.split("[[parameter.occupation_grouping]]")
    changed = tail.replace('value = "UNDETERMINED"', f'value = "{grouping}"', 1)
    parameters = read_parameters(f"{head}[[parameter.occupation_grouping]]{changed}")

    judged = evidence(claim=PAID_FOR_HIGH_VOLTAGE)

    assert outcome(judged, parameters) is expected


def test_every_figure_of_notice_17_is_from_a_public_copy_or_open() -> None:
    sources = {
        entry.source
        for entry in load_parameters().entries
        if entry.clause.startswith("17-")
    }

    assert sources == {Source.PUBLIC_COPY, Source.OPEN}


def test_a_group_of_occupations_names_items_of_the_annex() -> None:
    groups = load_parameters().in_force(date(2025, 1, 1)).occupation_groups

    assert frozenset().union(*groups) <= load_catalogue().items.keys()


def test_an_overdue_review_is_unmet_by_default() -> None:
    figures = load_parameters().in_force(date(2025, 1, 1))

    assert figures.review_overdue is FindingOutcome.UNMET


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        pytest.param(
            "[[parameter.window_months]]",
            "[[parameter.window_month]]",
            "window_months is missing",
            id="misspelt parameter",
        ),
        pytest.param(
            '[[parameter.window_months]]\nclause = "17-window"\nfrom = 2022-08-22\n'
            'source = "public copy"\nvalue = 12',
            "[parameter]\nwindow_months = []",
            "window_months has no value",
            id="no value",
        ),
        pytest.param("value = 12", "value = -12", "at least 0", id="negative"),
        pytest.param("value = 12", "value = true", "bool", id="boolean for a number"),
        pytest.param("value = 12", "value = 12.0", "float", id="float"),
        pytest.param(
            "value = 12",
            "value = 12\nsauce = 1",
            "unknown key sauce, did you mean source",
            id="unknown key with a near one",
        ),
        pytest.param("EMPLOYED = 80 ", "EMPLOYED = 0 ", "share", id="share of 0"),
        pytest.param("EMPLOYED = 80 ", "EMPLOYED = 101 ", "share", id="share of 101"),
        pytest.param(
            "EMPLOYED = 80 ", "EMPLOYD = 80 ", "EMPLOYED is missing", id="category"
        ),
        pytest.param(
            "DISABLED = 100  ",
            "STUDENT = 80\nDISABLED = 100  ",
            "unknown key STUDENT",
            id="category of nobody",
        ),
        pytest.param("LEVEL_1 = 3500", "", "LEVEL_1 is missing", id="no amount"),
        pytest.param("LEVEL_5 = 1500", "LEVEL_5 = 1550", "100", id="no whole hundreds"),
        pytest.param("LEVEL_5 = 1500", "LEVEL_5 = 0", "100", id="nothing"),
        pytest.param(
            'LEVEL_5 = "UNMET"', 'LEVEL_5 = "NO"', "NO is none of", id="outcome"
        ),
        pytest.param("value = 2022-08-23", "value = 2022-13-23", "TOML", id="no date"),
        pytest.param(
            "value = 2022-08-23",
            "value = 2022-08-23T00:00:00Z",
            "datetime",
            id="moment for a day",
        ),
        pytest.param(
            "# ONE, SEPARATE or UNDETERMINED.",
            '[[parameter.window_months]]\nclause = "17-window"\nfrom = 2022-08-22\n'
            'source = "open"\nvalue = 6',
            "order of its days",
            id="two values of one day",
        ),
    ],
)
def test_a_broken_parameter_is_refused_with_what_is_wrong(
    before: str, after: str, complaint: str
) -> None:
    with pytest.raises(AnnexError) as refusal:
        with_line(before, after)

    assert complaint in str(refusal.value)


def test_a_transferred_certificate_can_never_be_called_good() -> None:
    text = read_annex("clauses.toml")
    head, tail = text.split("[[parameter.transferred]]")
    changed = tail.replace('value = "UNDETERMINED"', 'value = "MET"', 1)

    with pytest.raises(AnnexError, match="value is MET"):
        read_parameters(f"{head}[[parameter.transferred]]{changed}")


def test_a_parameter_that_is_none_is_refused_by_its_name() -> None:
    more = '\n[[parameter.bonus_percent]]\nclause = "17-share"\nvalue = 1\n'

    with pytest.raises(AnnexError, match="unknown key bonus_percent"):
        read_parameters(read_annex("clauses.toml") + more)
