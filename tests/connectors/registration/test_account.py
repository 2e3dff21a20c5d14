"""An account is treated by the hardest sanction that is in force now."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.registration.sanctions import (
    Sanction,
    SanctionKind,
    SanctionState,
    account_of,
    is_due,
)
from policy.evidence import AccountState

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
K, S, A = SanctionKind, SanctionState, AccountState
FREEZE = Sanction(
    body="transport",
    kind=K.FREEZE,
    state=S.IN_FORCE,
    reason="r",
    imposed_by="o",
    imposed_at=NOON,
)
CANCELLED = replace(FREEZE, kind=K.CANCEL_COLLECTION)
URGENT = replace(FREEZE, state=S.UNCONFIRMED, confirm_before=NOON)
RECTIFY = replace(FREEZE, kind=K.RECTIFICATION, last_day=date(2026, 11, 23))


@pytest.mark.parametrize(
    ("sanctions", "account"),
    [
        ([], A.ACTIVE),
        ([FREEZE], A.FROZEN),
        ([CANCELLED], A.COLLECTION_CANCELLED),
        ([replace(FREEZE, body="fire")], A.ACTIVE),
        ([replace(FREEZE, kind=K.WARNING)], A.ACTIVE),
        ([RECTIFY], A.ACTIVE),
        *(
            ([replace(FREEZE, state=state)], A.ACTIVE)
            for state in (S.PROPOSED, S.LIFTED, S.REJECTED, S.LAPSED)
        ),
        ([URGENT], A.ACTIVE),
        ([replace(URGENT, confirm_before=NOON + SECOND)], A.FROZEN),
        ([replace(URGENT, confirm_before=None)], A.FROZEN),
    ],
)
def test_what_is_in_force_decides(
    sanctions: list[Sanction], account: AccountState
) -> None:
    assert account_of(["transport", "x"], sanctions, NOON) is account


def test_of_two_the_harder_decides() -> None:
    both = [FREEZE, CANCELLED]

    assert account_of(["transport"], both, NOON) is A.FROZEN
    assert account_of(["transport"], both[::-1], NOON) is A.FROZEN


@pytest.mark.parametrize(
    ("sanction", "now", "expected"),
    [
        (URGENT, NOON - SECOND, False),
        (URGENT, NOON, True),
        (replace(URGENT, state=S.IN_FORCE), NOON, False),
        # Shanghai's day ends at four in the afternoon of Greenwich.
        (RECTIFY, datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), False),
        (RECTIFY, datetime(2026, 11, 23, 16, tzinfo=UTC), True),
        (replace(RECTIFY, state=S.OVERDUE), datetime(2027, 1, 1, tzinfo=UTC), False),
        (replace(RECTIFY, last_day=None), datetime(2027, 1, 1, tzinfo=UTC), False),
    ],
)
def test_the_clock_has_a_step_to_take_once_it_is_too_late(
    sanction: Sanction, now: datetime, *, expected: bool
) -> None:
    assert is_due(sanction, now) is expected
