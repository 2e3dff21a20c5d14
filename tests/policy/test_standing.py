"""What a certificate is worth on a day; unknown is never good."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.case import Case
from policy.catalogue import load_catalogue
from policy.certificate import STATE_CODES, CertificateRecord, CertificateState
from policy.clauses import in_good_standing
from policy.finding import FindingOutcome, worst
from policy.parameters import load_parameters
from policy.row import row_of
from policy.standing import Standing
from policy.standing import standing as standing_of
from tests.policy.factories import LOW_VOLTAGE, RAIL_DRIVER, TODAY, evidence

CATALOGUE = load_catalogue()


def standing(record: CertificateRecord, as_of: date) -> Standing:
    """Return what ``record`` is worth on ``as_of``, asked on that day."""
    return standing_of(record, as_of, as_of)


UNKNOWN_DATES = (
    pytest.param("issued_on", id="issue"),
    pytest.param("valid_from", id="start of validity"),
    pytest.param("valid_until", id="end of validity"),
    pytest.param("review_due_on", id="review"),
)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param(date(2024, 5, 31), Standing.NOT_YET_VALID, id="day before"),
        pytest.param(date(2024, 6, 1), Standing.VALID, id="first day"),
        pytest.param(date(2027, 5, 31), Standing.VALID, id="last day for the review"),
        pytest.param(date(2027, 6, 1), Standing.REVIEW_OVERDUE, id="day after it"),
        pytest.param(date(2030, 5, 31), Standing.REVIEW_OVERDUE, id="last valid day"),
        pytest.param(date(2030, 6, 1), Standing.EXPIRED, id="day after it"),
    ],
)
def test_a_licence_runs_from_its_first_to_its_last_day(
    as_of: date, expected: Standing
) -> None:
    assert standing(LOW_VOLTAGE, as_of) is expected


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param(date(2030, 5, 31), Standing.VALID, id="last valid day"),
        pytest.param(date(2030, 6, 1), Standing.EXPIRED, id="day after it"),
    ],
)
def test_a_reviewed_licence_is_valid_to_its_last_day(
    as_of: date, expected: Standing
) -> None:
    reviewed = replace(LOW_VOLTAGE, review_due_on=date(2030, 5, 31))

    assert standing(reviewed, as_of) is expected


def test_a_renewed_card_is_not_valid_before_its_day_of_issue() -> None:
    renewed = replace(LOW_VOLTAGE, issued_on=date(2024, 6, 10))

    assert standing(renewed, date(2024, 6, 9)) is Standing.NOT_YET_VALID


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("01", Standing.VALID),
        ("02", Standing.SUSPENDED),
        ("03", Standing.REVOKED),
        ("04", Standing.CANCELLED),
        ("05", Standing.LAPSED),
        ("06", Standing.TRANSFERRED),
        ("07", Standing.WITHDRAWN),
        ("99", Standing.UNKNOWN),
    ],
)
def test_a_state_code_decides_the_standing(code: str, expected: Standing) -> None:
    record = replace(LOW_VOLTAGE, state=STATE_CODES[code])

    assert standing(record, date(2025, 3, 1)) is expected


@pytest.mark.parametrize("state", [None, CertificateState.OTHER])
def test_a_state_that_is_not_stated_is_unknown(state: CertificateState | None) -> None:
    record = replace(LOW_VOLTAGE, state=state)

    assert standing(record, date(2025, 3, 1)) is Standing.UNKNOWN


@pytest.mark.parametrize("state", [None, CertificateState.OTHER])
def test_a_licence_that_has_run_out_is_expired_whatever_its_state(
    state: CertificateState | None,
) -> None:
    record = replace(LOW_VOLTAGE, state=state)

    assert standing(record, date(2030, 6, 1)) is Standing.EXPIRED


def test_a_revocation_outweighs_an_expiry() -> None:
    record = replace(LOW_VOLTAGE, state=CertificateState.REVOKED)

    assert standing(record, date(2030, 6, 1)) is Standing.REVOKED


@pytest.mark.parametrize("missing", UNKNOWN_DATES)
def test_an_ungraded_licence_without_one_of_its_dates_is_unknown(missing: str) -> None:
    record = replace(LOW_VOLTAGE, **{missing: None})  # type: ignore[arg-type] # one of four dates

    assert standing(record, date(2025, 3, 1)) is Standing.UNKNOWN


def test_a_graded_qualification_without_an_end_is_for_life() -> None:
    assert standing(RAIL_DRIVER, date(2060, 1, 1)) is Standing.VALID


def test_a_graded_qualification_without_its_day_of_issue_is_unknown() -> None:
    record = replace(RAIL_DRIVER, issued_on=None)

    assert standing(record, date(2025, 3, 1)) is Standing.UNKNOWN


def test_a_graded_qualification_with_an_end_runs_out() -> None:
    record = replace(RAIL_DRIVER, valid_until=date(2030, 5, 31))

    assert standing(record, date(2030, 6, 1)) is Standing.EXPIRED


def test_a_certificate_of_unknown_level_needs_its_dates() -> None:
    record = replace(RAIL_DRIVER, level=None)

    assert standing(record, date(2025, 3, 1)) is Standing.UNKNOWN


OVERDUE = replace(LOW_VOLTAGE, review_due_on=date(2025, 2, 28))
UNKNOWN_FACTS = ("issued_on", "valid_from", "valid_until", "level", "state", "changes")


@given(unknown=st.sets(st.sampled_from(UNKNOWN_FACTS)))
def test_a_review_is_overdue_whatever_else_is_unknown(unknown: set[str]) -> None:
    record = replace(OVERDUE, **dict.fromkeys(unknown))  # type: ignore[arg-type] # fields by name

    assert standing(record, date(2025, 3, 1)) is Standing.REVIEW_OVERDUE
    # The last day for it is still in time, and then the doubt is what is left.
    assert standing(record, date(2025, 2, 28)) in (Standing.VALID, Standing.UNKNOWN)


@pytest.mark.parametrize("state", list(CertificateState))
def test_what_is_lost_is_named_before_an_overdue_review(
    state: CertificateState,
) -> None:
    in_time = standing(replace(LOW_VOLTAGE, state=state), date(2025, 3, 1))

    found = standing(replace(OVERDUE, state=state), date(2025, 3, 1))

    soft = (Standing.VALID, Standing.UNKNOWN, Standing.TRANSFERRED)
    assert found is (Standing.REVIEW_OVERDUE if in_time in soft else in_time)


@given(
    weight=st.sampled_from(FindingOutcome),
    state=st.none() | st.sampled_from(CertificateState),
    unknown=st.sets(st.sampled_from(["issued_on", "valid_from", "valid_until"])),
)
def test_an_overdue_review_weighs_its_parameter_and_covers_nothing_else(
    weight: FindingOutcome, state: CertificateState | None, unknown: set[str]
) -> None:
    figures = replace(load_parameters().in_force(TODAY), review_overdue=weight)
    lacking = replace(OVERDUE, state=state, **dict.fromkeys(unknown))  # type: ignore[arg-type] # dates by name
    in_time = replace(lacking, review_due_on=TODAY)

    found, but_for = (
        in_good_standing(Case(evidence(record), row_of(record, CATALOGUE), figures))[0]
        for record in (lacking, in_time)
    )

    assert found is worst([weight, but_for])
