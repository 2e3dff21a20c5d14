"""Events of the ledger are shown as the ledger is: by authority and by district."""

import pytest

from bureau.caller import Caller, Scope
from bureau.events.events import DecisionEvent
from bureau.ledger.book import Authorities, Districts
from tests.store.ledger.test_ledger import AUTHORITY, NOON, OTHER, decision

EVENT = DecisionEvent(number=1, at=NOON, decision=decision())


@pytest.mark.parametrize(
    ("authorities", "districts", "scope", "is_shown"),
    [
        (None, None, Scope.WRITE_PAYMENTS, True),
        ({AUTHORITY}, {"310115"}, Scope.WRITE_PAYMENTS, True),
        ({OTHER}, None, Scope.WRITE_PAYMENTS, False),
        (frozenset(), None, Scope.WRITE_PAYMENTS, False),
        (None, {"310104"}, Scope.WRITE_PAYMENTS, False),
        (None, frozenset(), Scope.WRITE_PAYMENTS, False),
        (None, {"310104"}, Scope.AUDIT, True),
    ],
)
def test_an_event_is_shown_to_whose_it_is(
    authorities: Authorities, districts: Districts, scope: Scope, *, is_shown: bool
) -> None:
    bound = None if districts is None else frozenset(districts)
    caller = Caller("a", frozenset({scope}), districts=bound)

    assert EVENT.is_shown_to(caller, authorities) is is_shown
