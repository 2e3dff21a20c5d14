"""One measurement: a server, freshly started and compared, asked for a while.

The processor time of the server's whole process tree is read before and after, and
divided by what was answered rightly; a wrong answer ends the run. What our gateway
says in its metrics of its answer cache is held against what the phase promises.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from benchmarks import native
from benchmarks.native import Load
from benchmarks.people import AGENCIES
from benchmarks.processes import (
    BenchmarkError,
    cpu_seconds,
    resident_bytes,
    settle,
)
from benchmarks.questions import Dialect
from benchmarks.stage import Phase, Server, Stage

MICROSECONDS, MILLISECOND_US = 1_000_000, 1_000
BUCKETS_A_DECADE = 20
DEADLINE_US = 2_000_000
"""The gateway's default."""


@dataclass(frozen=True, slots=True)
class Volume:
    """How much is asked in a phase."""

    warm_up: int
    requests: int
    seconds: float
    """The most that each of the two may take; a slow server is asked less."""
    connections: int = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one run of one server in one phase gave."""

    contender: str
    phase: Phase
    repeat: int
    answered: int
    requests_a_second: float
    cpu_us: float
    """Processor time a request, of all processes the contender needs."""
    front_us: float
    """The same, of the process that clients talk to with its children."""
    p50_us: float
    p99_us: float
    memory_mb: float
    again: int = 0
    """How often this turn was measured before, and ended by wrong answers."""
    largest_mb: float = 0
    """Memory of the largest process, where that is what the phase is about."""
    memory_series_mb: Mapping[int, float] = field(default_factory=dict)
    """Memory after how many answers, where that is what the phase is about."""
    histogram: Mapping[int, int] = field(default_factory=dict)
    """Latencies: how many in each bucket, see ``bucket``."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


def measure(
    stage: Stage, server: Server, load: Load, volume: Volume, *, of: tuple[Phase, int]
) -> Measurement:
    """Warm ``server`` up, ask it, and say what it took; ``of`` a phase and repeat."""
    phase, repeat = of
    cores, programs = (stage.cores.load,), stage.folder
    warm = native.ask(
        programs, load, cores=cores, requests=volume.warm_up, seconds=volume.seconds
    )
    settle()
    before = _cache_counts(server)
    everything = [*server.pids, *server.others]
    front, whole = cpu_seconds(server.pids), cpu_seconds(everything)
    asked = native.ask(
        programs,
        replace(load, connections=volume.connections),
        cores=cores,
        requests=volume.requests,
        seconds=volume.seconds,
        skip=warm.answered,
    )
    front = cpu_seconds(server.pids) - front
    whole = cpu_seconds(everything) - whole
    _require_cache(phase, before, _cache_counts(server), asked.answered)
    ordered = sorted(asked.latencies_us)
    return Measurement(
        contender=server.name,
        phase=phase,
        repeat=repeat,
        answered=asked.answered,
        requests_a_second=asked.answered / asked.seconds,
        cpu_us=whole / asked.answered * MICROSECONDS,
        front_us=front / asked.answered * MICROSECONDS,
        p50_us=percentile(ordered, 50),
        p99_us=percentile(ordered, 99),
        memory_mb=resident_bytes(everything) / 1e6,
        histogram=dict(sorted(Counter(map(bucket, ordered)).items())),
    )


def percentile(ordered: Sequence[int], percent: float) -> float:
    """Return the value that ``percent`` of the values do not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def percentile_ms(latencies_us: Sequence[int], percent: float) -> float:
    """Return the latency that so many do not exceed; 0 where there was none."""
    ordered = sorted(latencies_us)
    return percentile(ordered, percent) / MILLISECOND_US if ordered else 0.0


def bucket(microseconds: int) -> int:
    """Return the number of a latency's bucket: twenty a power of ten."""
    return round(math.log10(max(microseconds, 1)) * BUCKETS_A_DECADE)


def bucket_ms(number: int) -> float:
    """Return the latency in the middle of a bucket."""
    return float(10 ** (number / BUCKETS_A_DECADE) / 1000)


def _cache_counts(server: Server) -> Mapping[str, int]:
    """Return how often our gateway's answer cache hit and missed; a peer tells not."""
    if server.dialect is not Dialect.GATEWAY:
        return {}
    found = re.findall(
        r'^gateway_answer_cache_total\{.*result="(\w+)"\} ([0-9.e+]+)$',
        server.get("/metrics"),
        re.MULTILINE,
    )
    counts: Counter[str] = Counter()
    for result, count in found:
        counts[result] += int(float(count))
    return counts


def _require_cache(
    phase: Phase, before: Mapping[str, int], after: Mapping[str, int], answered: int
) -> None:
    """Require that answers were asked for, or in the warm phase that none was.

    Raises:
        BenchmarkError: the phase did not measure what it is called.
    """
    if not after:
        return
    hits = after.get("hit", 0) - before.get("hit", 0)
    is_warm = phase in {Phase.WARM, Phase.WARM_DUTIES, Phase.RECEIPTS}
    expected = answered * len(AGENCIES) if is_warm else 0
    if hits != expected:
        raise BenchmarkError(
            f"{phase}: {hits} answers came from the answer cache, not {expected}"
        )
