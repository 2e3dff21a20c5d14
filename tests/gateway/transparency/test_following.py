"""An answer says VALID once a checkpoint covers its record, and never before.

Two gateways on one database collect, see, write, append, sign and look in any order;
what each says of every record is compared with what the log has been made of.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from sqlalchemy import select, text

from bureau.transparency.inclusion import Inclusion
from bureau.transparency.log import KeptCheckpoint
from bureau.versions.held import Versions
from connectors.answer import AttestedCertificate
from connectors.connector import Collected
from connectors.errors import StoreUnavailableError
from gateway.registry.versions import LiveVersions
from gateway.transparency import following
from gateway.transparency.following import FollowedLog, followed_log
from gateway.transparency.metrics import TransparencyMetrics
from policy.catalogue import load_catalogue
from signing.envelope import Envelope
from store.background import Supervisor
from store.collection.reading import CollectedReader, open_collected
from store.collection.records import StoredRecords
from store.quality.tables import seen_versions
from store.quality.versions import StoredVersions
from store.store import Store, open_store
from store.transparency.appending import StoredLog
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.entries import entry_of_row
from store.transparency.reach import StoredReach
from store.transparency.tables import log_entries
from tests.connectors.agency import NOW
from tests.gateway.transparency.test_keeping import eventually
from tests.resolvers.attested import certificate
from tests.store.collection.test_reading import stated
from tests.store.quality.noting import Notes

BASE = certificate()
Entry = set[tuple[str, str]]
"""Of an entry, the table and the digests that it commits to, if it is of records."""


def answered(number: int, document: int, *, is_news: bool) -> AttestedCertificate:
    """Return a certificate as an agency signs it at a moment of its own."""
    envelope = Envelope(f"envelope-{number}".encode())
    proof = replace(
        BASE.proof, digest=envelope.digest, signed_at=NOW + timedelta(seconds=number)
    )
    title = f"title-{number}" if is_news else BASE.record.title
    record = replace(BASE.record, number=f"T-{document}", title=title)
    return replace(BASE, record=record, proof=proof, envelope=envelope)


class Replica:
    """A gateway, as far as it knows of records and of the log."""

    def __init__(self, store: Store, reader: CollectedReader) -> None:
        seen = StoredVersions(store)
        self.store, self.reader = store, reader
        self.versions = Versions(
            seen,
            mark=lambda text: text.encode().hex().ljust(64, "0")[-64:],
            catalogue=load_catalogue(),
            told=lambda *_: None,
        )
        self.live = LiveVersions(seen, self.versions.memory, Notes())
        self.reports = TransparencyMetrics(CollectorRegistry())
        self.log = FollowedLog(
            StoredReach(store), self.versions, self.live.refresh, self.reports
        )

    async def collect(self, number: int) -> AttestedCertificate:
        """Take a record in, and return it as it is read again."""
        person = f"person-{number}"
        await StoredRecords(self.store).keep("sends", [stated(number, person)], NOW)
        (row,) = (await self.reader.of([person]))[person]["sends"]
        came = Collected(row.collected_at, row.sequence, row=row.id)
        return replace(answered(number, number, is_news=True), collected=came)

    async def write(self) -> None:
        """Read on what the other saw, and write what was seen here."""
        await self.live.refresh()
        await self.live.flush()

    def see(self, found: AttestedCertificate) -> None:
        """Know a version that was answered."""
        for mark, one in self.versions.as_seen(found.record, found.proof, NOW).items():
            self.versions.memory.note(mark, one)


class Logged:
    """What the log was made of, entry by entry, read as it was appended."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.signed = 0

    async def append(self, store: Store) -> None:
        log = StoredLog(store)
        await log.append()
        new = select(log_entries).where(log_entries.c.id >= len(self.entries))
        async with store.engine.connect() as connection:
            rows = await connection.execute(new.order_by(log_entries.c.id))
            for entry in map(entry_of_row, rows.all()):
                assert entry.index == len(self.entries)
                made: Entry = set()
                if entry.source == "collected_records":
                    made = {(entry.source, str(id_)) for id_ in entry.ids}
                elif entry.source == "seen_versions":
                    column = seen_versions.c
                    some = select(column.digest).where(column.id.in_(entry.ids))
                    found = (await connection.execute(some)).scalars()
                    made = {(entry.source, digest) for digest in found}
                self.entries.append(made)

    async def sign(self, store: Store) -> None:
        if not self.entries:
            return
        self.signed = len(self.entries)
        await StoredCheckpoints(store).keep(
            KeptCheckpoint(size=self.signed, note="n", at=NOW, is_witnessed=True)
        )

    def covers(self, found: AttestedCertificate) -> bool:
        collected = found.collected
        if collected is None:
            entry = "seen_versions", found.proof.digest.hex()[:16]
        else:
            entry = "collected_records", str(collected.row)
        return any(entry in one for one in self.entries[: self.signed])


