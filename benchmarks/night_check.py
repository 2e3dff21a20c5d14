"""How long a night's claims take: a file of them, by the command that offices run."""

import csv
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.gateway import open_on
from benchmarks.people import AGENCIES, certificates
from benchmarks.processes import BenchmarkError, cpu_seconds, pinned, resident_bytes
from benchmarks.questions import TOKEN, Dialect, question_about
from benchmarks.stage import HOST, Phase, Stage, await_answer
from gateway.batch.commands import TOKEN_VARIABLE

CLAIMS = 10_000
COLUMNS = ("name", "id_number", "item", "level", "issued_on", "number")
MICROSECONDS = 1_000_000


def checked_claims(stage: Stage, database_url: str) -> dict[str, float]:
    """Return what comparing ``CLAIMS`` claims takes, all of them right.

    Raises:
        BenchmarkError: not every claim was found to match.
    """
    folder = stage.folder / f"check-{time.monotonic_ns()}"
    with open_on(stage, Phase.COLD, folder, stage.cores.server, database_url) as server:
        claims, out = folder / "claims.csv", folder / "results.csv"
        _write(claims, _rows(stage.corpus.today, stage.corpus.sizes.holders))
        first = question_about(Dialect.GATEWAY)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        used, began = cpu_seconds(server.pids), time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own command
            [
                *pinned(stage.cores.load),
                *(str(stage.checkout.python), "-m", "gateway", "check", str(claims)),
                *("--out", str(out), "--url", f"http://{HOST}:{server.port}/graphql"),
                *("--purpose", "SUBSIDY_CLAIM", "--case", "benchmark"),
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd=stage.checkout.source,
            env={**os.environ, TOKEN_VARIABLE: TOKEN},
        )
        took = time.perf_counter() - began
        used = cpu_seconds(server.pids) - used
        memory = resident_bytes(server.pids) / 1e6
    rows = out.read_text("utf-8-sig").splitlines() if out.exists() else []
    if done.returncode or len(rows) != CLAIMS + 1 or _not_matched(out):
        raise BenchmarkError(f"gateway check: {(done.stderr or done.stdout)[-500:]}")
    return {
        "claims": CLAIMS,
        "claims_a_second": CLAIMS / took,
        "cpu_us_a_claim": used / CLAIMS * MICROSECONDS,
        "memory_mb": memory,
    }


def _rows(today: date, people: int) -> Iterator[tuple[object, ...]]:
    """Return claims that are right: a certificate of each person at each agency."""
    for number in range(CLAIMS):
        person, agency = divmod(number, len(AGENCIES))
        if person >= people:
            raise BenchmarkError(
                f"{CLAIMS} claims need {CLAIMS // len(AGENCIES) + 1} people, "
                f"the agencies know {people}; raise --requests"
            )
        held = certificates(person, tuple(AGENCIES)[agency], today)[0]
        yield (
            *(held.holder_name, held.id_number, held.item.code, held.level.value),
            *(held.issued_on.isoformat(), held.number),
        )


def _write(path: Path, rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _not_matched(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(row["outcome"] != "MATCH" for row in csv.DictReader(file))
