"""``make load``: all that a gateway is asked for, at once, for as long as it takes.

Questions about people, batches, claims, an agency's transfers and clients that follow
what is revoked, on one gateway with its agencies. What is asked is asked at its moment,
whether the answers before have come or not, and is as old as that moment: a gateway
that stands still is not asked less (coordinated omission). How late it was asked is
told apart, so that a slow asker is not taken for a slow gateway.

With ``--soak`` it takes longer, and the memory of the gateway may not grow in the
second half of it.
"""

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import native
from benchmarks.followers import Followers, following
from benchmarks.gateway import open_on
from benchmarks.judging import UNKNOWN
from benchmarks.measuring import Volume, percentile_ms
from benchmarks.minting import mint
from benchmarks.native import Load, Offered, Other
from benchmarks.overload import capacity
from benchmarks.phases import Plan, load_of, plan, sizes_for
from benchmarks.processes import BenchmarkError, Cores, resident_bytes
from benchmarks.questions import ROOT, question_about
from benchmarks.results import now
from benchmarks.stage import Checkout, Phase, Server, Stage, await_answer
from benchmarks.steady_transfers import Transfers
from policy.calendar import SHANGHAI

FOLDER = ROOT / "var" / "load"
TOOLS = ROOT / "var" / "bench" / "tools" / "bin" / "python"
MINUTES, SOAK_MINUTES = 10.0, 30.0
SHARE = 0.4
"""Of what the gateway can do, so many questions about people are asked."""
MIX: Mapping[Phase, float] = {Phase.MEMORY: 1.0, Phase.BATCH: 0.01, Phase.CLAIMS: 0.001}
"""How many questions of each kind there are to one about one person."""
NAMES = {
    Phase.MEMORY: "a holder",
    Phase.BATCH: "twenty holders",
    Phase.CLAIMS: "five hundred claims",
}
NOT_KNOWN = UNKNOWN | {"UNKNOWN"}
TRANSFERS, TOLD = "a transfer", "an event, told"
FOLLOWERS = 50
VOLUME = Volume(500, 20_000, 30.0)
"""Nobody is asked about again before twenty thousand others were."""
MEMORY_SECONDS = 5.0
FLAT_PERCENT = 5.0
"""By so much the most may be more than the least, in the second half."""
LATE_SHARE = 0.1
"""Who asks is too slow where its p99 of lateness is more of the gateway's p99."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=150)


@dataclass(frozen=True, slots=True)
class Kind:
    """What came of one kind of question."""

    name: str
    took_us: Sequence[int]
    late_us: Sequence[int] = ()
    refused: int = 0
    incomplete: int = 0
    """So many say that an agency did not answer in time."""
    wrong: int = 0
    lost: int = 0


@app.command()
def load(
    *,
    minutes: Annotated[
        float, typer.Option(help="How long; 10, or 30 with --soak, unless stated.")
    ] = 0.0,
    soak: Annotated[
        bool, typer.Option(help="Require that memory is flat in the second half.")
    ] = False,
    rate: Annotated[
        float, typer.Option(help="Questions about people a second; 0 finds out.")
    ] = 0.0,
    folder: Annotated[
        Path, typer.Option(help="For data, logs and results; may be deleted.")
    ] = FOLDER,
) -> None:
    """Ask a gateway everything at once; 1 if an answer is wrong, or memory grows."""
    seconds = 60 * (minutes or (SOAK_MINUTES if soak else MINUTES))
    folder = folder.absolute()
    try:
        with opened_stage(folder) as stage:
            kinds, memory = loaded(stage, seconds, rate)
    except BenchmarkError as error:
        sys.stderr.write(f"load: {error}\n")
        raise typer.Exit(1) from None
    growth = growth_percent(memory)
    report(folder, kinds, memory, growth)
    failed = [one.name for one in kinds if one.wrong or one.lost]
    if failed:
        sys.stderr.write(f"load: wrong or lost answers: {', '.join(failed)}\n")
    if soak and growth > FLAT_PERCENT:
        sys.stderr.write(f"load: memory is not flat: {growth:.1f} %\n")
    if failed or (soak and growth > FLAT_PERCENT):
        raise typer.Exit(1)


@contextmanager
def opened_stage(folder: Path) -> Iterator[Stage]:
    """Make the data, build the programs and start the agencies."""
    run_folder = folder / "run"
    shutil.rmtree(run_folder, ignore_errors=True)
    run_folder.mkdir(parents=True)
    console.print("signing the agencies' records, unless today's are there")
    corpus = mint(folder / "data", sizes_for(VOLUME), now().astimezone(SHANGHAI).date())
    native.build(run_folder)
    cores = Cores.of_this_machine()
    os.sched_setaffinity(0, {cores.load})
    with native.agencies(run_folder, corpus, core=cores.load, delays={}) as agencies:
        yield Stage(run_folder, corpus, agencies, {}, cores, Checkout(), "")


def loaded(
    stage: Stage, seconds: float, rate: float
) -> tuple[list[Kind], list[tuple[float, float]]]:
    """Return what came of each kind, and the gateway's memory over time.

    Memory is in megabytes, and time in seconds from the beginning.
    """
    core = stage.cores.server
    opening = open_on(
        stage, Phase.MEMORY, stage.folder / "gateway", core, is_patient=False
    )
    with ExitStack() as stack:
        server = stack.enter_context(opening)
        first = question_about(server.dialect)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        loads = {phase: _load_of(stage, server, phase) for phase in MIX}
        rate = rate or SHARE * capacity(stage, loads[Phase.MEMORY])
        console.print(f"{rate:.0f} questions about people a second, {seconds:.0f} s")
        followers = stack.enter_context(following(server, FOLLOWERS, timed=True))
        transfers = Transfers(server, stage, seconds)
        pool = stack.enter_context(ThreadPoolExecutor(len(MIX) + 1))
        sending = pool.submit(transfers.run)
        asking = {
            phase: pool.submit(
                native.offer,
                stage.folder,
                loads[phase],
                cores=(stage.cores.load,),
                rate=rate * share,
                seconds=seconds,
            )
            for phase, share in MIX.items()
        }
        memory = list(_watched(server, seconds))
        kinds = [_kind(NAMES[phase], asked.result()) for phase, asked in asking.items()]
        sending.result()
        time.sleep(1)  # what was acknowledged last is told by then
        kinds += [
            Kind(TRANSFERS, transfers.took_us, transfers.late_us, transfers.refused),
            _told(followers, transfers),
        ]
    return kinds, memory


def _kind(name: str, offered: Offered) -> Kind:
    incomplete = [one.took_us for one in offered.others if is_incomplete(one)]
    return Kind(
        name,
        [*offered.latencies_us, *incomplete],
        offered.late_us,
        refused=len(offered.refusals_us),
        incomplete=len(incomplete),
        wrong=len(offered.others) - len(incomplete),
        lost=offered.lost,
    )


def is_incomplete(answer: Other) -> bool:
    """Say whether an answer has no error, and says that something is not known."""
    body = answer.body
    return (
        answer.status == http.client.OK
        and b'"errors":' not in body
        and any(b'"%s"' % word.encode() in body for word in NOT_KNOWN)
    )


def _load_of(stage: Stage, server: Server, phase: Phase) -> Load:
    how: Plan = plan(phase, VOLUME)
    return replace(
        load_of(stage, server, phase, how), connections=how.volume.connections
    )


def _watched(server: Server, seconds: float) -> Iterator[tuple[float, float]]:
    began = time.monotonic()
    while (at := time.monotonic() - began) < seconds:
        yield at, resident_bytes(server.pids) / 1e6
        time.sleep(MEMORY_SECONDS)


def _told(followers: Followers, transfers: Transfers) -> Kind:
    """Return how long after its acknowledgement each event was told to each.

    Events come in their order, so the n-th to be told is the n-th acknowledged.
    """
    acknowledged = transfers.revoked_at
    took = [
        max(0, round(1_000_000 * (told - since)))
        for arrivals in followers.arrivals()
        for told, since in zip(arrivals, acknowledged, strict=False)
    ]
    lost = sum(
        abs(len(acknowledged) - len(arrivals)) for arrivals in followers.arrivals()
    )
    return Kind(TOLD, took, lost=lost)


def growth_percent(memory: Sequence[tuple[float, float]]) -> float:
    """Return how much more the most is than the least, in the second half."""
    second = [megabytes for _, megabytes in memory[len(memory) // 2 :]]
    return 100 * (max(second) / min(second) - 1)


def report(
    folder: Path,
    kinds: Sequence[Kind],
    memory: Sequence[tuple[float, float]],
    growth: float,
) -> None:
    """Write a table, the figures and the pictures."""
    head = (
        *("", "answers", "p50 ms", "p99 ms", "p99.9 ms", "most ms"),
        *("asked late, p99 ms", "refused", "incomplete", "wrong", "lost"),
    )
    table = Table(*head)
    for one in kinds:
        ms = [f"{percentile_ms(one.took_us, p):,.1f}" for p in (50, 99, 99.9, 100)]
        late = f"{percentile_ms(one.late_us, 99):,.1f}" if one.late_us else ""
        counts = (one.refused, one.incomplete, one.wrong, one.lost)
        table.add_row(one.name, f"{len(one.took_us):,}", *ms, late, *map(str, counts))
    console.print(table)
    console.print(f"memory changed by {growth:.1f} % in the second half")
    for one in kinds:
        if is_asker_slow(one):
            console.print(
                f"[yellow]{one.name}: who asked was late itself; the latencies are "
                "not the gateway's alone"
            )
    figures: dict[str, Any] = {
        "kinds": {one.name: _curve(one.took_us) for one in kinds if one.took_us},
        "memory": [*memory],
        "table": [[*head], *_rows(table)],
        "growth": growth,
    }
    path = folder / "figures.json"
    path.write_text(json.dumps(figures, ensure_ascii=False), "utf-8")
    script = Path(__file__).with_name("pictures.py")
    subprocess.run([TOOLS, script, path, folder], check=True)  # noqa: S603 - ours
    console.print(f"{folder}/load.html, latencies.png and memory.png are written")


def _rows(table: Table) -> list[list[str]]:
    return [list(row) for row in zip(*(c.cells for c in table.columns), strict=True)]


def is_asker_slow(one: Kind) -> bool:
    """Say whether those who asked were so late that it shows in the latencies."""
    late = percentile_ms(one.late_us, 99)
    return late > 1 and late > LATE_SHARE * percentile_ms(one.took_us, 99)


POINTS = 200


def _curve(took_us: Sequence[int]) -> list[tuple[float, float]]:
    """Return latencies by percentile, as a histogram of high dynamic range has them.

    Each point is as far from 100 as the one before, divided by the same factor.
    """
    ordered = sorted(took_us)
    ends = len(ordered)
    places = (1 - ends ** (-n / POINTS) for n in range(POINTS + 1))
    return [
        (share, ordered[min(ends - 1, int(share * ends))] / 1000) for share in places
    ]


if __name__ == "__main__":
    app()
