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
    ("account", "is_suspended", "problem"),
    [
        pytest.param(AccountState.ACTIVE, False, None, id="active"),
        pytest.param(
            AccountState.ACTIVE, True, Problem.CONNECTOR_SUSPENDED, id="suspended"
        ),
        pytest.param(
            AccountState.FROZEN, False, Problem.ACCOUNT_NOT_ACTIVE, id="frozen"
        ),
        pytest.param(
            AccountState.COLLECTION_CANCELLED,
            True,
            Problem.ACCOUNT_NOT_ACTIVE,
            id="cancelled",
        ),
    ],
)
async def test_nothing_is_taken_of_an_agency_that_is_not_in_force(
    account: AccountState, is_suspended: bool, problem: Problem | None
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

    assert not_taken(agency) is problem
