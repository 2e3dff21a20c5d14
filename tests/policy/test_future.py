"""The future is not known: of a day after today only what a date decides is said."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState, StateChange
from policy.eligibility import Absence, EligibilityOutcome, without_certificate
from policy.evidence import AccountState, Claim
from policy.finding import FindingOutcome
from policy.level import Level
from policy.standing import Standing, standing
from tests.policy.factories import (
    BY_WORK_SAFETY_INSTITUTE,
    EMPLOYED_CLAIM,
    FIRE_MONITORING,
    LOW_VOLTAGE,
    RAIL_DRIVER,
    TODAY,
    evidence,
    finding,
    judge,
    told,
)
from tests.policy.test_any_evidence import CLAIMS, DATED_RECORDS, RECORDS

TOMORROW = TODAY + timedelta(days=1)
CERTAIN_AHEAD = {
    Standing.UNKNOWN,
    Standing.NOT_YET_VALID,
    Standing.EXPIRED,
    Standing.REVIEW_OVERDUE,
    Standing.REVOKED,
    Standing.WITHDRAWN,
    Standing.CANCELLED,
    Standing.LAPSED,
}
LATER_DAYS = st.integers(1, 4000).map(lambda days: TODAY + timedelta(days=days))


def in_state(state: CertificateState | None) -> CertificateRecord:
    return replace(LOW_VOLTAGE, state=state)


@pytest.mark.parametrize(
    ("record", "as_of", "expected"),
    [
        pytest.param(LOW_VOLTAGE, TODAY, Standing.VALID, id="today"),
        pytest.param(LOW_VOLTAGE, TOMORROW, Standing.UNKNOWN, id="tomorrow"),
        pytest.param(RAIL_DRIVER, TOMORROW, Standing.UNKNOWN, id="for life, tomorrow"),
        pytest.param(RAIL_DRIVER, date.max, Standing.UNKNOWN, id="for life, for ever"),
        pytest.param(
            LOW_VOLTAGE, date(2030, 5, 31), Standing.UNKNOWN, id="last valid day"
        ),
        pytest.param(
            LOW_VOLTAGE, date(2030, 6, 1), Standing.EXPIRED, id="expired by then"
        ),
        pytest.param(
            LOW_VOLTAGE, date(2027, 6, 1), Standing.UNKNOWN, id="a review until then"
        ),
        pytest.param(
            replace(LOW_VOLTAGE, review_due_on=TODAY - timedelta(days=1)),
            TOMORROW,
            Standing.REVIEW_OVERDUE,
            id="a review overdue already",
        ),
        pytest.param(
            replace(LOW_VOLTAGE, review_due_on=TODAY),
            TOMORROW,
            Standing.UNKNOWN,
            id="a review due today",
        ),
        pytest.param(
            replace(LOW_VOLTAGE, valid_from=date(2025, 4, 1)),
            date(2025, 3, 31),
            Standing.NOT_YET_VALID,
            id="not valid yet by then",
        ),
        pytest.param(
            replace(LOW_VOLTAGE, valid_from=date(2025, 4, 1)),
            date(2025, 4, 1),
            Standing.UNKNOWN,
            id="valid from then on, if nothing happens",
        ),
        pytest.param(
            in_state(CertificateState.REVOKED), TOMORROW, Standing.REVOKED, id="revoked"
        ),
        pytest.param(
            in_state(CertificateState.SUSPENDED),
            TOMORROW,
            Standing.UNKNOWN,
            id="a suspension may be lifted",
        ),
        pytest.param(
            in_state(CertificateState.SUSPENDED),
            date(2030, 6, 1),
            Standing.EXPIRED,
            id="suspended, and expired by then",
        ),
        pytest.param(
            in_state(CertificateState.TRANSFERRED),
            TOMORROW,
            Standing.UNKNOWN,
            id="transferred",
        ),
        pytest.param(in_state(None), TOMORROW, Standing.UNKNOWN, id="no state"),
    ],
)
def test_of_a_day_that_has_not_come_only_what_a_date_decides_is_known(
    record: CertificateRecord, as_of: date, expected: Standing
) -> None:
    assert standing(record, as_of, TODAY) is expected


@given(
    record=DATED_RECORDS | RECORDS,
    today=st.dates(max_value=date(9999, 12, 30)),
    data=st.data(),
)
def test_no_certificate_is_good_on_a_day_that_has_not_come(
    record: CertificateRecord, today: date, data: st.DataObject
) -> None:
    as_of = data.draw(st.dates(min_value=today + timedelta(days=1)))

    found = standing(record, as_of, today)

    assert found in CERTAIN_AHEAD
    # Nothing is said of the day that would not be said on it, of what is known now.
    assert found is Standing.UNKNOWN or standing(record, as_of, as_of) in (
        found,
        Standing.SUSPENDED,
    )


@given(
    record=DATED_RECORDS | RECORDS,
    as_of=st.dates(),
    waited=st.integers(0, 5000),
)
def test_a_day_that_has_come_stays_as_it_was(
    record: CertificateRecord, as_of: date, waited: int
) -> None:
    assume(as_of.toordinal() + waited <= date.max.toordinal())

    asked_later = standing(record, as_of, as_of + timedelta(days=waited))

    assert asked_later is standing(record, as_of, as_of)


BAD_STATES = st.sampled_from(
    [state for state in CertificateState if state is not CertificateState.VALID]
)


@settings(deadline=None)
@given(
    record=DATED_RECORDS,
    state=st.none() | st.sampled_from(CertificateState),
    as_of=LATER_DAYS,
    sent=st.lists(st.tuples(BAD_STATES, st.integers(1, 4000)), max_size=2),
    data=st.data(),
)
def test_what_is_decided_of_a_later_day_stands_whatever_happens(
    record: CertificateRecord,
    state: CertificateState | None,
    as_of: date,
    sent: list[tuple[CertificateState, int]],
    data: st.DataObject,
) -> None:
    known = replace(record, state=state)
    before = finding("219-3b", evidence(known, as_of=as_of, today=TODAY))
    event(before.outcome)
    assume(before.outcome is not FindingOutcome.UNDETERMINED)
    due = known.review_due_on
    is_in_time = due is not None and due >= TODAY and data.draw(st.booleans())
    happened = replace(
        known,
        review_due_on=date.max if is_in_time else due,
        state=data.draw(st.sampled_from(CertificateState))
        if state in (None, CertificateState.OTHER, CertificateState.SUSPENDED)
        else state,
        changes=tuple(
            StateChange(
                state=new,
                effective_on=TODAY + timedelta(days=days),
                received_at=datetime(2030, 6, 1, tzinfo=UTC),
            )
            for new, days in sent
            # That dates the record's own state, which is no event of its own.
            if new is not state
        ),
    )

    after = finding("219-3b", evidence(happened, as_of=as_of, today=as_of))

    assert after.outcome is before.outcome


@settings(deadline=None)
@given(
    record=st.sampled_from([LOW_VOLTAGE, RAIL_DRIVER, FIRE_MONITORING]),
    claim=st.none() | st.just(EMPLOYED_CLAIM) | CLAIMS,
    as_of=LATER_DAYS,
)
def test_nobody_is_eligible_on_a_day_that_has_not_come(
    record: CertificateRecord, claim: Claim | None, as_of: date
) -> None:
    judged = evidence(record, claim=claim, as_of=as_of, today=TODAY)

    verdict = judge(judged)

    assert verdict.outcome is not EligibilityOutcome.ELIGIBLE
    assert (verdict.amount_yuan, verdict.share_percent) == (None, None)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param(TODAY, EligibilityOutcome.ELIGIBLE, id="today"),
        pytest.param(TOMORROW, EligibilityOutcome.UNDETERMINED, id="tomorrow"),
        pytest.param(date(2030, 6, 1), EligibilityOutcome.INELIGIBLE, id="expired"),
    ],
)
def test_a_good_certificate_is_undetermined_from_tomorrow_on(
    as_of: date, expected: EligibilityOutcome
) -> None:
    verdict = judge(evidence(LOW_VOLTAGE, as_of=as_of, today=TODAY))

    assert verdict.outcome is expected


def test_the_reason_says_that_the_day_has_not_come() -> None:
    found = finding("219-3b", evidence(LOW_VOLTAGE, as_of=TOMORROW, today=TODAY))

    assert "has not come" in found.reason.en
    assert "尚未到来" in found.reason.zh


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param(TODAY, FindingOutcome.UNMET, id="today"),
        pytest.param(TOMORROW, FindingOutcome.UNDETERMINED, id="tomorrow"),
    ],
)
def test_an_account_may_be_thawed_until_then(
    as_of: date, expected: FindingOutcome
) -> None:
    frozen = replace(BY_WORK_SAFETY_INSTITUTE, account=AccountState.FROZEN)

    found = finding("219-2b", evidence(LOW_VOLTAGE, frozen, as_of=as_of, today=TODAY))

    assert found.outcome is expected


def test_an_absence_says_nothing_of_a_day_that_has_not_come() -> None:
    item = load_catalogue().items["1.2"]

    verdict = told(without_certificate(item, Level.UNGRADED, Absence.DAY_NOT_COME))

    assert verdict.outcome is EligibilityOutcome.UNDETERMINED
    assert {found.outcome for found in verdict.findings} == {
        FindingOutcome.UNDETERMINED
    }
