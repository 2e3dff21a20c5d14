"""Build the two C programs, and start the agencies and the load."""

import array
import json
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one run of the load."""

    answered: int
    wrong: int
    seconds: float
    latencies_us: "array.array[int]"  # subscriptable from Python 3.12 on


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
    head = programs / f"head-{load.port}.txt"
    latencies = programs / f"latencies-{load.port}.bin"
    head.write_bytes(load.head)
    done = subprocess.run(  # noqa: S603 - our own program
        [
            *pinned(*cores),
            str(programs / "load"),
            *map(str, (load.port, load.connections, requests, skip, seconds)),
            *map(str, (load.verified, head, load.bodies, latencies, load.word)),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BenchmarkError(f"the load failed: {done.stderr.strip()}")
    told = json.loads(done.stdout)
    if told["wrong"]:
        raise WrongAnswersError(
            f"{told['wrong']} of {told['answered']} answers are wrong, the first: "
            f"{done.stderr.strip()}"
        )
    measured = array.array("I")
    measured.frombytes(latencies.read_bytes())
    latencies.unlink()
    return Asked(told["answered"], told["wrong"], told["seconds"], measured)
