"""What grows with the rows there are: ``python -m benchmarks.growth``.

A database of the step before is filled by SQL with so many records, changes of state
and audit records, three decisions to ten of them, and taken to the newest step; then
what people and gateways ask is asked, by the gateway's own code. The figures are
processor time: of this process for SQLite, of the server for PostgreSQL, too, so that
they say something on a machine that does other things beside.
"""
# ruff: noqa: S608 - of numbers and words that stand here

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from benchmarks.databases import Database, opened_databases
from benchmarks.ledgers import COUNTED
from bureau.caller import Purpose
from bureau.ledger.sums import TotalsAsked, TotalsBy
from bureau.look_ups.audit import AuditEvent, AuditSelection
from bureau.look_ups.budget import PeopleBudget
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.elements import Elements
from gateway.status.live import LiveStatus
from store.audit.log import StoredAuditLog
from store.database import engine_at
from store.ledger.ledger import StoredLedger
from store.migrate import take_steps, upgrade_database
from store.sqlite import make_file
from store.status.changes import StoredStates
from store.store import open_store

BEFORE = "0016"
"""The step at which rows are written: nothing of the later ones is in their way."""
AT_ONCE = 50_000
SECONDS_A_RECORD = 31
"""A record or a look-up each so many seconds: a million are a year."""
FIRST = "2025-11-01"
SHARE = 0.3
"""How many decisions there are to a record."""
ENVELOPE = "e" * 300
NOW = datetime(2026, 10, 25, tzinfo=UTC)
YEARS = TotalsAsked(
    first=date(2025, 1, 15),
    last=date(2034, 12, 20),
    by=frozenset({TotalsBy.MONTH, TotalsBy.DISTRICT}),
    authorities=None,
    authority_of=lambda connector, _item: connector,
)
FILTERS = {
    "time, of a day": AuditSelection(
        from_=NOW - timedelta(days=40), to=NOW - timedelta(days=39)
    ),
    "request": AuditSelection(request_id="none"),
    "case": AuditSelection(case_number="case-7"),
    "business number": AuditSelection(elements=Elements(business_number="none")),
    "person": AuditSelection(people=["none"]),
    "officer": AuditSelection(officers=["none"]),
    "event that never was": AuditSelection(event=AuditEvent.OVER_BUDGET),
    "organisation": AuditSelection(elements=Elements(organisation="none")),
    "caller": AuditSelection(caller="caller-7"),
    "matter": AuditSelection(elements=Elements(matter_code="none")),
    "purpose that never was": AuditSelection(purpose=Purpose.COMPLAINT),
    "caller and purpose that never met": AuditSelection(
        caller="caller-7", purpose=Purpose.COMPLAINT
    ),
}


@dataclass(frozen=True, slots=True)
class Words:
    """How a database says it."""

    kind: Database

    def moment(self, number: str) -> str:
        """Return the moment of a row."""
        if self.kind is Database.SQLITE:
            added = f"({number} * {SECONDS_A_RECORD}) || ' seconds'"
            return f"(strftime('%Y-%m-%d %H:%M:%f', '{FIRST}', {added}) || '000')"
        return (
            f"(timestamptz '{FIRST} 00:00+00' + {number} * "
            f"interval '{SECONDS_A_RECORD} seconds')"
        )

    def day(self, number: str) -> str:
        """Return the day of a row."""
        days = f"({number} * {SECONDS_A_RECORD} / 86400)"
        if self.kind is Database.SQLITE:
            return f"date('{FIRST}', {days} || ' days')"
        return f"(date '{FIRST}' + CAST({days} AS INTEGER))"

    def mark(self, number: str) -> str:
        """Return a pseudonym: 64 digits, in no order."""
        eight = []
        for factor in (2654435761, 2246822519, 3266489917, 668265263):
            value = f"((CAST({number} AS BIGINT) + 7) * {factor} % 4294967296)"
            eight.append(
                f"printf('%08x', {value})"
                if self.kind is Database.SQLITE
                else f"lpad(to_hex({value}), 8, '0')"
            )
        half = " || ".join(eight)
        return f"({half} || {half})"

    def one_of(self, number: str, *values: str) -> str:
        """Return one of some values, in turn."""
        cases = " ".join(f"WHEN {n} THEN '{one}'" for n, one in enumerate(values))
        return f"(CASE ({number}) % {len(values)} {cases} END)"


