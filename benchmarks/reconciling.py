"""``python -m benchmarks.reconciling``: a long list compared with a long ledger.

In one process and without HTTP: the list is read from disk, asked after in the
database, and its results are written, as ``POST /reconciliation`` does. Of the claims a
few differ, a few are missing on either side, and each has all fields.
"""

import asyncio
import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import text

from benchmarks.databases import Database, opened_databases
from bureau.ledger.reconciliation import Window
from bureau.privacy.pseudonyms import KEY_BYTES, Pseudonyms
from gateway.collection.inflate import Encoding
from gateway.reconciliation.asked import Asked, Form
from gateway.reconciliation.comparing import Comparing
from gateway.reconciliation.reading import ListReader
from gateway.settings.reconciliation import Reconciliation
from policy.identity import parse_identity
from store.ledger.listed_claims import open_seen
from store.ledger.reconciliation import StoredEntries
from store.migrate import upgrade_database
from store.store import Store, open_store

ROWS = 1_000_000
DAY = date(2026, 11, 25)
PERSON = "310199198602140067"
MEGABYTE = 1024
EVERY = 1_000
"""One in so many differs, and as many are missing on either side."""
COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :n)"
DECISIONS = f"""{COUNTED} INSERT INTO decisions (id, claim, outcome, amount_yuan,
  district, person, certificate, connector, authority, evidence, decided_on,
  recorded_at, recorded_by, request_key, request_digest)
  SELECT i, 'claim-' || i, 'PAID', 1600, '310115', '{{person}}', 'sealed-' || i,
  'transport', 'transport', '', '{DAY}', '{DAY} 12:00:00+00:00', 'hr', 'key-' || i, ''
  FROM n"""  # noqa: S608 - of what stands here
STEPS = f"""{COUNTED} INSERT INTO payment_steps (id, claim, version, decision, step,
  after, booked_on, payments, amount_yuan, actor, at)
  SELECT i, 'claim-' || i, 1, i, 'PAY', 'PAID', '{DAY}', 1, 1600, 'hr',
  '{DAY} 12:00:00+00:00' FROM n"""  # noqa: S608 - as above


def main(
    rows: Annotated[int, typer.Option(help="How many claims.", min=EVERY)] = ROWS,
) -> None:
    """Measure both databases."""
    with tempfile.TemporaryDirectory(prefix="reconciling-") as folder:
        listed = Path(folder, "list.csv")
        _write(listed, rows)
        with opened_databases(Path(folder)) as databases:
            for kind in Database:
                url = databases.empty(kind)
                found = asyncio.run(_measured(url, listed, rows))
                typer.echo(f"{kind}: {found}")


async def _measured(url: str, listed: Path, rows: int) -> dict[str, Any]:
    pseudonyms = Pseudonyms([bytes(KEY_BYTES)])
    person = pseudonyms.of(parse_identity(PERSON))
    await upgrade_database(url)
    async with open_store(url) as store:
        await _fill(store, rows, person)
        entries = StoredEntries(store)
        window = Window(first=DAY, last=DAY, authorities=None, districts=None)
        asked = Asked(
            window=window, form=Form.CSV, characters=None, encoding=Encoding.IDENTITY
        )
        began, used = time.perf_counter(), time.process_time()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        last = b""
        with listed.open("rb") as file, open_seen() as seen:
            reader = ListReader(file, asked, Reconciliation(), pseudonyms.all_of)
            extent = await entries.extent()
            comparing = Comparing(
                entries=entries,
                window=window,
                reader=reader,
                extent=extent,
                seen=seen,
                is_same=lambda one, other: one == other,
            )
            async for lines in comparing.lines():
                last = lines
        took, used = time.perf_counter() - began, time.process_time() - used
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "seconds": round(took, 1),
        "rows_a_second": round(rows / took),
        "cpu_us_a_row": round(used / rows * 1_000_000, 1),
        "grown_mb": round(grown / MEGABYTE, 1),
        "said": last.decode().strip(),
    }


async def _fill(store: Store, rows: int, person: str) -> None:
    async with store.engine.begin() as connection:
        for statement in (DECISIONS.format(person=person), STEPS):
            await connection.execute(text(statement), {"n": rows})
        await connection.execute(text("ANALYZE"))


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("申领编号,金额,区代码,证件号码,证书标识,日期,状态\n")
        for number in range(1, rows + 1):
            yuan = 1601 if number % EVERY == 1 else 1600
            claim = f"{'other' if number % EVERY == 2 else 'claim'}-{number}"  # noqa: PLR2004 - the next one
            file.write(f"{claim},{yuan},310115,{PERSON},sealed-{number},{DAY},PAID\n")


if __name__ == "__main__":
    typer.run(main)