@asynccontextmanager
async def two_gateways(url: str) -> AsyncIterator[list[Replica]]:
    async with AsyncExitStack() as stack:
        replicas = []
        for _ in range(2):
            store = await stack.enter_async_context(open_store(url))
            reader = await stack.enter_async_context(open_collected(store))
            replicas.append(Replica(store, reader))
            await replicas[-1].live.begin()
        yield replicas


@pytest.fixture(name="number", scope="module")
def _number() -> list[int]:
    """The last number of a record, of all examples."""
    return [0]


STEPS = ("collect", "see", "see again", "write", "append", "sign", "look")
steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 1), st.integers(1, 2)),
    min_size=6,
    max_size=30,
)


class Schedule:
    """What happens at two gateways, and what they say of it."""

    def __init__(self, replicas: Sequence[Replica], number: list[int]) -> None:
        self.replicas, self.number = replicas, number
        self.logged = Logged()
        self.shown: list[AttestedCertificate] = []

    async def take(self, what: str, replica: Replica, document: int) -> None:
        self.number[0] += 1
        match what:
            case "collect":
                self.shown.append(await replica.collect(self.number[0]))
            case "see" | "see again":
                found = answered(self.number[0], document, is_news=what == "see")
                replica.see(found)
                self.shown.append(found)
            case "write":
                await replica.write()
            case "append":
                await self.logged.append(replica.store)
            case "sign":
                await self.logged.sign(replica.store)
            case _:
                await replica.log.look()
                self.require_known(replica)
        self.require_true()

    def require_true(self) -> None:
        """See that nobody says VALID of what no checkpoint covers."""
        for replica in self.replicas:
            for found in self.shown:
                if replica.log.of(found) is Inclusion.INCLUDED:
                    assert self.logged.covers(found)

    def require_known(self, replica: Replica) -> None:
        """See that who has just looked knows all that is covered of what was sent."""
        for found in self.shown:
            if found.collected is not None and self.logged.covers(found):
                assert replica.log.of(found) is Inclusion.INCLUDED

    async def settle(self) -> None:
        """Write, append, sign and look, until nothing waits any more."""
        for replica in self.replicas:
            await replica.write()
        store = self.replicas[0].store
        log = StoredLog(store)
        while await log.queued(1):
            await self.logged.append(store)
        await self.logged.append(store)
        await self.logged.sign(store)
        for replica in self.replicas:
            await replica.log.look()


async def in_any_order(
    todo: Sequence[tuple[str, int, int]], url: str, number: list[int]
) -> None:
    async with two_gateways(url) as replicas:
        schedule = Schedule(replicas, number)
        await schedule.logged.append(replicas[0].store)
        for what, which, document in todo:
            await schedule.take(what, replicas[which], document)
        await schedule.settle()
        schedule.require_true()
        for found in schedule.shown:
            said = {replica.log.of(found) for replica in replicas}
            assert Inclusion.PENDING not in said
            assert found.collected is None or said == {Inclusion.INCLUDED}


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(todo=steps)
def test_nothing_is_valid_before_a_checkpoint_covers_it_and_then_it_is(
    todo: list[tuple[str, int, int]], database_url: str, number: list[int]
) -> None:
    asyncio.run(in_any_order(todo, database_url, number))


