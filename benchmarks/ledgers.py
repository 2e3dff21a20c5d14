"""A ledger as it is after years: so many payments, each of another claim."""

import asyncio
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from store.migrate import upgrade_database
from store.store import open_store

PAYMENTS = 1_000_000
YUAN, DISTRICT = 1600, "310115"
COUNTED = (
    "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS INTEGER) UNION ALL "
    "SELECT i + 1 FROM n WHERE i < :last)"
)
"""Numbers, as ``n(i)``."""
AT_ONCE = 50_000
"""How many are added by one statement, which may take half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What fills a ledger."""

    paid_on: date
    person: str = "person-"
    """The start of each person's pseudonym; the payment's number follows."""
    is_one: bool = False
    """Whether they are all one person's, of that pseudonym."""
    connector: str = "transport"

    def statements(self) -> list[str]:
        """Return what adds payments, each with its decision and its document."""
        moment = f"{self.paid_on} 12:00:00+00:00"
        person = f"'{self.person}'" + ("" if self.is_one else " || i")
        return [
            f"""{COUNTED} INSERT INTO decisions (claim, outcome, amount_yuan,
            district, person, certificate, connector, authority, evidence, decided_on,
            recorded_at, recorded_by, request_key, request_digest)
            SELECT 'claim-' || i, 'PAID', {YUAN}, '{DISTRICT}', {person},
            'sealed-' || i, '{self.connector}', '{self.connector}', 'digest-' || i,
            '{self.paid_on}', '{moment}', 'hr', 'key-' || i, '' FROM n""",  # noqa: S608 - of what stands here
            f"""{COUNTED} INSERT INTO payment_steps (claim, version, decision, step,
            after, booked_on, payments, amount_yuan, actor, at)
            SELECT 'claim-' || i, 1, i, 'PAY', 'PAID', '{self.paid_on}', 1, {YUAN},
            'hr', '{moment}' FROM n""",  # noqa: S608 - as above
            f"""{COUNTED} INSERT INTO documents (certificate, document_place,
            document_number, document_code, document_name)
            SELECT 'sealed-' || i, 'place-' || i, 'number-' || i, '1.2', '低压电工作业'
            FROM n""",  # noqa: S608 - as above
        ]


def fill(database_url: str, filling: Filling, payments: int = PAYMENTS) -> None:
    """Make the tables of a new database, and add the payments."""
    asyncio.run(_fill(database_url, filling, payments))


async def _fill(database_url: str, filling: Filling, payments: int) -> None:
    await upgrade_database(database_url)
    async with open_store(database_url) as store:
        async with store.engine.begin() as connection:
            for statement in filling.statements():
                for start in range(0, payments, AT_ONCE):
                    last = min(start + AT_ONCE, payments)
                    numbers = {"first": start + 1, "last": last}
                    await connection.execute(text(statement), numbers)
        async with store.engine.begin() as connection:
            await connection.execute(text("ANALYZE"))
