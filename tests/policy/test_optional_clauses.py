"""Rules that may exist: off as the project has them, on by one line, never rounded."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clauses import CLAUSES
from policy.eligibility import Absence, evaluate, without_certificate
from policy.errors import AnnexError
from policy.evidence import Fund, HeldLevel, Payment
from policy.finding import Finding, FindingOutcome
from policy.level import Level
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.parameters import Parameters, load_parameters, read_parameters
from policy.table import read_annex
from tests.policy.factories import (
    EMPLOYED_CLAIM,
    LOW_VOLTAGE,
    RAIL_DRIVER,
    evidence,
    judge,
    told,
)

MET, UNMET = FindingOutcome.MET, FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED
OFF = {
    "yearly_payments": "0",
    "yearly_yuan": "0",
    "held_higher_bars": "false",
    "excluding_funds": "[]",
    "days_between_payments": "0",
}
ON = {
    "yearly_payments": "2",
    "yearly_yuan": "2600",
    "held_higher_bars": "true",
    "excluding_funds": '["UNEMPLOYMENT_INSURANCE", "EMPLOYMENT"]',
    "days_between_payments": "90",
}
CLAIMED = date(2025, 2, 1)
"""The day of the claim, for 800 yuan: an ungraded licence of an employed person."""
DRIVER = "4-02-01-01"


def with_values(**values: str) -> Parameters:
    """Return the parameters with the values of some of them changed, a line each."""
    text = read_annex("clauses.toml")
    for name, value in values.items():
        head, tail = text.split(f"[[parameter.{name}]]")
        assert f"\nvalue = {OFF[name]}\n" in tail
        changed = tail.replace(f"value = {OFF[name]}\n", f"value = {value}\n", 1)
        text = f"{head}[[parameter.{name}]]{changed}"
    return read_parameters(text)


def paid(
    on: date | None = None,
    yuan: int | None = 800,
    *,
    code: str | None = DRIVER,
    fund: Fund | None = Fund.SKILLS,
    level: Level | None = Level.LEVEL_5,
) -> Payment:
    return Payment(
        item_code=code,
        level=level,
        category=None,
        fund=fund,
        paid_on=on,
        amount_yuan=yuan,
    )


def found(
    name: str, changes: Mapping[str, object], record: CertificateRecord = LOW_VOLTAGE
) -> Finding:
    """Return what the one clause finds that a parameter puts on."""
    claim = replace(EMPLOYED_CLAIM, **changes)  # type: ignore[arg-type]  # fields by name
    verdict = told(
        evaluate(
            evidence(record, claim=claim),
            catalogue=load_catalogue(),
            parameters=with_values(**{name: ON[name]}),
        )
    )
    (last,) = verdict.findings[len(CLAUSES) + len(CLAIM_CLAUSES) :]
    return last


def test_as_the_project_has_them_they_are_off_and_report_nothing() -> None:
    reported = [one.clause for one in judge(evidence(claim=EMPLOYED_CLAIM)).findings]

    assert reported == [*CLAUSES, *CLAIM_CLAUSES]
    assert [f.optional_clauses for f in load_parameters().figures] == [()] * len(
        load_parameters().figures
    )


@pytest.mark.parametrize("name", ON)
def test_one_line_puts_one_rule_on(name: str) -> None:
    entry = next(e for e in load_parameters().entries if e.name == name)

    finding = found(name, {})

    assert finding.clause == entry.clause
    assert (finding.outcome, bool(finding.reason.zh), bool(finding.reason.en)) == (
        *(MET, True, True),
    )


def test_all_of_them_are_reported_in_order_and_before_a_certificate_came() -> None:
    every = with_values(**ON)
    verdict = told(
        evaluate(
            evidence(claim=EMPLOYED_CLAIM), catalogue=load_catalogue(), parameters=every
        )
    )
    absent = told(
        without_certificate(
            load_catalogue().items["1.2"],
            Level.UNGRADED,
            Absence.NOT_ANSWERED,
            claim=EMPLOYED_CLAIM,
            figures=every.figures[-1],
        )
    )

    order = [*CLAUSES, *CLAIM_CLAUSES, *OPTIONAL_CLAUSES]
    assert [one.clause for one in verdict.findings] == order
    assert [one.clause for one in absent.findings] == order


def test_a_rule_is_on_from_its_day() -> None:
    text = read_annex("clauses.toml") + (
        '\n[[parameter.yearly_payments]]\nclause = "17-yearly"\n'
        'from = 2026-01-01\nsource = "notice"\nvalue = 1\n'
    )
    parameters = read_parameters(text)

    on = [
        parameters.in_force(day).optional_clauses
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    ]

    assert on == [(), ("17-yearly",)]


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        pytest.param([paid(date(2025, 1, 1))], MET, id="one of two"),
        pytest.param(
            [paid(date(2024, 12, 31)), paid(date(2025, 1, 1))],
            MET,
            id="the year before",
        ),
        pytest.param(
            [paid(date(2025, 1, 1)), paid(date(2025, 12, 31))], UNMET, id="both"
        ),
        pytest.param(
            [paid(date(2025, 1, 1)), paid()], UNDETERMINED, id="a day unknown"
        ),
        pytest.param([paid()], MET, id="whatever its day"),
        pytest.param(None, UNDETERMINED, id="nobody knows"),
    ],
)
def test_a_person_is_paid_so_often_a_year(
    payments: list[Payment] | None, expected: FindingOutcome
) -> None:
    known = None if payments is None else tuple(payments)

    assert found("yearly_payments", {"payments": known}).outcome is expected


def test_without_a_day_of_the_claim_a_year_is_spent_only_if_any_may_be() -> None:
    one, two = (paid(date(2020, 1, 1)),), (paid(date(2020, 1, 1)),) * 2
    outcomes = [
        found("yearly_payments", {"claimed_on": None, "payments": payments}).outcome
        for payments in (one, two)
    ]

    assert outcomes == [MET, UNDETERMINED]


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        pytest.param([paid(CLAIMED, 1800)], MET, id="to the yuan"),
        pytest.param([paid(CLAIMED, 1801)], UNMET, id="a yuan too much"),
        pytest.param([paid(date(2024, 12, 31), 9000)], MET, id="the year before"),
        pytest.param([paid(None, 1801)], UNDETERMINED, id="a day unknown"),
        pytest.param([paid(None, 1800)], MET, id="whatever its day"),
        pytest.param([paid(CLAIMED, None)], UNDETERMINED, id="a sum unknown"),
        pytest.param(
            [paid(CLAIMED, 1801), paid(None, None)], UNMET, id="whatever comes"
        ),
        pytest.param(None, UNDETERMINED, id="nobody knows"),
    ],
)
def test_a_person_is_paid_so_much_a_year_with_this_claim(
    payments: list[Payment] | None, expected: FindingOutcome
) -> None:
    known = None if payments is None else tuple(payments)

    assert found("yearly_yuan", {"payments": known}).outcome is expected


@pytest.mark.parametrize(
    ("yuan", "expected"), [(1600, MET), (1601, UNDETERMINED), (1801, UNMET)]
)
def test_a_share_that_is_not_known_is_not_rounded(
    yuan: int, expected: FindingOutcome
) -> None:
    changes = {"category": None, "payments": (paid(CLAIMED, yuan),)}

    assert found("yearly_yuan", changes).outcome is expected


def test_both_caps_are_one_clause_and_the_worse_decides() -> None:
    claim = replace(EMPLOYED_CLAIM, payments=(paid(CLAIMED, 1801),))
    verdict = told(
        evaluate(
            evidence(claim=claim),
            catalogue=load_catalogue(),
            parameters=with_values(yearly_payments="2", yearly_yuan="2600"),
        )
    )

    last = verdict.findings[-1]
    assert (last.clause, last.outcome, "2600" in last.reason.en) == (
        *("17-yearly", UNMET, True),
    )


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        pytest.param([], MET, id="nothing else"),
        pytest.param([(DRIVER, Level.LEVEL_2)], UNMET, id="a higher one"),
        pytest.param([(DRIVER, Level.LEVEL_3)], MET, id="the one that is claimed for"),
        pytest.param([(DRIVER, Level.LEVEL_4)], MET, id="a lower one"),
        pytest.param([("1.1", Level.LEVEL_1)], MET, id="another occupation's"),
        pytest.param([(DRIVER, None)], UNDETERMINED, id="a level unknown"),
        pytest.param([(None, Level.LEVEL_2)], UNDETERMINED, id="an item unknown"),
        pytest.param([(None, Level.LEVEL_4)], MET, id="whatever its item"),
        pytest.param(
            [(None, None), (DRIVER, Level.LEVEL_1)], UNMET, id="whatever else"
        ),
        pytest.param(None, UNDETERMINED, id="nobody knows"),
    ],
)
def test_a_higher_level_that_is_held_bars_lower_ones(
    held: list[tuple[str | None, Level | None]] | None, expected: FindingOutcome
) -> None:
    known = (
        None
        if held is None
        else tuple(HeldLevel(item_code=code, level=level) for code, level in held)
    )

    finding = found("held_higher_bars", {"held": known}, RAIL_DRIVER)

    assert finding.outcome is expected


@pytest.mark.parametrize(
    ("payment", "expected"),
    [
        pytest.param(paid(fund=Fund.SKILLS), MET, id="of a fund that does not"),
        pytest.param(paid(fund=Fund.EMPLOYMENT), UNMET, id="at a lower level too"),
        pytest.param(paid(fund=Fund.EMPLOYMENT, code="1.1"), MET, id="another's"),
        pytest.param(paid(fund=None), UNDETERMINED, id="a fund unknown"),
        pytest.param(paid(fund=None, code="1.1"), MET, id="whatever its fund"),
        pytest.param(
            paid(fund=Fund.EMPLOYMENT, code=None), UNDETERMINED, id="an item unknown"
        ),
        pytest.param(paid(fund=Fund.SKILLS, code=None), MET, id="whatever its item"),
    ],
)
def test_what_another_fund_paid_for_the_occupation_excludes(
    payment: Payment, expected: FindingOutcome
) -> None:
    changes = {"payments": (payment,)}

    assert found("excluding_funds", changes, RAIL_DRIVER).outcome is expected
    unknown = found("excluding_funds", {"payments": None}, RAIL_DRIVER)
    assert unknown.outcome is UNDETERMINED


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        pytest.param([paid(date(2024, 11, 3))], MET, id="the first day allowed"),
        pytest.param([paid(date(2024, 11, 4))], UNMET, id="a day too soon"),
        pytest.param([paid(date(2025, 4, 1))], UNMET, id="a claim that came late"),
        pytest.param([paid()], UNDETERMINED, id="a day unknown"),
        pytest.param([paid(date(2025, 1, 1)), paid()], UNMET, id="whatever its day"),
        pytest.param([], MET, id="never"),
        pytest.param(None, UNDETERMINED, id="nobody knows"),
    ],
)
def test_days_lie_between_two_payments(
    payments: list[Payment] | None, expected: FindingOutcome
) -> None:
    known = None if payments is None else tuple(payments)

    assert found("days_between_payments", {"payments": known}).outcome is expected


def test_without_a_day_of_the_claim_nobody_knows_how_long_ago_it_was() -> None:
    changes = {"claimed_on": None, "payments": (paid(date(2020, 1, 1)),)}

    assert found("days_between_payments", changes).outcome is UNDETERMINED


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("yearly_payments", "-1", "at least 0"),
        ("yearly_yuan", "1.5", "float"),
        ("held_higher_bars", '"yes"', "str"),
        ("excluding_funds", '["LOTTERY"]', "LOTTERY is none of"),
        ("days_between_payments", "true", "bool"),
    ],
)
def test_a_value_that_is_none_is_refused(name: str, value: str, complaint: str) -> None:
    with pytest.raises(AnnexError, match=complaint):
        with_values(**{name: value})


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        pytest.param(
            "yearly_yuan",
            {"payments": (paid(CLAIMED, None), paid(CLAIMED, 5))},
            "5 are known to have been paid in that year, and this claim is for 800",
            id="a sum unknown",
        ),
        pytest.param(
            "yearly_yuan",
            {"category": None, "payments": ()},
            "this claim is for 800-1000",
            id="a share unknown",
        ),
        pytest.param(
            "yearly_payments",
            {"payments": (paid(CLAIMED), paid())},
            "1 were made in that year, and 1 more on a day that is not known",
            id="a day unknown",
        ),
        pytest.param(
            "days_between_payments",
            {"payments": (paid(CLAIMED - timedelta(9)), paid(CLAIMED), paid())},
            "the nearest is 0 days away, and the day of 1 more is not known",
            id="the nearest",
        ),
        pytest.param(
            "days_between_payments",
            {"payments": (paid(),)},
            "the nearest is an unknown number of days away",
            id="no day known",
        ),
    ],
)
def test_what_is_counted_is_told(
    name: str, changes: Mapping[str, object], reason: str
) -> None:
    assert reason in found(name, changes).reason.en


def test_the_funds_that_exclude_are_told_one_by_one() -> None:
    verdict = told(
        evaluate(
            evidence(claim=EMPLOYED_CLAIM),
            catalogue=load_catalogue(),
            parameters=with_values(excluding_funds='["SKILLS", "OTHER"]'),
        )
    )

    assert "OTHER、SKILLS" in verdict.findings[-1].reason.zh
