"""What is read of revocations waits for the ledger, and nobody waits for it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

import pytest

from bureau.certificate_ids import CertificateIds
from bureau.ledger.book import LedgerBook
from bureau.ledger.seen import SeenRevocation, revoked_in
from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from connectors.connector import Collected
from connectors.errors import StoreUnavailableError
from gateway.ledger.seen import AT_ONCE, MAX_WAITING, SeenKeeper, kept_seen
from policy.certificate import CertificateState
from policy.recovery import RecoverySource
from store.background import Supervisor
from tests.resolvers.attested import certificate

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LIVE = RecoverySource.LIVE_ANSWER


@dataclass
class Book:
    """A ledger that may be away."""

    is_away: bool = False
    written: list[list[SeenRevocation]] = field(default_factory=list)

    async def open_seen(
        self,
        seen: Sequence[SeenRevocation],
        at: datetime,  # noqa: ARG002 - the interface
    ) -> int:
        await asyncio.sleep(0)
        if self.is_away:
            raise StoreUnavailableError("away")
        self.written.append(list(seen))
        return len(seen)


@dataclass
class Reports:
    """Implements ``SeenObserver`` in memory."""

    waiting: int = 0
    dropped: int = 0
    opened: int = 0

    def revocations_waiting(self, count: int) -> None:
        self.waiting = count

    def revocation_dropped(self) -> None:
        self.dropped += 1

    def recoveries_opened(self, count: int) -> None:
        self.opened += count


@pytest.fixture(name="book")
def _book() -> Book:
    return Book()


@pytest.fixture(name="reports")
def _reports() -> Reports:
    return Reports()


@pytest.fixture(name="keeper")
def _keeper(book: Book, reports: Reports) -> SeenKeeper:
    ids = CertificateIds(b"i" * 64)
    return SeenKeeper(cast("LedgerBook", book), ids, reports, lambda: NOW)


GOOD = certificate()


def numbered(number: int) -> AttestedCertificate:
    return replace(GOOD, record=replace(GOOD.record, number=str(number)))


async def test_one_is_written_once_whoever_reads_it(
    keeper: SeenKeeper, book: Book, reports: Reports
) -> None:
    for _ in range(3):
        keeper.note(GOOD, LIVE)
    waiting = reports.waiting
    await keeper.flush()
    keeper.note(GOOD, LIVE)
    await keeper.flush()

    ((one,),) = book.written
    assert (one.source, one.connector) == (LIVE, "transport")
    assert one.evidence == GOOD.envelope.digest.hex()
    assert (waiting, reports.waiting, reports.opened) == (1, 0, 1)


async def test_while_the_ledger_is_away_it_waits_and_is_written_then(
    keeper: SeenKeeper, book: Book, reports: Reports
) -> None:
    book.is_away = True
    keeper.note(GOOD, LIVE)
    with pytest.raises(StoreUnavailableError):
        await keeper.flush()
    kept = reports.waiting

    book.is_away = False
    await keeper.flush()

    assert (kept, len(book.written)) == (1, 1)


async def test_what_finds_no_room_is_counted_and_noted_when_it_comes_again(
    keeper: SeenKeeper, book: Book, reports: Reports
) -> None:
    for number in range(MAX_WAITING + 1):
        keeper.note(numbered(number), LIVE)
    await keeper.flush()
    keeper.note(numbered(MAX_WAITING), LIVE)
    await keeper.flush()

    assert reports.dropped == 1
    assert sum(map(len, book.written)) == MAX_WAITING + 1
    assert max(map(len, book.written)) == AT_ONCE


async def test_at_the_end_what_waits_is_written(keeper: SeenKeeper, book: Book) -> None:
    async with kept_seen(keeper, Supervisor()):
        keeper.note(GOOD, LIVE)

    assert len(book.written) == 1


def answer(one: AttestedCertificate) -> Answer:
    return Answer(
        agency="transport", outcome=SourceOutcome.ANSWERED, certificates=(one,)
    )


def in_state(state: CertificateState | None) -> AttestedCertificate:
    return replace(GOOD, record=replace(GOOD.record, state=state))


REVOKED = in_state(CertificateState.REVOKED)
SENT = replace(REVOKED, collected=Collected(NOW, 1))


@pytest.mark.parametrize(
    ("stated", "listed", "source"),
    [
        (REVOKED, REVOKED, LIVE),
        (SENT, SENT, RecoverySource.COLLECTED_RECORD),
        (in_state(CertificateState.VALID), REVOKED, RecoverySource.STATUS_LIST),
        (in_state(CertificateState.VALID), in_state(None), None),
        *(
            (in_state(state), in_state(state), None)
            for state in set(CertificateState) - {CertificateState.REVOKED}
        ),
    ],
)
def test_who_said_so_is_told(
    stated: AttestedCertificate,
    listed: AttestedCertificate,
    source: RecoverySource | None,
) -> None:
    found = list(revoked_in([answer(stated)], [answer(listed)]))

    assert found == ([] if source is None else [(listed, source)])
