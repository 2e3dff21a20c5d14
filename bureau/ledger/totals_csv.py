"""Totals as a table for a spreadsheet: what the graph has, with names beside codes.

UTF-8 with a byte order mark, without which Excel takes Chinese for something else.
Every text is of our own catalogue or a code; a cell that a spreadsheet would compute
is made a text all the same.
"""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from io import StringIO

from bureau.ledger.sums import MEASURES, TotalsRow
from policy.catalogue import Catalogue
from policy.districts import DISTRICTS
from policy.level import LEVEL_NAMES, Level

MARK = "\ufeff"
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would compute (OWASP, CSV injection)."""
PLACE = (
    *("month", "authority", "authority_name", "district", "district_name"),
    *("item", "item_name", "level", "level_name"),
)
HEADER = (*PLACE, *MEASURES)


def csv_of(rows: Sequence[TotalsRow], catalogue: Catalogue) -> str:
    """Return ``rows`` as CSV (RFC 4180), mark and header first."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for row in rows:
        place = map(safe, _place(row, catalogue))
        writer.writerow((*place, *asdict(row.measures).values()))
    return f"{MARK}{text.getvalue()}"


def safe(cell: str) -> str:
    """Return ``cell`` as a text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(COMPUTED) else cell


def _place(row: TotalsRow, catalogue: Catalogue) -> tuple[str, ...]:
    place = row.place
    body = catalogue.bodies.get(place.authority or "")
    item = catalogue.items.get(place.item or "")
    district = DISTRICTS.get(place.district or "")
    level = None if place.level is None else LEVEL_NAMES[Level(place.level)]
    return (
        place.month or "",
        place.authority or "",
        "" if body is None else body.name.zh,
        place.district or "",
        "" if district is None else district.zh,
        place.item or "",
        "" if item is None else item.name.zh,
        place.level or "",
        "" if level is None else level.zh,
    )