def fillings(words: Words) -> Iterator[tuple[str, float]]:
    """Yield statements that add rows, each with how many to a record."""
    level = words.one_of("i / 16", "LEVEL_5", "LEVEL_4", "LEVEL_3", "LEVEL_2")
    item = "('4-02-0' || ((i / 64) % 8) || '-0' || ((i / 512) % 5))"
    agency = words.one_of("i", "transport", "emergency-management", "fire-rescue")
    district = "('3101' || (10 + (i % 16)))"
    at, day, person = words.moment("i"), words.day("i * 10 / 3"), words.mark("i")
    yes = "1" if words.kind is Database.SQLITE else "true"
    yield (
        f"""INSERT INTO collected_records (connector, sequence, digest, certificate,
        person, document, envelope, key_id, signed_at, collected_at, is_current, item,
        level) SELECT {agency}, i, {words.mark("i + 11")}, 'sealed-' || i, {person},
        {words.mark("i + 13")}, '{ENVELOPE}', 'key', {at}, {at}, {yes}, {item}, {level}
        FROM n""",
        1,
    )
    yield (
        f"""INSERT INTO state_changes (connector, sequence, digest, certificate, person,
        state, effective_on, reason, envelope, key_id, signed_at, received_at,
        document_place, document_number) SELECT {agency}, i, {words.mark("i + 17")},
        'sealed-' || i, {person}, {words.one_of("i", "REVOKED", "SUSPENDED")}, {day},
        '', '{ENVELOPE}', 'key', {at}, {at}, {words.mark("i + 19")},
        {words.mark("i + 23")} FROM n""",
        1,
    )
    purpose = words.one_of("i", *["SUBSIDY_CLAIM"] * 15, "SUPERVISION_AND_AUDIT")
    event = words.one_of("i", *["LOOKED_UP"] * 90, "ABANDONED", "READ")
    yield (
        f"""INSERT INTO audit_records (at, event, caller, request_id, person, purpose,
        case_number, organisation, officer, matter_code, matter_name, business_number,
        operation, document, sources, certificates) SELECT {at}, {event},
        'caller-' || (i % 20), {words.mark("i + 29")}, {words.mark("i % 300007")},
        {purpose}, 'case-' || (i / 3), 'office-' || (i % 40), {words.mark("i % 900")},
        'matter-' || (i % 5), 'matter', 'business-' || i, 'HolderCheck', 'document',
        '{{"transport": "NONE", "fire-rescue": "ANSWERED"}}', 1 FROM n""",
        1,
    )
    authority = f"('of-' || {agency})"
    outcome = words.one_of("i", *["PAID"] * 8, "APPROVED", "REFUSED")
    yield (
        f"""INSERT INTO decisions (claim, outcome, amount_yuan, district, person,
        certificate, connector, authority, item, level, evidence, decided_on,
        recorded_at, recorded_by, request_key, request_digest) SELECT 'claim-' || i,
        {outcome}, 1500 + i % 7, {district}, {person}, 'sealed-' || i, {agency},
        {authority}, {item}, {level}, {words.mark("i + 31")}, {day}, {at}, 'hr',
        'key-' || i, '' FROM n""",
        SHARE,
    )
    yield (
        f"""INSERT INTO payment_steps (claim, version, decision, step, after, booked_on,
        payments, amount_yuan, actor, at) SELECT 'claim-' || i, 1, i, 'PAY', 'PAID',
        {day}, 1, 1500 + i % 7, 'hr', {at} FROM n WHERE i % 10 < 8""",
        SHARE,
    )
    yield (
        f"""INSERT INTO payment_steps (claim, version, decision, step, after, booked_on,
        payments, amount_yuan, actor, at) SELECT 'claim-' || i, 2, i, 'RETURN',
        'RETURNED', {day}, -1, -1500 - i % 7, 'hr', {at} FROM n WHERE i % 50 = 1""",
        SHARE,
    )
    yield (
        f"""INSERT INTO recoveries (id, decision, authority, cause, state, version,
        amount_yuan, recovered_yuan, opened_at, changed_at) SELECT i, i, {authority},
        'REVOKED', 'OPEN', 1, 1500 + i % 7, 0, {at}, {at} FROM n WHERE i % 10 = 2""",
        SHARE,
    )
    yield (
        f"""INSERT INTO recovery_events (recovery, step, after, at, actor, reason,
        decision, owed_yuan) SELECT i, 'OPEN', 'OPEN', {at}, 'hr', '', i, 1500 + i % 7
        FROM n WHERE i % 10 = 2""",
        SHARE,
    )

    mark = words.mark("i + 37")
    yield (
        f"""INSERT INTO documents (certificate, document_place, document_number,
        document_code) SELECT 'sealed-' || i, {words.mark("i + 41")},
        {words.mark("i + 43")}, '4-02-01' FROM n""",
        SHARE,
    )
    yield (
        f"""INSERT INTO seen_certificates (agency, mark, facts, first_seen_on)
        SELECT {agency}, {mark}, {mark}, {day} FROM n""",
        SHARE,
    )
    yield (
        f"""INSERT INTO whole_lists (agency, person, listed_on)
        SELECT {agency}, {mark}, {day} FROM n""",
        SHARE,
    )
    yield (
        f"""INSERT INTO seen_versions (mark, signed_at, said, digest, key_id, seen_at)
        SELECT {mark}, {at}, 'said', 'digest', 'key', {at} FROM n""",
        SHARE,
    )


