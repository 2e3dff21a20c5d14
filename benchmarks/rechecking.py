"""How fast ``gateway recheck`` asks again about what was paid, in a long ledger.

The ledger has a million payments. What is asked about are those at its end, of people
whom the three agencies know: a person a question, a hundred to an exchange. All the
others were paid before the day from which on it asks, by the same agencies.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.gateway import key_of, open_on
from benchmarks.held_ids import held_ids
from benchmarks.ledgers import DISTRICT, PAYMENTS, YUAN, Filling, fill
from benchmarks.processes import BenchmarkError, cpu_seconds, peak_bytes, started
from benchmarks.questions import Dialect, question_about
from benchmarks.stage import Phase, Stage, await_answer
from bureau.certificate_ids import CertificateIds
from store.ledger.payment_tables import payment_steps
from store.ledger.tables import decisions
from store.store import open_store

AGO = timedelta(days=400)
MICROSECONDS, HOUR_SECONDS = 1_000_000, 3_600
AT_ONCE = 1_000
LOOK_SECONDS = 0.05
UNBOUND = "1000000"
"""People a second: as fast as it goes."""


def rechecked(stage: Stage, database_url: str) -> dict[str, float]:
    """Return how fast everybody is asked about again.

    Raises:
        BenchmarkError: not everybody was.
    """
    today = stage.corpus.today
    fill(database_url, Filling(paid_on=today - AGO))
    folder = stage.folder / f"recheck-{time.monotonic_ns()}"
    core = stage.cores.server
    with open_on(stage, Phase.COLD, folder, core, database_url) as server:
        first = question_about(Dialect.GATEWAY)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        found = held_ids(server, stage.corpus.sizes.holders, today, eligible=False)
        paid = list(_paid(found))
    asyncio.run(_pay(database_url, paid, today))
    figures = _run(stage, folder, today, len(paid))
    return {"ledger": PAYMENTS, "payments": len(paid), **figures}


def _run(stage: Stage, folder: Path, since: date, payments: int) -> dict[str, float]:
    metrics, log = folder / "recheck.prom", folder / "recheck.log"
    command = [
        *(str(stage.checkout.python), "-m", "gateway", "recheck"),
        *("--config", str(folder / "gateway.toml"), "--since", since.isoformat()),
        *("--rate", UNBOUND, "--metrics", str(metrics)),
    ]
    began = time.perf_counter()
    source = stage.checkout.source
    with started(command, core=stage.cores.server, log=log, folder=source) as process:
        used = peak = early = 0.0
        while process.poll() is None:
            # Of a process that ended nothing is known.
            used = cpu_seconds([process.pid]) or used
            peak = peak_bytes([process.pid]) or peak
            early = early or (peak if _asked(metrics) >= payments / 10 else 0.0)
            time.sleep(LOOK_SECONDS)
        took = time.perf_counter() - began
        told = process.stdout.read() if process.stdout else ""
    if process.returncode or _asked(metrics) != payments:
        raise BenchmarkError(f"gateway recheck: {told[-500:]}; see {log}")
    return {
        "payments_a_second": payments / took,
        "cpu_us_a_payment": used / payments * MICROSECONDS,
        "hours_a_million": took / payments * MICROSECONDS / HOUR_SECONDS,
        "memory_early_mb": (early or peak) / 1e6,
        "memory_mb": peak / 1e6,
    }


def _asked(metrics: Path) -> int:
    if not metrics.exists():
        return 0
    lines = metrics.read_text("utf-8").splitlines()
    asked = [line for line in lines if line.startswith("gateway_recheck_asked{")]
    return round(sum(float(line.rpartition(" ")[2]) for line in asked))


def _paid(found: Iterator[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield a certificate of each person at each agency, and the agency."""
    ids = CertificateIds(key_of("certificate-id.key"))
    for held in found:
        yield from {ids.open(id_).agency: id_ for id_ in held}.items()


async def _pay(database_url: str, paid: Sequence[tuple[str, str]], today: date) -> None:
    rows = [_row(place, *one, today) for place, one in enumerate(paid, PAYMENTS + 1)]
    async with open_store(database_url) as store, store.engine.begin() as connection:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            await connection.execute(insert(decisions), [one for one, _ in some])
            await connection.execute(insert(payment_steps), [one for _, one in some])


def _row(
    place: int, connector: str, certificate: str, today: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    claim, at = f"claim-{place}", datetime.now(UTC)
    decision = {
        "claim": claim,
        "outcome": "PAID",
        "amount_yuan": YUAN,
        "district": DISTRICT,
        "person": f"person-{place}",
        "certificate": certificate,
        "connector": connector,
        "authority": connector,
        "evidence": f"digest-{place}",
        "decided_on": today,
        "recorded_at": at,
        "recorded_by": "hr",
        "request_key": f"key-{place}",
        "request_digest": "",
    }
    step = {
        "claim": claim,
        "version": 1,
        "decision": place,
        "step": "PAY",
        "after": "PAID",
        "booked_on": today,
        "payments": 1,
        "amount_yuan": YUAN,
        "actor": "hr",
        "at": at,
    }
    return decision, step
