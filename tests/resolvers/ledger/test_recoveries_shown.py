"""A recovery is shown as it is kept, with who leads it and what was done to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bureau.caller import Caller
from bureau.ledger.book import (
    Recovery,
    RecoveryEvent,
    RecoverySelection,
    RecoverySums,
)
from policy.level import Level
from policy.recovery import (
    Progress,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
)
from tests.resolvers.answered import Asked, executed
from tests.resolvers.test_store_away import EVERYTHING, Away, answer, codes

AGENCY = Caller("agency:transport", EVERYTHING.scopes)

OPENED = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
CHANGED = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
KEPT = Recovery(
    id=7,
    decision=3,
    authority="transport",
    cause=RecoveryCause.REVOKED,
    source=RecoverySource.CHANGE,
    holder_differs=True,
    progress=Progress(RecoveryState.PARTLY_RECOVERED, 1600, 600),
    version=2,
    opened_at=OPENED,
    changed_at=CHANGED,
    claim="c-1",
    certificate="sealed-1",
    district="310104",
    item="4-02-01-01",
    level=Level.LEVEL_4,
)
OPEN = RecoveryEvent(
    step=RecoveryStep.OPEN,
    after=RecoveryState.OPEN,
    at=OPENED,
    actor="agency:transport",
    reason="撤销 / revoked",
    amount_yuan=None,
    owed_yuan=1600,
)
REPAY = RecoveryEvent(
    step=RecoveryStep.REPAY,
    after=RecoveryState.PARTLY_RECOVERED,
    at=CHANGED,
    actor="bureau",
    reason="凭证 2026-88",
    amount_yuan=600,
)
SHOWN = """id version state cause source holderDiffers amountYuan recoveredYuan claim
  certificate district itemCode level openedAt changedAt authority { id }
  history { step after at actor reason amountYuan owedYuan }"""
BY_ID = f'{{ recovery(id: "7") {{ {SHOWN} }} }}'
PAGE = """{ recoveries(first: 2) { totalCount nodes { id } edges { cursor node { id } }
  pageInfo { hasNextPage endCursor } totals { amountYuan recoveredYuan
    byState { state count } } } }"""


def shown(text: str, **kept: object) -> Any:
    """Return what a question shows of what the ledger keeps."""
    found = answer(text, ledger=Away(**kept))
    assert found.errors is None
    assert found.data is not None
    (one,) = found.data.values()
    return one


def found_by_id(**changes: Any) -> Mapping[str, Any]:
    kept = replace(KEPT, **changes)
    one: Mapping[str, Any] = shown(BY_ID, recovery=kept, histories=[[OPEN, REPAY]])
    return one


def test_a_recovery_is_shown_with_every_step() -> None:
    assert found_by_id() == {
        "id": "7",
        "version": 2,
        "state": "PARTLY_RECOVERED",
        "cause": "REVOKED",
        "source": "CHANGE",
        "holderDiffers": True,
        "amountYuan": 1600,
        "recoveredYuan": 600,
        "claim": "c-1",
        "certificate": "sealed-1",
        "district": "310104",
        "itemCode": "4-02-01-01",
        "level": "LEVEL_4",
        "openedAt": "2026-11-25T08:30:00+00:00",
        "changedAt": "2026-11-26T09:00:00+00:00",
        "authority": {"id": "transport"},
        "history": [
            {
                "step": "OPEN",
                "after": "OPEN",
                "at": "2026-11-25T08:30:00+00:00",
                "actor": "agency:transport",
                "reason": "撤销 / revoked",
                "amountYuan": None,
                "owedYuan": 1600,
            },
            {
                "step": "REPAY",
                "after": "PARTLY_RECOVERED",
                "at": "2026-11-26T09:00:00+00:00",
                "actor": "bureau",
                "reason": "凭证 2026-88",
                "amountYuan": 600,
                "owedYuan": None,
            },
        ],
    }


def test_what_was_not_kept_of_an_older_one_is_null() -> None:
    found = found_by_id(authority="", source=None, item=None, level=None)

    names = ("authority", "source", "itemCode", "level")
    assert [found[name] for name in names] == [None] * 4


def test_steps_that_cannot_be_read_are_not_shown_as_none() -> None:
    assert codes(BY_ID, ledger=Away(recovery=KEPT)) == ["STORE_UNAVAILABLE"]


def test_a_page_has_cursors_and_the_sums_of_all_pages() -> None:
    kept = [replace(KEPT, id=number) for number in (9, 8, 7)]
    by_state = {RecoveryState.RECOVERED: 1, RecoveryState.OPEN: 40}
    sums = RecoverySums(
        count=41, owed_yuan=65_000, recovered_yuan=1600, by_state=by_state
    )

    assert shown(PAGE, recoveries=kept, sums=sums) == {
        "totalCount": 41,
        "nodes": [{"id": "9"}, {"id": "8"}],
        "edges": [{"cursor": id_, "node": {"id": id_}} for id_ in ("9", "8")],
        "pageInfo": {"hasNextPage": True, "endCursor": "8"},
        "totals": {
            "amountYuan": 65_000,
            "recoveredYuan": 1600,
            # In the order of the states.
            "byState": [
                {"state": "OPEN", "count": 40},
                {"state": "RECOVERED", "count": 1},
            ],
        },
    }


@pytest.mark.parametrize(
    ("caller", "stated", "seen"),
    [
        (EVERYTHING, "", None),
        (EVERYTHING, 'authorities: ["fire-rescue"]', {"fire-rescue"}),
        (AGENCY, "", {"transport"}),
        (AGENCY, 'authorities: ["fire-rescue"]', set()),
        (AGENCY, 'authorities: ["fire-rescue", "transport"]', {"transport"}),
    ],
)
def test_what_is_stated_selects_of_what_may_be_seen_and_no_more(
    caller: Caller, stated: str, seen: set[str] | None
) -> None:
    asked: list[RecoverySelection] = []

    class Ledger:
        async def recoveries(
            self, selection: RecoverySelection, **_: object
        ) -> list[Any]:
            asked.append(selection)
            return []

        async def sums(self, selection: RecoverySelection) -> RecoverySums:
            asked.append(selection)
            return RecoverySums(count=0, owed_yuan=0, recovered_yuan=0, by_state={})

        async def histories(self, _: object) -> None:
            """Nothing was asked of steps."""

    text = f"{{ recoveries(filter: {{{stated}}}) {{ nodes {{ id }} }} }}"

    found = executed(Asked([]), text, caller=caller, ledger=Ledger())

    assert found.errors is None
    assert [one.authorities for one in asked] == [seen, seen]
