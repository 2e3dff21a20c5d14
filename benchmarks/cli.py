"""``python -m benchmarks``, which ``make bench`` runs."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import native, peers
from benchmarks.gateway import GATEWAY
from benchmarks.measuring import Measurement, Volume
from benchmarks.minting import mint
from benchmarks.phases import reference_of, run, sizes_for
from benchmarks.processes import BenchmarkError, Cores
from benchmarks.questions import ROOT
from benchmarks.stage import Checkout, Contender, Phase, Stage

FOLDER = ROOT / "var" / "bench"
NOBODY = "none"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()


@app.command()
def bench(  # noqa: PLR0913 - one argument an option
    *,
    phases: Annotated[
        str, typer.Option(help="Which phases, with commas between them; all if empty.")
    ] = "",
    against: Annotated[
        str,
        typer.Option("--peers", help="Which peers, likewise; 'none' measures us alone."),
    ] = "",
    repeats: Annotated[int, typer.Option(help="How often, in turn.", min=1)] = 5,
    requests: Annotated[
        int, typer.Option(help="Questions in the cold phase; others follow.", min=100)
    ] = 4000,
    warm_up: Annotated[int, typer.Option(help="Questions before those.")] = 2000,
    seconds: Annotated[
        float, typer.Option(help="The most that one measurement may take.")
    ] = 15.0,
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
    volume = Volume(warm_up, requests, seconds)
    chosen = _chosen_phases(phases)
    contenders = [GATEWAY, *_chosen_peers(against)]
    checkout = Checkout(gateway_python.absolute(), gateway_source.absolute())
    try:
        with opened_stage(folder, volume, checkout, len(contenders) > 1) as stage:
            found = measured(stage, contenders, chosen, volume, repeats)
            for measurement in found:
                _tell(measurement)
    except BenchmarkError as error:
        sys.stderr.write(f"benchmark: {error}\n")
        raise typer.Exit(1) from None


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
    corpus = mint(folder / "data", sizes_for(volume), datetime.now(UTC).date())
    native.build(run_folder)
    cores = Cores.of_this_machine()
    os.sched_setaffinity(0, {cores.load})
    with native.agencies(run_folder, corpus, core=cores.load, delays={}) as addresses:
        node = peers.node() if with_peers else ""
        yield Stage(run_folder, corpus, addresses, cores, checkout, node)


def measured(
    stage: Stage,
    contenders: Sequence[Contender],
    phases: Sequence[Phase],
    volume: Volume,
    repeats: int,
) -> Iterator[Measurement]:
    """Measure phase by phase."""
    reference = reference_of(GATEWAY, stage)
    for phase in phases:
        yield from run(stage, contenders, phase, volume, repeats, reference)


def _tell(found: Measurement) -> None:
    console.print(
        f"{found.phase:<11} {found.contender:<16} {found.cpu_us:8.0f} µs/request "
        f"{found.requests_a_second:7.0f}/s  p50 {found.p50_us / 1000:7.2f} ms  "
        f"p99 {found.p99_us / 1000:7.2f} ms  {found.memory_mb:5.0f} MB",
        soft_wrap=True,
    )


def _chosen_phases(named: str) -> list[Phase]:
    try:
        return [Phase(name) for name in named.split(",")] if named else list(Phase)
    except ValueError as error:
        raise typer.BadParameter(f"{error}; there are {', '.join(Phase)}") from None


def _chosen_peers(named: str) -> list[Contender]:
    known = {contender.name: contender for contender in peers.PEERS}
    if not named:
        return list(known.values())
    names = [] if named == NOBODY else named.split(",")
    if unknown := [name for name in names if name not in known]:
        raise typer.BadParameter(f"{unknown[0]}: there are {', '.join(known)}")
    return [known[name] for name in names]
