"""How long a list of a million claims takes to be compared with the ledger.

The list is sent to ``POST /reconciliation`` and its results are read to the end. Each
row has all fields; one in a thousand differs, and as many are missing on either side.
"""

import http.client
import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.gateway import key_of, open_on
from benchmarks.ledgers import DISTRICT, YUAN, Filling, fill
from benchmarks.people import id_number
from benchmarks.processes import BenchmarkError, cpu_seconds, peak_bytes
from benchmarks.questions import PAYERS, Dialect, question_about
from benchmarks.stage import HOST, Phase, Server, Stage, await_answer
from bureau.privacy.pseudonyms import Pseudonyms
from policy.identity import parse_identity

AGO = timedelta(days=30)
EVERY = 1_000
MICROSECONDS = 1_000_000
SECONDS = 3_600.0
READ_BYTES = 65_536
HEADER = "申领编号,金额,区代码,证件号码,证书标识,日期,状态\n"


def reconciled(stage: Stage, database_url: str, rows: int) -> dict[str, float]:
    """Return how long comparing ``rows`` rows takes.

    Raises:
        BenchmarkError: the comparison came to something else than it has to.
    """
    day = stage.corpus.today - AGO
    pseudonyms = Pseudonyms([key_of("pseudonym.key")])
    person = pseudonyms.of(parse_identity(id_number(0)))
    fill(database_url, Filling(paid_on=day, person=person, is_one=True), rows)
    folder = stage.folder / f"reconciliation-{time.monotonic_ns()}"
    core = stage.cores.server
    with open_on(stage, Phase.COLD, folder, core, database_url) as server:
        first = question_about(Dialect.GATEWAY)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        listed = folder / "list.csv"
        _write(listed, rows, day)
        return _compared(server, listed, rows, day)


def _compared(server: Server, listed: Path, rows: int, day: date) -> dict[str, float]:
    before, early, said = peak_bytes(server.pids), 0, b""
    used, began = cpu_seconds(server.pids), time.perf_counter()
    connection = http.client.HTTPConnection(HOST, server.port, timeout=SECONDS)
    try:
        headers = {"Content-Type": "text/csv", "Authorization": f"Bearer {PAYERS[0]}"}
        with listed.open("rb") as body:
            address = f"/reconciliation?from={day}&to={day}"
            connection.request("POST", address, body, headers)
        answer = connection.getresponse()
        lines = 0
        while piece := answer.read(READ_BYTES):
            lines += piece.count(b"\n")
            said = (said + piece)[-READ_BYTES:]
            if not early and lines >= rows / 10:
                early = peak_bytes(server.pids)
    finally:
        connection.close()
    took = time.perf_counter() - began
    used = cpu_seconds(server.pids) - used
    _require_right(said, rows)
    return {
        "rows": rows,
        "seconds": took,
        "rows_a_second": rows / took,
        "cpu_us_a_row": used / rows * MICROSECONDS,
        "memory_before_mb": before / 1e6,
        "memory_early_mb": early / 1e6,
        "memory_mb": peak_bytes(server.pids) / 1e6,
    }


def _require_right(said: bytes, rows: int) -> None:
    """Refuse a comparison that came to something else than it has to.

    Raises:
        BenchmarkError: it did.
    """
    few = rows // EVERY
    due = {
        "MATCH": rows - 2 * few,
        "DIFFERENT": few,
        "MISSING_HERE": few,
        "MISSING_THERE": few,
        "REFUSED": 0,
    }
    last: Any = json.loads(said.splitlines()[-1]) if said else None
    if not last or last.get("summary", {}).get("results") != due:
        raise BenchmarkError(f"/reconciliation: {last}")


def _write(path: Path, rows: int, day: date) -> None:
    person = id_number(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(1, rows + 1):
            yuan = YUAN + (number % EVERY == 0)
            claim = f"{'other' if number % EVERY == 1 else 'claim'}-{number}"
            file.write(
                f"{claim},{yuan},{DISTRICT},{person},sealed-{number},{day},PAID\n"
            )