async def fill(url: str, kind: Database, rows: int, only: str = "") -> None:
    """Make a database of the step before, with so many records and what follows."""
    address = make_url(url)
    if kind is Database.SQLITE:
        make_file(Path(address.database or ""))
    async with engine_at(address, statement_seconds=None) as engine:
        if kind is Database.SQLITE:
            event.listen(engine.sync_engine, "connect", _hurry)
        async with engine.begin() as connection:
            await connection.run_sync(take_steps, BEFORE)
        for statement, share in fillings(Words(kind)):
            if only and f" {only} " not in statement:
                continue
            last = int(rows * share)
            for start in range(0, last, AT_ONCE):
                numbers = {"first": start + 1, "last": min(start + AT_ONCE, last)}
                async with engine.begin() as connection:
                    await connection.execute(text(_counted(statement)), numbers)


def _hurry(connection: Any, _record: object) -> None:  # noqa: ANN401 - DB-API
    """Have SQLite write rows that nobody would miss."""
    for pragma in ("PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000"):
        connection.execute(pragma)


def _counted(statement: str) -> str:
    """Return a statement with the numbers it adds rows for, where both take them."""
    return f"{COUNTED} {statement}"


async def measure(url: str) -> AsyncIterator[tuple[str, float, float]]:
    """Yield what was asked, and how long it took: here, and of our processor.

    PostgreSQL's own processor time is in neither; on a machine with nothing else to do
    the first is what a user waits for.
    """
    async with open_store(url) as store:
        log = StoredAuditLog(store, None, 10, PeopleBudget(10, {}))
        status = LiveStatus(
            StoredStates(store.engine), Pseudonyms([b"p" * 32]), _NotTold()
        )
        ledger = StoredLedger(store)
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "totals of ten years by month and district": partial(ledger.totals, YEARS),
            **{
                f"log by {name}": partial(log.page, selected, first=51, before=None)
                for name, selected in FILTERS.items()
            },
            "today's people at start": partial(log.restore, NOW),
            "changes of state at start": status.begin,
        }
        for name, work in asked.items():
            began, used = time.perf_counter(), time.process_time()
            await work()
            yield name, time.perf_counter() - began, time.process_time() - used


class _NotTold:
    """Implements ``StatusObserver``."""

    def changes_read(self, last: int) -> None:
        """See ``StatusObserver``."""

    def changes_failed(self, reason: str) -> None:
        """See ``StatusObserver``."""


def growth(
    rows: Annotated[int, typer.Option(help="How many records.", min=1)] = 10_000,
    database: Annotated[Database, typer.Option(help="Which.")] = Database.SQLITE,
) -> None:
    """Fill a new database of so many rows, and measure what is asked of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        opened_databases(Path(folder)) as databases,
    ):
        url = databases.empty(database)
        asyncio.run(_grow(url, database, rows))


async def _grow(url: str, database: Database, rows: int) -> None:
    await fill(url, database, rows)
    began = time.perf_counter()
    await upgrade_database(url)
    typer.echo(f"{'steps of the database':<45} {time.perf_counter() - began:9.3f} s")
    async for name, took, used in measure(url):
        typer.echo(f"{name:<45} {took:9.3f} s {used:9.3f} s of processor")


if __name__ == "__main__":
    typer.run(growth)
