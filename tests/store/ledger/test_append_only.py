"""Nothing of the ledger is changed or removed, whoever asks the database for it."""

from datetime import UTC, datetime
from itertools import product

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from bureau.ledger.book import Proof
from policy.payment_states import PaymentState, PaymentStep
from store.columns import metadata
from store.database import engine_at
from store.ledger.ledger import StoredLedger
from store.ledger.tables import false_records
from store.migrate import upgrade_database
from store.store import Store, open_store
from tests.store.ledger.test_corrections import answer, proposal, redrawn
from tests.store.ledger.test_ledger import ALICE, NOON, decision, free
from tests.store.steps import before, make_at

PROOF = Proof(certificate="sealed-1", reason="r", evidence="e", actor="b", at=NOON)


@pytest.fixture(name="ledger")
def _ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


TABLES = {
    "decisions": "claim",
    "judgements": "verdict",
    "payment_steps": "step",
    "corrections": "reason",
    "correction_answers": "reason",
    "false_records": "reason",
    "recovery_events": "reason",
}
WAYS = ("update", "delete", "replace", "replace by key")


async def test_nothing_of_the_ledger_is_changed_or_removed(
    ledger: StoredLedger, store: Store
) -> None:
    wrong = await ledger.record(decision(), [ALICE], free)
    await ledger.prove_false(PROOF)
    proposed = await ledger.propose_correction(proposal(wrong.id))
    await ledger.answer_correction(answer(proposed), redrawn(wrong))
    is_sqlite = store.engine.dialect.name == "sqlite"

    done = []
    async with store.engine.connect() as connection:
        for table, way in product([*TABLES, "recoveries"], WAYS):
            try:
                await connection.execute(text(attack(table, way, is_sqlite=is_sqlite)))
                done.append(f"{way} in {table}: done")
            except IntegrityError as error:
                if "append-only" not in str(error):
                    done.append(f"{way} in {table}: {error}")
            await connection.rollback()

    assert done == []


def attack(table: str, way: str, *, is_sqlite: bool) -> str:
    """Return a statement that changes a table of the ledger."""
    if way == "update":
        changed = TABLES.get(table, "opened_at")
        return f"UPDATE {table} SET {changed} = {changed}"  # noqa: S608 - our own words
    if way == "delete":
        return f"DELETE FROM {table}"  # noqa: S608 - likewise
    if not is_sqlite:
        return f"TRUNCATE {table} CASCADE"
    columns = [column.name for column in metadata.tables[table].columns]
    names = ", ".join(columns)
    # Under another id its own key still puts it in the other's place.
    has_key = way == "replace by key" and table not in {
        "corrections",
        "false_records",
        "recovery_events",
    }
    values = ", ".join(["id + 1000" if has_key else "id", *columns[1:]])
    select = f"SELECT {values} FROM {table}"  # noqa: S608 - likewise
    return f"INSERT OR REPLACE INTO {table} ({names}) {select}"


OLD = """
INSERT INTO decisions (claim, outcome, amount_yuan, district, person, certificate,
    connector, authority, evidence, decided_on, recorded_at, recorded_by, request_key,
    request_digest)
VALUES (:claim, :outcome, :yuan, '310115', 'p', :claim, 'transport', 'transport', 'e',
    '2026-11-20', '2026-11-21 08:00:00', 'hr', :key, 'd')
"""


async def test_what_was_decided_before_there_were_steps_has_its_own(
    empty_database_url: str,
) -> None:
    """Paid after an approval, approved, refused after an approval, and refused."""
    url = empty_database_url
    await make_at(url, before("0010"))
    decided = (
        ("paid", "APPROVED", None),
        ("paid", "PAID", 2000),
        ("approved", "APPROVED", 1600),
        ("approved", "APPROVED", 1200),
        ("refused", "APPROVED", None),
        ("refused", "REFUSED", None),
        ("never", "REFUSED", None),
    )
    async with engine_at(make_url(url)) as engine, engine.begin() as connection:
        for number, (claim, outcome, yuan) in enumerate(decided):
            values = {"claim": claim, "outcome": outcome, "yuan": yuan}
            await connection.execute(text(OLD), {**values, "key": str(number)})

    await upgrade_database(url)

    async with open_store(url) as store:
        ledger = StoredLedger(store)
        found = {
            claim: await ledger.payment(claim)
            for claim in ("paid", "approved", "refused", "never")
        }
        first = await ledger.first_answer("hr", "1")
        assert first is not None
        assert await ledger.judgement(first.id) is None
        assert [len(one) for one in await ledger.payments_of([["p"]])] == [2]
    assert (found["refused"], found["never"]) == (None, None)
    paid, approved = found["paid"], found["approved"]
    assert paid is not None
    assert approved is not None
    assert (paid.state, approved.state) == (PaymentState.PAID, PaymentState.APPROVED)
    (event,) = paid.history
    assert (event.step, event.amount_yuan, event.decision) == (
        *(PaymentStep.PAY, 2000, first.id),
    )
    assert (approved.amount_yuan, approved.history[0].amount_yuan) == (1200, 0)


async def test_a_proof_of_before_there_were_withdrawals_stands_and_stays(
    empty_database_url: str,
) -> None:
    url = empty_database_url
    await make_at(url, before("0014"))
    proof = """INSERT INTO false_records (certificate, reason, evidence, proved_at,
        proved_by) VALUES ('sealed-1', 'r', 'e', '2026-11-21 08:00:00', 'b')"""
    async with engine_at(make_url(url)) as engine, engine.begin() as connection:
        await connection.execute(text(proof))

    await upgrade_database(url)

    async with open_store(url) as store:
        rows = select(false_records)
        kept = (await store.writer.read(lambda c: c.execute(rows).one()))._asdict()
        proved_at = kept.pop("proved_at")
        assert kept == {
            "id": 1,
            "certificate": "sealed-1",
            "reason": "r",
            "evidence": "e",
            "proved_by": "b",
        }
        assert proved_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
        with pytest.raises(IntegrityError):
            async with store.engine.begin() as connection:
                await connection.execute(text("DELETE FROM false_records"))
