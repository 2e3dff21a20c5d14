"""Audit records for tests, with what does not matter filled in."""

from datetime import UTC, datetime
from typing import Any

from bureau.caller import Purpose
from bureau.look_ups.audit import AuditEvent, AuditRecord
from connectors.answer import SourceOutcome

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALICE, BOB = "a" * 64, "b" * 64


def record(**changes: Any) -> AuditRecord:
    """Return a look-up of Alice at noon."""
    values: dict[str, Any] = {
        "at": NOON,
        "event": AuditEvent.LOOKED_UP,
        "caller": "hr",
        "request_id": "r1",
        "person": ALICE,
        "purpose": Purpose.SUBSIDY_CLAIM,
        "case_number": "17-2026-1",
        "operation": "HolderCheck",
        "document": "d" * 64,
        "sources": {"transport": SourceOutcome.NONE},
        "certificates": 0,
    }
    return AuditRecord(**{**values, **changes})
