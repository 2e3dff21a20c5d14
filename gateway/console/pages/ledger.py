"""The ledger: totals as a plot, decisions, recoveries, and corrections that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from bureau.caller import Scope
from gateway.application_state import state_of
from gateway.console.visit import Visit
from policy.calendar import SHANGHAI

TEMPLATE = "ledger.html"
ROWS = 50
MONTHS = 12
WIDTH, HEIGHT, LEFT = 720, 220, 70
READ_RECOVERIES = (Scope.RECOVER, Scope.AUDIT)
READ_CORRECTIONS = (Scope.WRITE_PAYMENTS, Scope.AUDIT)


@dataclass(frozen=True, slots=True)
class Bar:
    """A month of the plot: what was paid, and what came back."""

    month: str
    x: float
    width: float
    paid: int
    paid_height: float
    recovered: int
    recovered_height: float


async def ledger(visit: Visit) -> Response:
    """Show what of it the caller may see."""
    end = state_of(visit.request.scope).services.clock().astimezone(SHANGHAI).date()
    first = _months_before(end)
    totals = await visit.answer(
        "ConsoleTotals",
        **{"from": first.isoformat()},
        to=end.isoformat(),
        by=["MONTH"],
    )
    problems = [*totals.problems]
    after = visit.request.query_params.get("after")
    decisions: Mapping[str, Any] = {}
    if not problems:
        answered = await visit.answer("ConsoleDecisions", first=ROWS, after=after)
        decisions = answered.data.get("decisions") or {}
        problems += answered.problems
    recoveries = await _part(
        visit, READ_RECOVERIES, "ConsoleRecoveries", "recoveries", first=ROWS
    )
    corrections = await _part(
        visit, READ_CORRECTIONS, "ConsoleCorrections", "openCorrections"
    )
    rows = totals.data.get("totals") or ()
    return visit.page(
        TEMPLATE,
        totals=rows,
        bars=bars_of(rows),
        decisions=decisions,
        recoveries=recoveries,
        corrections=corrections,
        problems=problems,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
    )


async def _part(
    visit: Visit,
    needed: Sequence[Scope],
    document: str,
    field: str,
    **variables: object,
) -> Any:  # noqa: ANN401 - a JSON value
    """Return a part that others may not see; ``None`` if this caller may not."""
    if not any(visit.caller.may(scope) for scope in needed):
        return None
    answered = await visit.answer(document, **variables)
    return answered.data.get(field)


def _months_before(end: date) -> date:
    """Return the first day of the month so many months before."""
    day = end.replace(day=1)
    for _ in range(MONTHS - 1):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def bars_of(rows: Sequence[Mapping[str, Any]]) -> Sequence[Bar]:
    """Return the bars of rows, the highest as high as the plot."""
    known = [row for row in rows if row["month"] is not None]
    most = max([1, *(max(row["paidYuan"], row["recoveredYuan"]) for row in known)])
    step = (WIDTH - LEFT) / max(len(known), 1)
    return [
        Bar(
            row["month"],
            round(LEFT + place * step + step * 0.1, 1),
            round(step * 0.38, 1),
            row["paidYuan"],
            round(HEIGHT * row["paidYuan"] / most, 1),
            row["recoveredYuan"],
            round(HEIGHT * row["recoveredYuan"] / most, 1),
        )
        for place, row in enumerate(known)
    ]
