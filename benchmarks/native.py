"""Build the two C programs, and start the agencies and the load."""

import array
import http.client
import json
import struct
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.minting import Corpus
from benchmarks.people import AGENCIES
from benchmarks.processes import (
    BenchmarkError,
    WrongAnswersError,
    pinned,
    started,
    tool,
)

SOURCES = Path(__file__).parent / "native"
MICROSECONDS = 1_000_000


class Fault(StrEnum):
    """How an agency can be ordered to misbehave; ``native/agencies.c`` says more."""

    NONE = "none"
    SILENT = "silent"
    DEAD = "dead"
    HALF = "half"
    RESET = "reset"
    ERROR = "error"
    GARBAGE = "garbage"
    BAD_SIGNATURE = "bad-signature"
    SLOW = "slow"
    LATE = "late"
    FLAPPING = "flapping"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one run of the load."""

    answered: int
    seconds: float
    latencies_us: "array.array[int]"  # subscriptable from Python 3.12 on


@dataclass(frozen=True, slots=True)
class Other:
    """An answer that is neither right by what the load looks at, nor a refusal."""

    line: int
    """Of the questions."""
    status: int
    took_us: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Offered:
    """What came of questions that were asked at a rate, or by clients that come."""

    latencies_us: "array.array[int]"
    """Of right answers."""
    refusals_us: "array.array[int]"
    late_us: "array.array[int]"
    """How long after its moment each question was sent; of clients none."""
    others: Sequence[Other]
    lost: int
    """So many were not answered at all."""
    seconds: float


CONNECTIONS_OFFERED = 2_000
"""Over so many at most."""
MOST_A_SECOND = 10_000
"""No gateway answers so many."""
OTHER = struct.Struct("=4I")
VERIFIED = "VERIFIED"
"""What an answer says of each record that it believes."""


@dataclass(frozen=True, slots=True)
class Load:
    """What to ask a server."""

    port: int
    head: bytes
    bodies: Path
    """One question a line, a tab, and what its answer has to hold."""
    verified: int
    """How often each answer has to hold ``word``."""
    word: str = VERIFIED
    connections: int = 32


def build(folder: Path) -> None:
    """Compile what is older than its source."""
    compiler = tool("gcc", "apt-get install gcc")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("agencies", "load"):
        source, program = SOURCES / f"{name}.c", folder / name
        if program.exists() and program.stat().st_mtime > source.stat().st_mtime:
            continue
        flags = ["-O2", "-Wall", "-Wextra", "-Werror"]
        subprocess.run(  # noqa: S603 - our own source
            [compiler, *flags, "-o", str(program), str(source)], check=True
        )


@contextmanager
def agencies(
    programs: Path, corpus: Corpus, *, core: int, delays: Mapping[str, float]
) -> Iterator[Mapping[str, str]]:
    """Run the three agencies; yield their addresses by id.

    ``delays`` are the seconds for which an agency holds an answer back.
    """
    arguments: list[str] = []
    for agency in AGENCIES:
        delay = round(delays.get(agency, 0.0) * MICROSECONDS)
        arguments += [str(corpus.of_agency(agency)), "0", str(delay)]
    log = programs / "agencies.log"
    command = [str(programs / "agencies"), *arguments]
    with started(command, core=core, log=log) as process:
        word, *ports = (process.stdout.readline() if process.stdout else "").split()
        if word != "ready":
            raise BenchmarkError(f"the agencies did not start; see {log}")
        yield {
            agency: f"http://127.0.0.1:{port}/query"
            for agency, port in zip(AGENCIES, ports, strict=True)
        }


@contextmanager
def ordering(address: str) -> Iterator[Callable[[Fault], int]]:
    """Yield what makes an agency misbehave; it is honest again at the end.

    An order returns how often the agency was asked since the last one.
    """
    place = urlsplit(address)
    connection = http.client.HTTPConnection(f"{place.hostname}:{place.port}")

    def order(fault: Fault) -> int:
        connection.request("GET", f"/{fault}")
        return int(connection.getresponse().read())

    try:
        # By a connection that is open: a dead agency takes no other.
        order(Fault.NONE)
        yield order
        order(Fault.NONE)
    finally:
        connection.close()


def ask(  # noqa: PLR0913 - what a run is made of
    programs: Path,
    load: Load,
    *,
    cores: Collection[int],
    requests: int,
    seconds: float,
    skip: int = 0,
) -> Asked:
    """Ask until ``requests`` were asked or ``seconds`` have gone, and wait for all.

    Several may ask at once, each another port.

    Raises:
        BenchmarkError: the server did not answer.
        WrongAnswersError: it answered wrongly, or hung up on a connection.
    """
    latencies = programs / f"latencies-{load.port}.bin"
    volume = load.connections, requests, skip, seconds
    done = _run(programs, load, volume, latencies, cores)
    told = json.loads(done.stdout)
    if wrong := told["others"] + told["lost"]:
        raise WrongAnswersError(
            f"{wrong} of {told['answered'] + told['lost']} answers are wrong, the "
            f"first: {done.stderr.strip()}"
        )
    return Asked(told["answered"], told["seconds"], _read(latencies))


def offer(
    programs: Path,
    load: Load,
    *,
    cores: Collection[int],
    rate: float,
    seconds: float,
) -> Offered:
    """Ask ``rate`` questions a second for so long, and wait for all answers.

    Raises:
        BenchmarkError: the load failed.
    """
    # No question is left out because it came late.
    volume = CONNECTIONS_OFFERED, round(rate * seconds), 0, 2 * seconds
    return _offered(programs, load, volume, cores, str(rate))


def come(  # noqa: PLR0913 - what a run is made of
    programs: Path,
    load: Load,
    *,
    cores: Collection[int],
    first: int,
    ramp_seconds: float,
    seconds: float,
) -> Offered:
    """Have ``first`` clients ask at first, all connections once the ramp is over.

    Raises:
        BenchmarkError: the load failed.
    """
    volume = load.connections, round(MOST_A_SECOND * seconds), 0, seconds
    return _offered(programs, load, volume, cores, "0", str(first), str(ramp_seconds))


def _offered(
    programs: Path,
    load: Load,
    volume: tuple[int, int, int, float],
    cores: Collection[int],
    *how: str,
) -> Offered:
    latencies = programs / f"latencies-{load.port}-{load.bodies.stem}.bin"
    told = json.loads(_run(programs, load, volume, latencies, cores, *how).stdout)
    refused, late, others = (
        latencies.with_name(latencies.name + end)
        for end in (".refused", ".late", ".others")
    )
    return Offered(
        _read(latencies),
        _read(refused),
        _read(late),
        read_others(others),
        told["lost"],
        told["seconds"],
    )


def _run(
    programs: Path,
    load: Load,
    volume: tuple[int, int, int, float],
    latencies: Path,
    cores: Collection[int],
    *how: str,
) -> subprocess.CompletedProcess[str]:
    head = programs / f"head-{load.port}-{load.bodies.stem}.txt"
    head.write_bytes(load.head)
    done = subprocess.run(  # noqa: S603 - our own program
        [
            *pinned(*cores),
            str(programs / "load"),
            *map(str, (load.port, *volume)),
            *map(str, (load.verified, head, load.bodies, latencies, load.word)),
            *how,
        ],
        check=False,
        capture_output=True,
        text=True,
        # A wrong answer is shown up to a certain byte.
        errors="replace",
    )
    if done.returncode:
        raise BenchmarkError(f"the load failed: {done.stderr.strip()}")
    return done


def _read(latencies: Path) -> "array.array[int]":
    measured = array.array("I")
    measured.frombytes(latencies.read_bytes())
    latencies.unlink()
    return measured


def read_others(path: Path) -> list[Other]:
    """Read, and remove, what the load kept to be judged."""
    others = []
    with path.open("rb") as file:
        while head := file.read(OTHER.size):
            line, status, took_us, length = OTHER.unpack(head)
            others.append(Other(line, status, took_us, file.read(length)))
    path.unlink()
    return others
