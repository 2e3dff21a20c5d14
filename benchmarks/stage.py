"""What a measurement is made on: folders, cores, data, and who can be started there."""

import http.client
import json
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from benchmarks.minting import Corpus
from benchmarks.processes import BenchmarkError, Cores, is_running
from benchmarks.questions import CREDENTIALS, ROOT, Dialect, question_about

HOST = "127.0.0.1"
DELAYS = {"emergency-management": 0.005, "fire-rescue": 0.010, "transport": 0.020}
"""For how many seconds the slow agencies hold an answer back."""
READY_SECONDS = 90.0


class Phase(StrEnum):
    """What a server is put to."""

    COLD = "cold"
    """Nobody is asked about twice; of agencies that answer for one person a call."""
    COLD_SHARED = "cold-shared"
    """The same, of agencies that answer for many in a call."""
    SEEN = "seen"
    """The same people again and again; answers are not kept."""
    WARM = "warm"
    """The same people again and again, within the time that answers are kept."""
    BATCH = "batch"
    """Twenty people a request, nobody twice."""
    BATCH_SEEN = "batch-seen"
    """Twenty people a request, the same again and again; answers are not kept."""
    CLAIMS = "claims"
    """Five hundred stated certificates a request, nobody's twice."""
    CLAIMS_SEEN = "claims-seen"
    """The same five hundred again and again; answers are not kept."""
    COLLECTED = "collected"
    """Nobody is asked about twice, and no agency: its records were sent before."""
    COLLECTED_BATCH = "collected-batch"
    """Twenty people a request, likewise."""
    COLLECTED_CLAIMS = "collected-claims"
    """Five hundred stated certificates a request, likewise."""
    WIDE = "wide"
    """People with two hundred certificates, nobody twice."""
    COLD_DUTIES = "cold-duties"
    """As cold, of those who carry what every gateway to people's data has to."""
    WARM_DUTIES = "warm-duties"
    """As warm, likewise."""
    RECEIPTS = "receipts"
    """As warm, and each answer is signed for who asked."""
    LATENCY = "latency"
    """One question at a time, of agencies that take their time."""
    START_UP = "start-up"
    """From nothing to the first good answer."""
    SCALE = "scale"
    """One gateway on one core, and two on two."""
    MEMORY = "memory"
    """A million questions to one process."""


COLLECTED = frozenset({Phase.COLLECTED, Phase.COLLECTED_BATCH, Phase.COLLECTED_CLAIMS})
"""Where our gateway has the records, while the peers ask for them."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A Python and a folder with the gateway's source: this one, or another."""

    python: Path = Path(sys.executable)
    source: Path = ROOT


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything runs."""

    folder: Path
    """For programs, logs and configurations; made anew for every run."""
    corpus: Corpus
    addresses: Mapping[str, str]
    """Of the agencies, by id."""
    slow_addresses: Mapping[str, str]
    """The same, of agencies that take their time."""
    cores: Cores
    checkout: Checkout
    node: str
    second_addresses: Mapping[str, str] = field(default_factory=dict)
    """Of agencies that are at two addresses."""


@dataclass(slots=True)
class Server:
    """A server that answers."""

    name: str
    port: int
    dialect: Dialect
    pids: list[int]
    """The process that clients talk to, with all its children."""
    others: list[int] = field(default_factory=list)
    """What else it needs: a router's subgraphs."""
    log: Path = Path()
    credentials: Mapping[str, str] = field(default_factory=lambda: CREDENTIALS)
    """What a request states of who asks."""

    def post(
        self, body: str, path: str = "/graphql", token: str | None = None
    ) -> tuple[int, Any]:
        """Ask once, with another token if one is given; return status and answer."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            **self.credentials,
        }
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request("POST", path, body.encode(), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(text) if text else None

    def get(self, path: str) -> str:
        """Return the text at a path."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()


Open = Callable[[Stage, Phase, Path], AbstractContextManager[Server]]


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who can be started and asked."""

    name: str
    title: str
    phases: frozenset[Phase]
    open: Open
    """Start it in a folder, and yield it once its process runs."""


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def await_answer(server: Server, body: str) -> float:
    """Wait for the first good answer; return how long it took from now.

    Raises:
        BenchmarkError: none came in time.
    """
    started = time.perf_counter()
    said: object = None
    while time.perf_counter() - started < READY_SECONDS:
        if not all(map(is_running, server.pids)):
            raise BenchmarkError(f"{server.name} ended; see {server.log}")
        try:
            status, answer = server.post(body)
            said = answer
            if status == http.HTTPStatus.OK and answer and "errors" not in answer:
                return time.perf_counter() - started
        except (OSError, http.client.HTTPException, ValueError) as error:
            said = error
        time.sleep(0.005)
    raise BenchmarkError(
        f"{server.name} gave no good answer within {READY_SECONDS:.0f} s ({said}); "
        f"see {server.log}"
    )


@contextmanager
def opened(contender: Contender, stage: Stage, phase: Phase) -> Iterator[Server]:
    """Start a contender in a folder of its own and wait until it answers.

    Whom it is asked about is of the comparison; the rest stay unseen.
    """
    folder = stage.folder / f"{contender.name}-{time.monotonic_ns()}"
    folder.mkdir(parents=True)
    with contender.open(stage, phase, folder) as server:
        first = question_about(server.dialect)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        yield server
