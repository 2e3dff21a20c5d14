"""Changes that an agency sent, written as whoever takes them in does."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from policy.certificate import CertificateState
from policy.documents import Document
from store.status.intake import NewChange, StatesIntake
from store.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ALICE, BOB = "a" * 64, "b" * 64
CHANGE = NewChange(
    connector="transport",
    sequence=1,
    digest="1" * 64,
    certificate="sealed-1",
    document=Document(place="p" * 64),
    person=ALICE,
    state=CertificateState.SUSPENDED,
    effective_on=date(2026, 11, 20),
    reason="违章作业",
    envelope="e.y.J",
    key_id="transport-1",
    signed_at=NOON,
    received_at=NOON,
)
LIFTING = replace(CHANGE, sequence=2, digest="2" * 64, state=CertificateState.VALID)
BOBS = replace(
    CHANGE,
    sequence=3,
    digest="3" * 64,
    certificate="b",
    document=Document(place="b" * 64),
    person=BOB,
)


def nothing_follows(_connection: Connection, _change: NewChange) -> None:
    """Let a change stand by itself: what opens recoveries has tests of its own."""


async def added(store: Store, *changes: NewChange) -> None:
    """Commit changes, whatever their numbers."""
    states = StatesIntake(store, nothing_follows)

    def work(connection: Connection) -> None:
        for change in changes:
            states.add(connection, change)

    await store.writer.write(work)
