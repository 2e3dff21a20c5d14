"""Decisions as a table for a spreadsheet: one row each, with names beside codes.

Whose they are is not in it. ``paid_yuan`` is what the decision's steps paid less what
they took back: its sum over all rows is that of the totals.
"""

import csv
from collections.abc import Sequence
from io import StringIO

from bureau.ledger.reading import BookedDecision
from bureau.ledger.totals_csv import MARK, safe
from policy.catalogue import Catalogue
from policy.districts import DISTRICTS
from policy.level import LEVEL_NAMES

HEADER = (
    *("decision", "claim", "outcome", "decided_on", "recorded_at", "recorded_by"),
    *("district", "district_name", "authority", "authority_name"),
    *("item", "item_name", "level", "level_name", "category", "fund"),
    *("amount_yuan", "payment_state", "paid_yuan", "certificate", "evidence"),
)


def header_row() -> str:
    """Return mark and header."""
    return f"{MARK}{_written([HEADER])}"


def rows_of(decisions: Sequence[BookedDecision], catalogue: Catalogue) -> str:
    """Return ``decisions`` as rows of CSV (RFC 4180)."""
    return _written([_row(one, catalogue) for one in decisions])


def _written(rows: Sequence[Sequence[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([[*map(safe, row)] for row in rows])
    return text.getvalue()


def _row(booked: BookedDecision, catalogue: Catalogue) -> tuple[str, ...]:
    one = booked.decision
    district = DISTRICTS.get(one.district)
    body = catalogue.bodies.get(one.authority)
    item = catalogue.items.get(one.item or "")
    level = None if one.level is None else LEVEL_NAMES[one.level]
    return (
        str(one.id),
        one.claim,
        one.outcome,
        one.decided_on.isoformat(),
        one.recorded_at.isoformat(),
        one.recorded_by,
        one.district,
        "" if district is None else district.zh,
        one.authority,
        "" if body is None else body.name.zh,
        one.item or "",
        "" if item is None else item.name.zh,
        one.level or "",
        "" if level is None else level.zh,
        one.category or "",
        one.fund or "",
        "" if one.amount_yuan is None else str(one.amount_yuan),
        booked.state or "",
        str(booked.paid_yuan),
        one.certificate,
        one.evidence,
    )
