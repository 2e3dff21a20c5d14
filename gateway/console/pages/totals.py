"""Totals: months and districts as plots with their tables, and what changed since.

What one's own books have is compared with these sums by month and district; claim by
claim, ``gateway reconcile`` compares a list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response

from gateway.application_state import state_of
from gateway.console.asking import Problem
from gateway.console.visit import Visit
from policy.calendar import SHANGHAI
from policy.districts import DISTRICTS

TEMPLATE = "totals.html"
MONTHS = 12
WIDTH, HEIGHT, LEFT = 720, 220, 110
LINE = 30
"""The height of a district in its plot."""
CHANGES = ("returnedYuan", "correctedYuan", "recoveriesOpenedYuan", "recoveredYuan")
"""What of a row says that what was paid did not stay so."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """A month or a district of a plot: what was paid, and what came back."""

    of: str
    at: float
    thick: float
    paid: int
    paid_long: float
    recovered: int
    recovered_long: float


async def totals(visit: Visit) -> Response:
    """Show the sums of the last twelve months, as far as the caller sees them."""
    end = state_of(visit.request.scope).services.clock().astimezone(SHANGHAI).date()
    problems: list[Problem] = []
    months = await _sums(visit, end, ["MONTH"], problems)
    districts: Sequence[Row] = ()
    changed: Sequence[Row] = ()
    if not problems:
        found = await _sums(visit, end, ["DISTRICT"], problems)
        # What was collected has no district.
        districts = [row for row in found if row["district"] is not None]
        both = await _sums(visit, end, ["MONTH", "DISTRICT"], problems)
        changed = [row for row in both if any(row[name] for name in CHANGES)]
    names = {code: visit.language.of(name) for code, name in DISTRICTS.items()}
    return visit.page(
        TEMPLATE,
        months=months,
        month_bars=bars_of(months, "month", WIDTH - LEFT, HEIGHT),
        districts=districts,
        district_bars=bars_of(
            districts, "district", LINE * len(districts), WIDTH - LEFT - 80
        ),
        names=names,
        changed=changed,
        changes=CHANGES,
        problems=problems,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
    )


async def _sums(
    visit: Visit, end: date, by: Sequence[str], problems: list[Problem]
) -> Sequence[Row]:
    answered = await visit.answer(
        "ConsoleTotals",
        **{"from": _first_day(end).isoformat()},
        to=end.isoformat(),
        by=by,
    )
    problems += answered.problems
    rows: Sequence[Row] = answered.data.get("totals") or ()
    return rows


def _first_day(end: date) -> date:
    """Return the first day of so many months that end with the one of ``end``."""
    year, month = divmod(end.year * 12 + end.month - MONTHS, 12)
    return date(year, month + 1, 1)


def bars_of(
    rows: Sequence[Row], of: str, along: float, most_long: float
) -> Sequence[Bar]:
    """Return the bars of rows that stand ``along`` a line, the longest ``most_long``.

    Net sums may be below zero; their bars have no length.
    """
    known = [row for row in rows if row[of] is not None]
    most = max([1, *(max(row["paidYuan"], row["recoveredYuan"]) for row in known)])
    step = along / max(len(known), 1)
    return [
        Bar(
            row[of],
            round(place * step + step * 0.1, 1),
            round(step * 0.38, 1),
            row["paidYuan"],
            round(most_long * max(row["paidYuan"], 0) / most, 1),
            row["recoveredYuan"],
            round(most_long * max(row["recoveredYuan"], 0) / most, 1),
        )
        for place, row in enumerate(known)
    ]
