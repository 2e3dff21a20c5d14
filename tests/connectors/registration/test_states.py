"""Which step leads from which state to which: the whole table, as it is promised."""

import pytest

from connectors.registration.lifecycle import ConnectorState, Step, state_after
from connectors.registration.refusals import RefusalCode, RegistrationError

TABLE = """
              DRAFT SUBMITTED CHECKED APPROVED ACTIVE SUSPENDED RETIRED
DRAFT         DRAFT -         -       -        -      -         -
SUBMIT        SUBMITTED -     -       -        -      -         -
CHECK         -     CHECKED   -       -        -      -         -
RETURN        -     DRAFT     DRAFT   -        -      -         -
APPROVE       -     -         APPROVED -       -      -         -
ACTIVATE      -     -         -       ACTIVE   -      -         -
SUSPEND       -     -         -       -        SUSPENDED -      -
RESUME        -     -         -       -        -      ACTIVE    -
RETIRE        RETIRED RETIRED RETIRED RETIRED  RETIRED RETIRED  -
ADD_KEY       DRAFT -         -       APPROVED ACTIVE SUSPENDED -
APPROVE_KEY   -     -         -       APPROVED ACTIVE SUSPENDED -
ROTATE_KEY    -     -         -       APPROVED ACTIVE SUSPENDED -
RETIRE_KEY    DRAFT SUBMITTED CHECKED APPROVED ACTIVE SUSPENDED -
COMPROMISE_KEY DRAFT SUBMITTED CHECKED APPROVED ACTIVE SUSPENDED RETIRED
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (ConnectorState(state), Step(row[0]), after)
    for row in ROWS[1:]
    for state, after in zip(ROWS[0], row[1:], strict=True)
]


def test_the_table_has_every_step_and_state() -> None:
    assert ROWS[0] == list(ConnectorState)
    assert [row[0] for row in ROWS[1:]] == list(Step)


@pytest.mark.parametrize(
    ("state", "step", "after"), [cell for cell in CELLS if cell[2] != "-"]
)
def test_a_step_leads_on(state: ConnectorState, step: Step, after: str) -> None:
    assert state_after(state, step) == after


@pytest.mark.parametrize(
    ("state", "step"), [cell[:2] for cell in CELLS if cell[2] == "-"]
)
def test_a_step_is_refused(state: ConnectorState, step: Step) -> None:
    with pytest.raises(RegistrationError) as refused:
        state_after(state, step)

    assert refused.value.code is RefusalCode.WRONG_STATE
