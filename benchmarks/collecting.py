"""How fast an agency's records are collected, and in how much memory."""

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.gateway import open_on
from benchmarks.minting import signed
from benchmarks.people import certificates
from benchmarks.processes import cpu_seconds, peak_bytes, resident_bytes
from benchmarks.questions import Dialect, question_about
from benchmarks.stage import Phase, Server, Stage, await_answer
from benchmarks.transfers import LINES_A_TRANSFER, line, send

AGENCY = "emergency-management"
MICROSECONDS = 1_000_000
SIGNED_AT_ONCE = 5_000


def collected(stage: Stage, database_url: str, records: int) -> dict[str, float]:
    """Return what collecting ``records`` records takes, each of another certificate.

    Raises:
        BenchmarkError: one was refused.
    """
    lines = signed_lines(stage, records)
    folder = stage.folder / f"collection-{time.monotonic_ns()}"
    core = stage.cores.server
    with open_on(stage, Phase.COLD, folder, core, database_url) as server:
        first = question_about(Dialect.GATEWAY)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        return _sent(server, lines, records)


def _sent(server: Server, path: Path, records: int) -> dict[str, float]:
    before = peak_bytes(server.pids) / 1e6
    early = 0.0
    used, began = cpu_seconds(server.pids), time.perf_counter()
    with path.open("rb") as file:
        sent = 0
        while lines := list(islice(file, min(LINES_A_TRANSFER, records - sent))):
            send(server, AGENCY, lines)
            sent += len(lines)
            if not early and sent >= records // 10:
                early = peak_bytes(server.pids) / 1e6
    took = time.perf_counter() - began
    used = cpu_seconds(server.pids) - used
    return {
        "records": records,
        "records_a_second": records / took,
        "cpu_us_a_record": used / records * MICROSECONDS,
        "memory_before_mb": before,
        "memory_early_mb": early,
        "memory_mb": peak_bytes(server.pids) / 1e6,
        "resident_mb": resident_bytes(server.pids) / 1e6,
    }


def signed_lines(stage: Stage, records: int) -> Path:
    """Return a file with as many lines, signed today."""
    path = stage.folder / f"records-{records}.ndjson"
    if path.exists():
        return path
    unfinished = path.with_suffix(".part")
    sign = partial(_some_lines, stage=stage)
    with ProcessPoolExecutor() as pool, unfinished.open("wb") as file:
        starts = range(0, records, SIGNED_AT_ONCE)
        for some in pool.map(sign, starts):
            file.write(some)
    unfinished.rename(path)
    return path


def _some_lines(start: int, stage: Stage) -> bytes:
    return b"".join(_lines(start, stage))


def _lines(start: int, stage: Stage) -> Iterator[bytes]:
    now = datetime.now(UTC)
    for index in range(start, start + SIGNED_AT_ONCE):
        (held,) = certificates(index, AGENCY, stage.corpus.today, held=1)
        yield line(index + 1, signed(AGENCY, held.payload(), now))
