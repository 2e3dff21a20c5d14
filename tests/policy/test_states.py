"""In which state a certificate was on any day; the worse of what was said counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.certificate import CertificateRecord, CertificateState, StateChange
from policy.finding import FindingOutcome
from policy.standing import Standing, standing
from policy.states import state_on, worst
from tests.policy.factories import LOW_VOLTAGE, evidence, finding

VALID, SUSPENDED, REVOKED, CANCELLED = (
    CertificateState.VALID,
    CertificateState.SUSPENDED,
    CertificateState.REVOKED,
    CertificateState.CANCELLED,
)
MARCH_1, APRIL_1, MAY_1 = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)
RECEIVED = datetime(2025, 6, 1, tzinfo=UTC)


def change(state: CertificateState, day: date) -> StateChange:
    return StateChange(state=state, effective_on=day, received_at=RECEIVED)


def sent(
    *changes: tuple[CertificateState, date],
    stated: CertificateState | None = VALID,
    since: date | None = None,
) -> CertificateRecord:
    """Return the licence as its registry states it, with what was sent of it."""
    return replace(
        LOW_VOLTAGE,
        state=stated,
        state_since=since,
        changes=tuple(change(*one) for one in changes),
    )


SUSPENSION = sent((SUSPENDED, MARCH_1))
LIFTED = sent((SUSPENDED, MARCH_1), (VALID, APRIL_1))


@pytest.mark.parametrize(
    ("record", "as_of", "expected"),
    [
        pytest.param(SUSPENSION, date(2025, 2, 28), VALID, id="day before it"),
        pytest.param(SUSPENSION, MARCH_1, SUSPENDED, id="first day of it"),
        pytest.param(SUSPENSION, date(2026, 1, 1), SUSPENDED, id="until lifted"),
        pytest.param(LIFTED, date(2025, 3, 31), SUSPENDED, id="day before the lifting"),
        pytest.param(LIFTED, APRIL_1, VALID, id="day of the lifting"),
        pytest.param(LIFTED, date(2025, 2, 28), VALID, id="before all of it"),
    ],
)
def test_a_change_counts_from_its_day_until_it_is_lifted(
    record: CertificateRecord, as_of: date, expected: CertificateState
) -> None:
    assert state_on(record, as_of) is expected


AGAIN = ((SUSPENDED, MARCH_1), (VALID, APRIL_1), (SUSPENDED, MAY_1))


@pytest.mark.parametrize("stated", [VALID, SUSPENDED])
@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param(date(2025, 2, 28), VALID, id="before the first"),
        pytest.param(date(2025, 3, 15), SUSPENDED, id="in the first"),
        pytest.param(date(2025, 4, 15), VALID, id="lifted"),
        pytest.param(date(2025, 5, 15), SUSPENDED, id="again"),
    ],
)
def test_of_what_was_sent_in_turn_the_last_before_the_day_counts(
    stated: CertificateState, as_of: date, expected: CertificateState
) -> None:
    """Lifted in between it was good, also where the record says what it is now.

    Of a record that is suspended nothing says since when but the last change, so its
    first suspension is known by the changes alone.
    """
    assert state_on(sent(*AGAIN, stated=stated), as_of) is expected


@pytest.mark.parametrize("stated", [None, CertificateState.OTHER, VALID])
def test_what_was_sent_holds_though_the_record_says_otherwise(
    stated: CertificateState | None,
) -> None:
    record = sent((CANCELLED, MARCH_1), stated=stated)

    assert standing(record, MARCH_1, MARCH_1) is Standing.CANCELLED


def test_the_record_holds_though_a_lifting_was_sent() -> None:
    record = sent((SUSPENDED, MARCH_1), (VALID, APRIL_1), stated=SUSPENDED)

    assert state_on(record, MAY_1) is SUSPENDED


def test_a_lifting_makes_no_unknown_state_good() -> None:
    record = sent((SUSPENDED, MARCH_1), (VALID, APRIL_1), stated=None)

    assert standing(record, MAY_1, MAY_1) is Standing.UNKNOWN


def test_a_lifting_that_was_sent_first_lifts_nothing() -> None:
    record = sent((VALID, APRIL_1), (SUSPENDED, MARCH_1))

    assert state_on(record, MAY_1) is SUSPENDED


def test_a_lifting_of_the_same_day_undoes_the_change() -> None:
    record = sent((SUSPENDED, MARCH_1), (VALID, MARCH_1))

    assert state_on(record, date(2025, 3, 15)) is VALID


def test_a_milder_change_does_not_lift_a_worse_one() -> None:
    record = sent((CANCELLED, MARCH_1), (SUSPENDED, APRIL_1))

    assert state_on(record, MAY_1) is CANCELLED


@pytest.mark.parametrize("as_of", [date(2024, 6, 1), MARCH_1, MAY_1])
def test_a_revoked_certificate_was_never_good(as_of: date) -> None:
    assert state_on(sent((REVOKED, MARCH_1)), as_of) is REVOKED


def test_a_revocation_by_the_record_counts_from_the_beginning_too() -> None:
    record = sent(stated=REVOKED, since=MARCH_1)

    assert state_on(record, date(2024, 6, 1)) is REVOKED


def test_a_lifted_revocation_is_lifted_from_the_day_of_the_lifting() -> None:
    record = sent((REVOKED, MARCH_1), (VALID, APRIL_1))

    assert [state_on(record, day) for day in (date(2025, 2, 1), MARCH_1, APRIL_1)] == [
        REVOKED,
        REVOKED,
        VALID,
    ]


def test_a_revocation_that_was_undone_from_the_first_day_never_was() -> None:
    record = sent((REVOKED, MARCH_1), (VALID, date(2024, 6, 1)))

    assert state_on(record, date(2024, 6, 1)) is VALID


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(sent(stated=SUSPENDED), SUSPENDED, id="no day"),
        pytest.param(sent(stated=SUSPENDED, since=MARCH_1), VALID, id="its own day"),
        pytest.param(
            sent((SUSPENDED, MARCH_1), stated=SUSPENDED), VALID, id="the last change's"
        ),
        pytest.param(
            sent((SUSPENDED, MARCH_1), stated=CANCELLED),
            CANCELLED,
            id="the last change was to another state",
        ),
        pytest.param(
            sent((SUSPENDED, MARCH_1), stated=SUSPENDED, since=date(2025, 2, 1)),
            SUSPENDED,
            id="the earlier of both",
        ),
    ],
)
def test_a_record_without_a_day_is_believed_for_every_day(
    record: CertificateRecord, expected: CertificateState
) -> None:
    assert state_on(record, date(2025, 2, 28)) is expected


def test_changes_that_cannot_be_known_leave_the_state_unknown() -> None:
    record = replace(LOW_VOLTAGE, changes=None)

    assert standing(record, MAY_1, MAY_1) is Standing.UNKNOWN


def test_changes_that_cannot_be_known_spare_no_bad_state() -> None:
    record = replace(LOW_VOLTAGE, state=CANCELLED, changes=None)

    assert standing(record, MAY_1, MAY_1) is Standing.CANCELLED


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param(date(2025, 2, 28), FindingOutcome.MET, id="day before"),
        pytest.param(MARCH_1, FindingOutcome.UNMET, id="day of the change"),
    ],
)
def test_the_clause_follows_the_state_of_the_day(
    as_of: date, expected: FindingOutcome
) -> None:
    assert finding("219-3b", evidence(SUSPENSION, as_of=as_of)).outcome is expected


def test_of_two_states_the_worse_counts() -> None:
    assert worst([VALID, None]) is None


def test_the_words_of_a_change_are_no_part_of_its_repr() -> None:
    told = StateChange(
        state=REVOKED, effective_on=MARCH_1, received_at=RECEIVED, reason="王小明舞弊"
    )

    assert "王小明" not in repr(told)


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(CertificateState),
        st.integers(0, 40).map(lambda days: MARCH_1 + timedelta(days=days)),
    ),
    max_size=5,
)
DAYS = st.integers(-5, 50).map(lambda days: MARCH_1 + timedelta(days=days))
STATED = st.sampled_from([*CertificateState, None])


@given(CHANGES, STATED, DAYS)
def test_what_was_sent_never_makes_a_record_better(
    changes: list[tuple[CertificateState, date]],
    stated: CertificateState | None,
    as_of: date,
) -> None:
    # Sent last, so that the record's state is dated by none of them.
    record = sent(*changes, (VALID, MARCH_1), stated=stated)

    both = worst([state_on(record, as_of), stated])

    assert state_on(record, as_of) is both


@given(CHANGES, STATED, DAYS)
def test_a_bad_state_that_was_sent_holds_whatever_the_record_says(
    changes: list[tuple[CertificateState, date]],
    stated: CertificateState | None,
    as_of: date,
) -> None:
    alone = state_on(sent(*changes), as_of)

    assert state_on(sent(*changes, stated=stated), as_of) is worst(
        [alone, state_on(sent(*changes, stated=stated), as_of)]
    )


@given(CHANGES, st.sampled_from(CertificateState), DAYS, DAYS)
def test_after_a_change_no_day_from_it_on_is_good_without_a_lifting(
    changes: list[tuple[CertificateState, date]],
    state: CertificateState,
    day: date,
    later: date,
) -> None:
    record = sent(*changes, (state, day))
    as_of = max(day, later)

    assert state_on(record, as_of) is worst([state, state_on(record, as_of)])
