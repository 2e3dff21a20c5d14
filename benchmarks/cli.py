"""``python -m benchmarks``, which ``make bench`` runs."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import native, offices, page, peers, results
from benchmarks.gateway import GATEWAY
from benchmarks.measuring import Measurement, Volume
from benchmarks.minting import mint
from benchmarks.offices import Work
from benchmarks.phases import Run, loaded, reference_of, sizes_for
from benchmarks.processes import BenchmarkError, Cores
from benchmarks.profiling import profiled
from benchmarks.questions import ROOT
from benchmarks.routers import ROUTERS
from benchmarks.signature import signatures_us
from benchmarks.stage import DELAYS, Checkout, Contender, Phase, Stage
from benchmarks.targets import LIMITS, TARGETS, Standing
from benchmarks.whole_processes import lasted, scaled, started_up
from policy.calendar import SHANGHAI

FOLDER = ROOT / "var" / "bench"
NOBODY = "none"
PROFILE = "profile"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()


@app.command()
def bench(  # noqa: PLR0913 - one argument an option
    *,
    phases: Annotated[
        str,
        typer.Option(
            help="Which phases, with commas between them; all if empty, and 'none' "
            "writes the page anew from what is known."
        ),
    ] = "",
    against: Annotated[
        str,
        typer.Option(
            "--peers", help="Which peers, likewise; 'none' measures us alone."
        ),
    ] = "",
    repeats: Annotated[int, typer.Option(help="How often, in turn.", min=1)] = 5,
    requests: Annotated[
        int, typer.Option(help="Questions in the cold phase; others follow.", min=100)
    ] = 2000,
    warm_up: Annotated[int, typer.Option(help="Questions before those.")] = 1500,
    seconds: Annotated[
        float, typer.Option(help="The most that one measurement may take.")
    ] = 15.0,
    lasting: Annotated[
        int, typer.Option(help="Questions in the phase of memory.")
    ] = 1_000_000,
    lasting_minutes: Annotated[
        float, typer.Option(help="The most that phase may take.")
    ] = 60.0,
    records: Annotated[
        int,
        typer.Option(
            help="Records that are collected, rows that are reconciled, and leaves "
            "that the log of hashes has.",
            min=1_000,
        ),
    ] = 1_000_000,
    publish: Annotated[
        bool, typer.Option(help="Write into benchmarks/results and docs.")
    ] = False,
    gateway_python: Annotated[
        Path, typer.Option(help="The Python that runs our gateway.")
    ] = Path(sys.executable),
    gateway_source: Annotated[
        Path, typer.Option(help="The checkout of our gateway that is measured.")
    ] = ROOT,
    folder: Annotated[
        Path, typer.Option(help="For data, programs and logs; may be deleted.")
    ] = FOLDER,
) -> None:
    """Measure the gateway beside what a user would pick instead."""
    # So that servers end with a run that is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    folder = folder.absolute()
    volume = Volume(warm_up, requests, seconds)
    chosen = _chosen_phases(phases)
    contenders = [GATEWAY, *_chosen_peers(against)]
    checkout = Checkout(gateway_python.absolute(), gateway_source.absolute())
    places = Places.published() if publish else Places.within(folder / "results")
    if not chosen:
        page.write(results.read(places.figures), places.page, places.plots)
        return
    try:
        with opened_stage(folder, volume, checkout, len(contenders) > 1) as stage:
            reference = reference_of(GATEWAY, stage)
            run = Run(stage, contenders, volume, repeats, reference)
            known = measured(run, chosen, (lasting, lasting_minutes), records, places)
    except BenchmarkError as error:
        sys.stderr.write(f"benchmark: {error}\n")
        raise typer.Exit(1) from None
    _tell_targets(known)
    console.print(f"{places.figures}, {places.page} and {places.plots} are written")


@dataclass(frozen=True, slots=True)
class Places:
    """Where results go."""

    figures: Path
    page: Path
    plots: Path

    @classmethod
    def published(cls) -> "Places":
        """Return where the repository keeps them."""
        return cls(results.PUBLISHED, page.PAGE, page.PLOTS)

    @classmethod
    def within(cls, folder: Path) -> "Places":
        """Return places of the same names in one folder."""
        return cls(
            folder / results.PUBLISHED.name,
            folder / page.PAGE.name,
            folder / page.PLOTS.name,
        )


@contextmanager
def opened_stage(
    folder: Path, volume: Volume, checkout: Checkout, with_peers: bool
) -> Iterator[Stage]:
    """Make the data, build the programs and start the agencies."""
    if with_peers:
        console.print("installing the peers (npm ci), unless they are there")
        peers.install()
    run_folder = folder / "run"
    shutil.rmtree(run_folder, ignore_errors=True)
    run_folder.mkdir(parents=True)
    console.print("signing the agencies' records, unless today's are there")
    corpus = mint(folder / "data", sizes_for(volume), _today())
    native.build(run_folder)
    cores = Cores.of_this_machine()
    os.sched_setaffinity(0, {cores.load})
    with (
        native.agencies(run_folder, corpus, core=cores.load, delays={}) as quick,
        native.agencies(run_folder, corpus, core=cores.load, delays=DELAYS) as slow,
    ):
        node = peers.node() if with_peers else ""
        yield Stage(run_folder, corpus, quick, slow, cores, checkout, node)


def _today() -> date:
    """Return the day in Shanghai: nothing is paid for by a record of the day before."""
    return results.now().astimezone(SHANGHAI).date()


def measured(
    run: Run,
    chosen: Sequence[str],
    lasting: tuple[int, float],
    records: int,
    places: Places,
) -> dict[str, Any]:
    """Measure what was chosen, phase by phase; write after each what is known."""
    known = results.read(places.figures)
    with_peers = bool(run.stage.node)
    signatures = known.get("signatures_us", {})
    measured_now = signatures_us(run.stage, with_peers=with_peers)
    known["signatures_us"] = {**signatures, **measured_now}
    known["versions"] = results.versions(_version_of(run.stage.node))
    for name in chosen:
        if name == PROFILE:
            for found in profiled(run):
                known["profile"][found.phase] = found.to_json()
        elif name in list(Work):
            _measure_work(run, Work(name), records, known)
        else:
            _measure(run, Phase(name), lasting, known)
        results.write(places.figures, known)
        page.write(known, places.page, places.plots)
    return known


def _measure(
    run: Run, phase: Phase, lasting: tuple[int, float], known: dict[str, Any]
) -> None:
    began, busy = results.now(), [os.getloadavg()[0]]
    measurements = []
    for one in _measurements(run, phase, lasting):
        _tell(one)
        measurements.append(one)
        busy.append(os.getloadavg()[0])
    spread = (min(busy), max(busy))
    known["phases"][phase] = results.phase_of(measurements, began, spread)


def _measure_work(run: Run, work: Work, records: int, known: dict[str, Any]) -> None:
    began, busy = results.now(), [os.getloadavg()[0]]
    content: dict[str, Any] = {}
    for found in offices.measured(work, run.stage, records):
        figures = ", ".join(f"{name} {v:,.1f}" for name, v in found.figures.items())
        line = f"{work:<11} {found.database:<16} {figures}"
        console.print(line, soft_wrap=True, highlight=False)
        content[found.database] = found.figures
        busy.append(os.getloadavg()[0])
    spread = (min(busy), max(busy))
    known.setdefault("works", {})[work] = results.work_of(content, began, spread)


def _measurements(
    run: Run, phase: Phase, lasting: tuple[int, float]
) -> Iterator[Measurement]:
    match phase:
        case Phase.START_UP:
            return started_up(run)
        case Phase.SCALE:
            return scaled(run)
        case Phase.MEMORY:
            return lasted(run, *lasting)
        case _:
            return loaded(run, phase)


def _version_of(node: str) -> str:
    if not node:
        return ""
    command = [node, "--version"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - a program of ours
    return done.stdout.strip().removeprefix("v")


def _tell(found: Measurement) -> None:
    console.print(
        f"{found.phase:<11} {found.contender:<16} {found.cpu_us:8.0f} µs/request "
        f"{found.requests_a_second:7.0f}/s  p50 {found.p50_us / 1000:7.2f} ms  "
        f"p99 {found.p99_us / 1000:7.2f} ms  {found.memory_mb:5.0f} MB",
        soft_wrap=True,
        highlight=False,
    )


def _tell_targets(known: dict[str, Any]) -> None:
    found = results.found_in(known)
    table = Table("phase", "against", "at most", "stretch", "found", "")
    for target in TARGETS:
        value = target.value(found)
        table.add_row(
            target.phase,
            target.against,
            f"{target.at_most:.2f}",
            f"{target.stretch:.2f}",
            "" if value is None else f"{value:.2f}",
            target.told(found),
        )
    for limit in LIMITS:
        value = limit.value(found)
        bound = ("at least " if limit.at_least else "") + f"{limit.bound:g}"
        shown = "" if value is None else f"{value:.2f}"
        table.add_row(limit.phase, limit.what, bound, "", shown, limit.told(found))
    console.print(table)
    counts = Counter(target.standing(found) for target in TARGETS)
    counts.update(limit.standing(found) for limit in LIMITS)
    console.print(", ".join(f"{counts[name]} {name}" for name in Standing))


def _chosen_phases(named: str) -> list[str]:
    known = [*Phase, PROFILE, *Work]
    names = known if not named else [] if named == NOBODY else named.split(",")
    if unknown := [name for name in names if name not in known]:
        raise typer.BadParameter(f"{unknown[0]}: there are {', '.join(known)}")
    return list(names)


def _chosen_peers(named: str) -> list[Contender]:
    known = {contender.name: contender for contender in (*peers.PEERS, *ROUTERS)}
    if not named:
        return list(known.values())
    names = [] if named == NOBODY else named.split(",")
    if unknown := [name for name in names if name not in known]:
        raise typer.BadParameter(f"{unknown[0]}: there are {', '.join(known)}")
    return [known[name] for name in names]
