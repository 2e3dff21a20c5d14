"""Count in months as the Civil Code does (民法典 201 to 203).

The day the period starts from is not counted; the period ends on the same day
of the last month, and where that month has no such day, on its last one:
2024-02-29 and twelve months end on 2025-02-28. That a period which ends on a
public holiday runs on to the next working day is not applied: the project has
no calendar of holidays (``docs/policy.md`` says so under 17-window). A period that
would end after the last day a ``date`` can be ends on that day.
"""

from calendar import monthrange
from datetime import MAXYEAR, date

MONTHS_A_YEAR = 12
SHORTEST_MONTH = 28
"""Every month has so many days."""


def add_months(day: date, months: int) -> date:
    """Return the last day of a period of ``months`` that starts from ``day``."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    month += 1
    if day.day <= SHORTEST_MONTH:
        return date(year, month, day.day)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
