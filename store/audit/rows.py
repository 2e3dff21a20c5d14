"""Audit records as rows, and rows as records."""

from typing import Any

from sqlalchemy import Row

from bureau.caller import Purpose
from bureau.look_ups.audit import AuditEvent, AuditRecord
from connectors.answer import SourceOutcome
from connectors.elements import NOT_STATED, Element, Elements

_ELEMENTS = tuple(one.value for one in Element)
_NOT_STATED = dict.fromkeys(_ELEMENTS)


def row_of(record: AuditRecord) -> dict[str, Any]:
    """Return the row that keeps ``record``; its id is the database's to give."""
    elements = record.elements
    return {
        "at": record.at,
        "event": str(record.event),
        "caller": record.caller,
        "districts": None if record.districts is None else " ".join(record.districts),
        "request_id": record.request_id,
        "person": record.person,
        "purpose": None if record.purpose is None else str(record.purpose),
        "case_number": record.case_number,
        **(
            _NOT_STATED
            if elements is NOT_STATED
            else {name: getattr(elements, name) for name in _ELEMENTS}
        ),
        "operation": record.operation,
        "document": record.document,
        "sources": {agency: str(end) for agency, end in record.sources.items()},
        "certificates": record.certificates,
        "kept_from": record.kept_from,
        "removed": record.removed,
    }


def record_of(row: Row[Any]) -> AuditRecord:
    """Return the record that ``row`` keeps."""
    more: dict[str, Any] = row._asdict()
    elements = Elements(**{name: more.pop(name) for name in _ELEMENTS})
    purpose, districts = more.pop("purpose"), more.pop("districts")
    sources: dict[str, str] = more.pop("sources")
    return AuditRecord(
        event=AuditEvent(more.pop("event")),
        elements=elements,
        districts=districts_of(districts),
        purpose=None if purpose is None else Purpose(purpose),
        sources={agency: SourceOutcome(end) for agency, end in sources.items()},
        **more,
    )


def districts_of(kept: str | None) -> tuple[str, ...] | None:
    """Return the districts of a column: ``None`` for all, empty for none."""
    return None if kept is None else tuple(kept.split())
