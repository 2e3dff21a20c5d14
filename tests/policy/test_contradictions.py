"""What a record says against itself is warned of, and touches its clauses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.contradictions import RecordWarning, validity_warnings, warnings_of
from policy.eligibility import EligibilityOutcome
from policy.evidence import Claimant
from policy.examination import Examination
from policy.finding import FindingOutcome
from policy.identity import Identity, IdType
from policy.level import Level
from policy.standing import Standing, standing
from sandbox.certificates import Holder, qualification, special_operation, years_after
from tests.policy.factories import (
    EMPLOYED_CLAIM,
    FIRE_MONITORING,
    HOLDER,
    LOW_VOLTAGE,
    RAIL_DRIVER,
    SOMEBODY_ELSE,
    TODAY,
    evidence,
    finding,
    judge,
)
from tests.policy.test_any_evidence import DATED_RECORDS, RECORDS

MET, UNMET = FindingOutcome.MET, FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED
ITEMS = load_catalogue().items
LICENCE = "1.2.156.3005.2.SB01.1131SB.000000000001.001."


def licence(**changes: object) -> CertificateRecord:
    return replace(LOW_VOLTAGE, **changes)  # type: ignore[arg-type] # fields by name


def rail(**changes: object) -> CertificateRecord:
    return replace(RAIL_DRIVER, **changes)  # type: ignore[arg-type] # fields by name


CASES = [
    # A record, what it warns of, and the clauses that are not met for it.
    pytest.param(LOW_VOLTAGE, set(), {}, id="a licence in order"),
    pytest.param(RAIL_DRIVER, set(), {}, id="a qualification in order"),
    pytest.param(
        rail(number="2409000000400001"),
        {"NUMBER_LEVEL"},
        {"219-1a": UNDETERMINED},
        id="the number's level",
    ),
    pytest.param(
        rail(number="2409000000900001"),
        {"NUMBER_LEVEL"},
        {"219-1a": UNDETERMINED},
        id="the number's level is none",
    ),
    pytest.param(rail(number="9000000300001"), set(), {}, id="13 digits in order"),
    pytest.param(
        rail(number="9000000400001"),
        {"NUMBER_LEVEL"},
        {"219-1a": UNDETERMINED},
        id="the level of 13 digits",
    ),
    pytest.param(
        rail(number="２４０９ 0000 0030 0001"), set(), {}, id="a number's spelling"
    ),
    pytest.param(
        rail(number="1909000000300001"),
        {"NUMBER_YEAR"},
        {"219-1b": UNDETERMINED},
        id="the number's year",
    ),
    pytest.param(
        rail(number="1909000000300001", issued_on=date(2019, 6, 1)),
        {"FIRST_ISSUE_AFTER_ISSUE"},
        {"219-1b": UNDETERMINED},
        id="issued before the first issue",
    ),
    pytest.param(
        rail(number="24090000003000012"), set(), {}, id="a number of another form"
    ),
    pytest.param(
        rail(level=None),
        set(),
        {"219-1a": UNDETERMINED, "219-3b": UNDETERMINED},
        id="no level",
    ),
    pytest.param(
        rail(number="1909000000300001", first_issued_on=date(2019, 6, 1)),
        set(),
        {"219-1b": UNDETERMINED},
        id="made again under its old number",
    ),
    pytest.param(
        rail(first_issued_on=date(2022, 8, 22)),
        set(),
        {"219-1b": UNDETERMINED},
        id="first issued on the notice's own day",
    ),
    pytest.param(
        rail(first_issued_on=date(2022, 8, 23)), set(), {}, id="first issued after it"
    ),
    pytest.param(
        licence(number="T310101199001010020"),
        {"NUMBER_OF_ANOTHER_PERSON"},
        {"219-2c": UNDETERMINED},
        id="another person's number",
    ),
    pytest.param(
        licence(number="ｔ310101 19900101 0012"), set(), {}, id="the holder's, spelt"
    ),
    pytest.param(licence(number="T310101199001010012-1"), set(), {}, id="a suffix"),
    pytest.param(licence(number="SH-12345"), set(), {}, id="a number of its own"),
    pytest.param(
        licence(issued_on=date(2023, 1, 10)),
        {"FIRST_ISSUE_AFTER_ISSUE"},
        {"219-1b": UNDETERMINED, "219-n2": UNDETERMINED},
        id="a licence issued before its first issue",
    ),
    pytest.param(
        licence(state=CertificateState.CANCELLED, state_since=date(2024, 5, 31)),
        {"STATE_BEFORE_ISSUE"},
        {"219-3b": UNMET},
        id="a state before the issue",
    ),
    pytest.param(
        licence(state=CertificateState.CANCELLED, state_since=date(2024, 6, 1)),
        set(),
        {"219-3b": UNMET},
        id="a state from the issue on",
    ),
    pytest.param(
        licence(review_due_on=date(2024, 5, 31)),
        {"REVIEW_BEFORE_ISSUE"},
        {"219-3b": UNDETERMINED},
        id="a review before the issue",
    ),
    pytest.param(
        licence(valid_until=date(2024, 5, 1)),
        {"ENDS_BEFORE_START", "VALIDITY_TOO_SHORT"},
        {"219-3b": UNDETERMINED},
        id="an end before the start",
    ),
    pytest.param(
        rail(valid_until=date(2024, 5, 1)),
        {"ENDS_BEFORE_START"},
        {"219-3b": UNDETERMINED},
        id="a qualification's end before its issue",
    ),
    pytest.param(licence(valid_until=date(2030, 6, 1)), set(), {}, id="six years"),
    pytest.param(licence(valid_until=date(2030, 6, 2)), set(), {}, id="and a day"),
    pytest.param(
        licence(valid_until=date(2030, 6, 3)),
        {"VALIDITY_TOO_LONG"},
        {"219-3b": UNDETERMINED},
        id="and two days",
    ),
    pytest.param(
        licence(valid_until=date(2060, 5, 31), review_due_on=date(2060, 5, 31)),
        {"VALIDITY_TOO_LONG"},
        {"219-3b": UNDETERMINED},
        id="thirty-six years",
    ),
    pytest.param(
        licence(valid_until=date(2030, 5, 30)),
        {"VALIDITY_TOO_SHORT"},
        {},
        id="two days less",
    ),
    pytest.param(
        licence(valid_until=date(2025, 2, 28), review_due_on=date(2025, 2, 28)),
        {"VALIDITY_TOO_SHORT"},
        {"219-3b": UNMET},
        id="cut at the age limit, and run out",
    ),
    pytest.param(
        licence(review_due_on=date(2030, 5, 31)), set(), {}, id="reviewed already"
    ),
    pytest.param(
        licence(review_due_on=date(2029, 5, 31)),
        {"REVIEW_OFF_RULE"},
        {},
        id="a review after five years",
    ),
    pytest.param(
        licence(review_due_on=date(2031, 5, 31)),
        {"REVIEW_OFF_RULE"},
        {},
        id="a review after the end",
    ),
    pytest.param(licence(licence_id=f"{LICENCE}Q"), {"LICENCE_ID"}, {}, id="its id"),
    pytest.param(
        licence(examination=Examination(held_on=date(2024, 6, 2))),
        {"EXAMINED_AFTER_ISSUE"},
        {"219-1b": UNDETERMINED},
        id="examined after it was issued",
    ),
    pytest.param(
        licence(examination=Examination(held_on=date(2024, 6, 1))),
        set(),
        {},
        id="examined on the day of issue",
    ),
    pytest.param(
        licence(examination=Examination(theory="不合格")),
        set(),
        {},
        id="examined on a day that is not stated",
    ),
    pytest.param(licence(licence_id="1.2"), {"LICENCE_ID"}, {}, id="no id at all"),
]


@pytest.mark.parametrize(("record", "warned", "not_met"), CASES)
def test_a_record_is_warned_of_and_touches_its_clauses(
    record: CertificateRecord,
    warned: set[str],
    not_met: dict[str, FindingOutcome],
) -> None:
    verdict = judge(evidence(record))

    assert warnings_of(record) == warned
    assert {
        found.clause: found.outcome
        for found in verdict.findings
        if found.outcome is not MET
    } == not_met


def test_a_licence_id_that_fits_is_not_warned_of() -> None:
    made = special_operation(
        ITEMS["1.2"],
        Holder(HOLDER, "王小明"),
        first_issued_on=date(2024, 6, 1),
        issued_on=date(2024, 6, 1),
        reviewed=False,
        serial=1,
    )

    assert made.licence_id is not None
    assert warnings_of(made) == set()
    other = "0" if made.licence_id[-1] != "0" else "1"
    wrong = replace(made, licence_id=made.licence_id[:-1] + other)
    assert warnings_of(wrong) == {"LICENCE_ID"}


@pytest.mark.parametrize(
    ("record", "clauses"),
    [
        pytest.param(
            replace(FIRE_MONITORING, number="2409000000500001"),
            {"17-amount", "17-once"},
            id="level",
        ),
        pytest.param(rail(number="1909000000300001"), {"17-window"}, id="year"),
        pytest.param(
            licence(issued_on=date(2024, 5, 1)), {"17-window"}, id="first issue"
        ),
    ],
)
def test_what_notice_17_has_by_the_level_or_the_issue_is_in_doubt_too(
    record: CertificateRecord, clauses: set[str]
) -> None:
    paid = replace(EMPLOYED_CLAIM, payments=())
    judged = evidence(record, claim=paid)

    doubted = {
        clause
        for clause in ("17-share", "17-amount", "17-window", "17-excluded")
        if finding(clause, judged).outcome is UNDETERMINED
    }

    assert doubted == clauses - {"17-once"}
    assert judge(judged).amount_yuan is None


def test_a_review_that_is_overdue_outweighs_an_end_that_is_too_late() -> None:
    overdue = licence(valid_until=date(2060, 5, 31), review_due_on=date(2025, 2, 28))

    assert standing(overdue, TODAY, TODAY) is Standing.REVIEW_OVERDUE
    assert standing(overdue, date(2061, 1, 1), date(2061, 1, 1)) is Standing.EXPIRED


@pytest.mark.parametrize(
    ("claimant", "expected"),
    [
        pytest.param(Claimant(HOLDER), UNDETERMINED, id="the holder, no name"),
        pytest.param(Claimant(HOLDER, "王小明"), UNDETERMINED, id="the holder"),
        pytest.param(Claimant(HOLDER, "王晓明"), UNMET, id="another name"),
        pytest.param(Claimant(SOMEBODY_ELSE), UNMET, id="somebody else"),
    ],
)
def test_whose_number_it_is_leaves_the_holder_in_doubt(
    claimant: Claimant, expected: FindingOutcome
) -> None:
    record = licence(number="T" + SOMEBODY_ELSE.number)

    assert finding("219-2c", evidence(record, claimant=claimant)).outcome is expected


HOLDERS = st.sampled_from(
    [
        Holder(HOLDER, "王小明"),
        Holder(SOMEBODY_ELSE, "李四"),
        Holder(
            Identity(IdType.FOREIGN_PERMANENT_RESIDENT_CARD, "USA310085041204"), "D"
        ),
    ]
)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
UNGRADED = [item for item in ITEMS.values() if item.anchored_on_first_issue]
GRADED = [
    (item, level)
    for item in ITEMS.values()
    if not item.anchored_on_first_issue
    for level in item.levels
]
LICENCES = st.builds(
    special_operation,
    st.sampled_from(UNGRADED),
    HOLDERS,
    first_issued_on=st.dates(date(1980, 1, 1), date(1990, 1, 1)),
    issued_on=DAYS,
    reviewed=st.booleans(),
    serial=st.integers(0, 10**12 - 1),
)
QUALIFICATIONS = st.builds(
    lambda row, holder, issued_on, serial: qualification(
        row[0], row[1], holder, issued_on=issued_on, serial=serial
    ),
    st.sampled_from(GRADED),
    HOLDERS,
    DAYS,
    st.integers(0, 10**11 - 1),
)


@given(record=LICENCES | QUALIFICATIONS, minus=st.booleans())
def test_what_an_agency_issues_by_the_rule_is_not_warned_of(
    record: CertificateRecord, minus: bool
) -> None:
    if minus and record.valid_until is not None:
        record = replace(record, valid_until=record.valid_until - timedelta(days=1))

    assert warnings_of(record) == set()


@given(
    record=QUALIFICATIONS, digit=st.sampled_from("0123456789"), year=st.integers(0, 99)
)
def test_a_number_fits_its_level_and_year_or_is_warned_of(
    record: CertificateRecord, digit: str, year: int
) -> None:
    number = f"{year:02}{record.number[2:10]}{digit}{record.number[11:]}"
    issued = record.issued_on
    assert issued is not None

    expected = set()
    if record.level != f"LEVEL_{digit}":
        expected.add(RecordWarning.NUMBER_LEVEL)
    if issued.year % 100 != year:
        expected.add(RecordWarning.NUMBER_YEAR)

    assert warnings_of(replace(record, number=number)) == expected


@given(record=LICENCES, years=st.integers(0, 40), days=st.integers(-3, 3))
def test_a_validity_is_six_years_or_is_warned_of(
    record: CertificateRecord, years: int, days: int
) -> None:
    assert record.valid_from is not None
    rule = years_after(record.valid_from, 6)
    until = years_after(record.valid_from, years) + timedelta(days=days)

    found = warnings_of(replace(record, valid_until=until, review_due_on=None))

    off = (until - rule).days
    assert (RecordWarning.VALIDITY_TOO_LONG in found) is (off > 1)
    is_short = RecordWarning.VALIDITY_TOO_SHORT in found
    assert is_short is (off < -1)


@given(record=DATED_RECORDS | RECORDS)
def test_every_record_is_looked_at_and_what_is_not_stated_warns_of_nothing(
    record: CertificateRecord,
) -> None:
    found = warnings_of(record)

    assert validity_warnings(record) <= found
    silent = replace(
        record,
        number="R",
        first_issued_on=None,
        issued_on=None,
        valid_from=None,
        valid_until=None,
        review_due_on=None,
        state_since=None,
        licence_id=None,
    )
    assert warnings_of(silent) == set()


SPOILS: list[tuple[CertificateRecord, dict[str, object]]] = [
    (RAIL_DRIVER, {"number": "2409000000100001"}),
    (RAIL_DRIVER, {"number": "2309000000300001"}),
    (RAIL_DRIVER, {"first_issued_on": date(2019, 6, 1)}),
    (RAIL_DRIVER, {"first_issued_on": date(2024, 6, 2)}),
    (LOW_VOLTAGE, {"number": "T" + SOMEBODY_ELSE.number}),
    (LOW_VOLTAGE, {"first_issued_on": date(2024, 6, 2)}),
    (LOW_VOLTAGE, {"review_due_on": date(2023, 6, 1)}),
    (LOW_VOLTAGE, {"valid_until": date(2023, 6, 1)}),
    (LOW_VOLTAGE, {"valid_until": date(2036, 6, 1)}),
]


@pytest.mark.parametrize(("record", "spoilt"), SPOILS)
def test_what_touches_a_clause_is_neither_eligible_nor_ineligible(
    record: CertificateRecord, spoilt: dict[str, object]
) -> None:
    assert judge(evidence(record)).outcome is EligibilityOutcome.ELIGIBLE

    contradictory = replace(record, **spoilt)  # type: ignore[arg-type] # fields by name

    assert judge(evidence(contradictory)).outcome is EligibilityOutcome.UNDETERMINED


def test_a_level_in_doubt_keeps_nobody_from_being_found() -> None:
    contradictory = rail(number="2409000000400001")

    assert contradictory.level is Level.LEVEL_3
    assert judge(evidence(contradictory)).level is Level.LEVEL_3
