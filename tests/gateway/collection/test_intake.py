"""Of whom nothing is taken, whatever they sign."""

from datetime import UTC, datetime

import pytest

from connectors.agency import Agency
from gateway.collection.intake import not_taken
from gateway.collection.refusal import Problem
from policy.catalogue import load_catalogue
from policy.evidence import AccountState
from tests.connectors.agency import BUNDLE, manifest
from tests.connectors.guard.slow_agency import Notes
from tests.connectors.test_agency import Sends


@pytest.mark.parametrize(
    ("account", "is_suspended", "of_records", "of_states"),
    [
        pytest.param(AccountState.ACTIVE, False, None, None, id="active"),
        pytest.param(
            AccountState.ACTIVE,
            True,
            *[Problem.CONNECTOR_SUSPENDED] * 2,
            id="suspended",
        ),
        pytest.param(
            AccountState.FROZEN, False, Problem.ACCOUNT_NOT_ACTIVE, None, id="frozen"
        ),
        pytest.param(
            AccountState.FROZEN,
            True,
            Problem.ACCOUNT_NOT_ACTIVE,
            Problem.CONNECTOR_SUSPENDED,
            id="frozen and suspended",
        ),
        pytest.param(
            AccountState.COLLECTION_CANCELLED,
            False,
            *[Problem.ACCOUNT_NOT_ACTIVE] * 2,
            id="cancelled",
        ),
    ],
)
async def test_of_an_agency_that_is_not_in_force_nothing_is_taken_but_revocations(
    account: AccountState,
    is_suspended: bool,
    of_records: Problem | None,
    of_states: Problem | None,
) -> None:
    agency = Agency(
        manifest(),
        Sends(()),
        bundle=BUNDLE,
        catalogue=load_catalogue(),
        observer=Notes(),
        clock=lambda: datetime.now(UTC),
    )
    agency.put_in_force(BUNDLE, account, is_suspended=is_suspended)

    assert not_taken(agency, is_for_frozen=False) is of_records
    assert not_taken(agency, is_for_frozen=True) is of_states