async def test_a_record_is_pending_until_it_is_signed_by_whichever_gateway(
    database_url: str,
) -> None:
    async with two_gateways(database_url) as (one, other):
        logged = Logged()
        found = await one.collect(1)
        said = []
        for step in (logged.append, logged.sign):
            await step(other.store)
            await one.log.look()
            said.append(one.log.of(found))

        assert said == [Inclusion.PENDING, Inclusion.INCLUDED]
        assert other.log.of(found) is Inclusion.PENDING
        await other.log.look()
        assert other.log.of(found) is Inclusion.INCLUDED


async def test_an_answer_that_is_not_kept_is_not_logged(database_url: str) -> None:
    async with two_gateways(database_url) as (one, other):
        first = answered(1, 1, is_news=False)
        one.see(first)
        waiting = one.log.of(first), other.log.of(first)
        await one.live.flush()
        # Signed anew a second later, it says the same: nothing more is kept of it.
        again = answered(2, 1, is_news=False)
        one.see(again)

        assert waiting == (Inclusion.PENDING, Inclusion.NOT_LOGGED)
        assert one.log.of(again) is Inclusion.NOT_LOGGED


async def rename(store: Store, old: str, new: str) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_while_the_database_is_away_what_was_covered_is_so_still(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_gateways(database_url) as (one, _):
        logged = Logged()
        covered = await one.collect(1)
        await logged.append(one.store)
        await logged.sign(one.store)
        await one.log.look()
        late = await one.collect(2)
        before = one.log.of(late)
        await rename(one.store, "log_checkpoints", "no_checkpoints")
        try:
            with pytest.raises(StoreUnavailableError):
                await one.log.look()
            monkeypatch.setattr(following, "STALE_SECONDS", -1.0)
            during = one.log.of(covered), one.log.of(late)
        finally:
            await rename(one.store, "no_checkpoints", "log_checkpoints")
        monkeypatch.undo()
        await one.log.look()

        assert before is Inclusion.PENDING
        assert during == (Inclusion.INCLUDED, Inclusion.AWAY)
        assert one.log.of(late) is Inclusion.PENDING


async def test_a_log_that_is_not_what_was_signed_covers_nothing(
    database_url: str,
) -> None:
    async with two_gateways(database_url) as (one, _):
        logged = Logged()
        found = await one.collect(1)
        await logged.append(one.store)
        await logged.sign(one.store)
        await one.log.look()
        one.reports.forked()

        assert one.log.of(found) is Inclusion.AWAY


async def test_an_answer_asks_the_database_nothing(database_url: str) -> None:
    async with two_gateways(database_url) as (one, _):
        found = await one.collect(1)
        pool = one.store.engine.sync_engine.pool
        one.store.engine.sync_engine.pool = None  # type: ignore[assignment]  # gone
        asked = [one.log.of(found) for _ in range(3)]
        one.store.engine.sync_engine.pool = pool

        assert asked == [Inclusion.PENDING] * 3


async def test_a_log_that_nobody_signs_covers_nothing(database_url: str) -> None:
    async with two_gateways(database_url) as (one, _):
        found = await one.collect(1)
        async with followed_log(
            None, one.versions, one.live.refresh, one.reports, Supervisor()
        ) as log:
            assert log.of(found) is Inclusion.NOT_SIGNED


async def test_it_is_followed_beside_the_requests(database_url: str) -> None:
    async with two_gateways(database_url) as (one, other):
        logged = Logged()
        found = await one.collect(1)
        await logged.append(one.store)
        async with followed_log(
            StoredReach(one.store),
            one.versions,
            one.live.refresh,
            one.reports,
            Supervisor(),
        ) as log:
            await asyncio.sleep(0)
            await logged.sign(other.store)
            await eventually(lambda: log.of(found) is Inclusion.INCLUDED)
            # A look takes no time to speak of: it is known within a second.
            assert following.LOOK_SECONDS <= 0.5
