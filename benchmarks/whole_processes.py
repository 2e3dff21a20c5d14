"""What is measured on whole processes: start-up, memory, two gateways side by side."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from benchmarks import native
from benchmarks.gateway import GATEWAY, opened_beside
from benchmarks.measuring import MICROSECONDS, Measurement, percentile
from benchmarks.native import Asked, Load
from benchmarks.phases import Run, compared, load_of, plan
from benchmarks.processes import cpu_seconds, largest_bytes, resident_bytes, settle
from benchmarks.stage import Phase, Server, Stage, opened

MEMORY_SAMPLES = (10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)


def started_up(run: Run) -> Iterator[Measurement]:
    """Measure from the start of a process to its first good answer."""
    for repeat, contender in run.turns(Phase.START_UP):
        began = time.perf_counter()
        with opened(contender, run.stage, Phase.START_UP) as server:
            took = (time.perf_counter() - began) * MICROSECONDS
            used = cpu_seconds(server.pids) * MICROSECONDS
            yield Measurement(
                contender=contender.name,
                phase=Phase.START_UP,
                repeat=repeat,
                answered=1,
                requests_a_second=MICROSECONDS / took,
                cpu_us=used,
                front_us=used,
                p50_us=took,
                p99_us=took,
                memory_mb=resident_bytes(server.pids) / 1e6,
            )


def lasted(run: Run, requests: int, minutes: float) -> Iterator[Measurement]:
    """Ask one gateway ``requests`` questions; look at its memory now and then.

    After ``minutes`` no more is asked, so that a slow machine comes to an end too.
    Answers are not kept, records that were verified are, as far as there is room.
    """
    how = plan(Phase.MEMORY, run.volume)
    cores = (run.stage.cores.load,)
    series: dict[int, float] = {}
    with compared(GATEWAY, run.stage, Phase.MEMORY, run.reference) as server:
        load = load_of(run.stage, server, Phase.MEMORY, how)
        series[0] = resident_bytes(server.pids) / 1e6
        answered, seconds = 0, 0.0
        latencies: list[int] = []
        used = cpu_seconds(server.pids)
        for goal in sorted({min(sample, requests) for sample in MEMORY_SAMPLES}):
            asked = native.ask(
                run.stage.folder,
                load,
                cores=cores,
                requests=goal - answered,
                seconds=minutes * 60 - seconds,
                skip=answered,
            )
            answered += asked.answered
            seconds += asked.seconds
            latencies.extend(asked.latencies_us)
            series[answered] = resident_bytes(server.pids) / 1e6
            if answered < goal:
                break
        largest = largest_bytes(server.pids) / 1e6
        used = (cpu_seconds(server.pids) - used) / answered * MICROSECONDS
    latencies.sort()
    yield Measurement(
        contender=GATEWAY.name,
        phase=Phase.MEMORY,
        repeat=0,
        answered=answered,
        requests_a_second=answered / seconds,
        cpu_us=used,
        front_us=used,
        p50_us=percentile(latencies, 50),
        p99_us=percentile(latencies, 99),
        memory_mb=series[answered],
        largest_mb=largest,
        memory_series_mb=series,
    )


def scaled(run: Run) -> Iterator[Measurement]:
    """Ask one gateway on one core, then two on two, with one database for both.

    Two gateways share their cores with the agencies and with who asks, which one
    gateway need not: requests a second say less than processor time a request.
    """
    for repeat in range(run.repeats):
        for count in (1, 2):
            cores = [run.stage.cores.server, run.stage.cores.load][:count]
            with ExitStack() as stack:
                servers = stack.enter_context(
                    opened_beside(run.stage, Phase.SCALE, cores)
                )
                yield _asked_together(run, servers, repeat)


def _asked_together(run: Run, servers: list[Server], repeat: int) -> Measurement:
    how = plan(Phase.SCALE, run.volume)
    loads = [load_of(run.stage, server, Phase.SCALE, how) for server in servers]
    pids = [pid for server in servers for pid in server.pids]
    seconds = run.volume.seconds
    ask_all(run.stage, loads, how.volume.warm_up, seconds)
    settle()
    used = cpu_seconds(pids)
    began = time.perf_counter()
    asked = ask_all(
        run.stage, loads, how.volume.requests, seconds, skip=how.volume.warm_up
    )
    took = time.perf_counter() - began
    answered = sum(part.answered for part in asked)
    used = (cpu_seconds(pids) - used) / answered * MICROSECONDS
    latencies = sorted(us for part in asked for us in part.latencies_us)
    return Measurement(
        contender=f"{GATEWAY.name} x{len(servers)}",
        phase=Phase.SCALE,
        repeat=repeat,
        answered=answered,
        requests_a_second=answered / took,
        cpu_us=used,
        front_us=used,
        p50_us=percentile(latencies, 50),
        p99_us=percentile(latencies, 99),
        memory_mb=resident_bytes(pids) / 1e6,
    )


def ask_all(
    stage: Stage, loads: list[Load], requests: int, seconds: float, *, skip: int = 0
) -> list[Asked]:
    """Ask all at once, the same of each; with as many connections as one is asked."""
    shared = [
        replace(load, connections=load.connections // len(loads)) for load in loads
    ]
    # Whoever asks two servers may use what both leave of two cores.
    cores = stage.cores
    free = (cores.load,) if len(loads) == 1 else (cores.server, cores.load)
    with ThreadPoolExecutor(len(loads)) as pool:
        asking = [
            pool.submit(
                native.ask,
                stage.folder,
                load,
                cores=free,
                requests=requests,
                seconds=seconds,
                skip=skip,
            )
            for load in shared
        ]
        return [asked.result() for asked in asking]
