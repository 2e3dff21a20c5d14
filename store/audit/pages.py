"""What selects a page of the log: a part of one index, from its end, in its order.

An index is of what is asked by, of time and of the record. What is asked for is a range
of it and no equality, by which a database would know that time alone is the order: it
would go back in time, expecting to find soon what has not been seen for years, or never
was. So each page costs the same, whatever there is and whatever is known of it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, select, tuple_

from bureau.look_ups.audit import AuditEvent, AuditSelection
from store.audit.tables import ALL_BUT_LOOK_UPS, audit_records

BY_INDEX = (
    *("request_id", "business_number", "case_number", "person", "officer", "event"),
    *("organisation", "caller", "matter_code", "purpose"),
)
"""What has an index of its own, what fewest records have in common first."""
Place = tuple[datetime, int]
"""A record's place in time."""
column = audit_records.c


def pages_of(
    selection: AuditSelection, first: int, before: Place | None
) -> Iterator[Select[*tuple[Any, ...]]]:
    """Yield statements, each of at most ``first`` records before a place, newest first.

    Of several people, or officers, there is one for each: a record is of one of them.
    """
    for person, officer in product(
        *(
            [None] if some is None else dict.fromkeys(some)
            for some in (selection.people, selection.officers)
        )
    ):
        stated = {
            "request_id": selection.request_id,
            "case_number": selection.case_number,
            "person": person,
            "officer": officer,
            "event": selection.event,
            "caller": selection.caller,
            "purpose": selection.purpose,
            **{one.value: value for one, value in selection.elements.stated()},
        }
        equal = {name: value for name, value in stated.items() if value is not None}
        yield _page(equal, selection, before).limit(first)


def _page(
    equal: Mapping[str, str], selection: AuditSelection, before: Place | None
) -> Select[*tuple[Any, ...]]:
    asked_by = next((name for name in BY_INDEX if _has_index(name, equal)), None)
    order: list[ColumnElement[Any]] = [column.at, column.id]
    value: tuple[str, ...] = ()
    conditions: list[ColumnElement[bool] | TextClause] = []
    if asked_by is not None:
        order, value = [column[asked_by], *order], (equal[asked_by],)
        conditions += [order[0] >= value[0], order[0] <= value[0]]
        conditions.append(
            ALL_BUT_LOOK_UPS if asked_by == "event" else order[0].is_not(None)
        )
    if selection.from_ is not None:
        conditions.append(tuple_(*order[:-1]) >= (*value, selection.from_))
    if selection.to is not None:
        conditions.append(tuple_(*order[:-1]) < (*value, selection.to))
    if before is not None:
        conditions.append(tuple_(*order) < (*value, *before))
    # No index is of what something was added to, be it nothing.
    others = (
        column[name] + "" == value for name, value in equal.items() if name != asked_by
    )
    return (
        select(audit_records)
        .where(*conditions, *others)
        .order_by(*(one.desc() for one in order))
    )


def _has_index(name: str, stated: Mapping[str, str]) -> bool:
    """Say whether something is stated that an index has: of look-ups there is none."""
    return name in stated and stated[name] is not AuditEvent.LOOKED_UP
