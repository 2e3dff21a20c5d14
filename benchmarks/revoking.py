"""How soon a revocation is in the answers of every gateway."""

import json
import statistics
import time
from contextlib import ExitStack
from datetime import UTC, datetime

from benchmarks.gateway import open_on
from benchmarks.minting import signed
from benchmarks.people import certificates
from benchmarks.processes import BenchmarkError
from benchmarks.questions import Dialect, Question, question_about
from benchmarks.stage import Phase, Server, Stage, await_answer
from benchmarks.transfers import line, send
from signing.envelope import PayloadType

AGENCY = "emergency-management"
REVOCATIONS = 40
REVOKED = "REVOKED"
PATIENCE_SECONDS = 10.0


def revoked(stage: Stage, database_url: str) -> dict[str, float]:
    """Return how long after its acknowledgement a revocation is known everywhere.

    Two gateways share the database and keep answers for an hour; both were asked about
    the person before. One is sent the revocation, both are asked until both say so.

    Raises:
        BenchmarkError: one never did.
    """
    folder = stage.folder / f"revocation-{time.monotonic_ns()}"
    cores = (stage.cores.server, stage.cores.load)
    with ExitStack() as stack:
        servers = []
        for place, core in enumerate(cores):
            opening = open_on(
                stage, Phase.WARM, folder / str(place), core, database_url
            )
            server = stack.enter_context(opening)
            first = question_about(Dialect.GATEWAY)(stage.corpus.sizes.checked_from)
            await_answer(server, first.body)
            servers.append(server)
        took = [_revoked(stage, servers, index) for index in range(REVOCATIONS)]
    took.sort()
    return {
        "gateways": len(servers),
        "revocations": REVOCATIONS,
        "p50_ms": statistics.median(took) * 1000,
        "slowest_ms": took[-1] * 1000,
    }


def _revoked(stage: Stage, servers: list[Server], index: int) -> float:
    question = question_about(Dialect.GATEWAY)(index)
    if any(_says_revoked(server, question) for server in servers):
        raise BenchmarkError(f"person {index} was revoked before")
    held = certificates(index, AGENCY, stage.corpus.today)[0]
    content = {
        **held.payload(),
        "state": REVOKED,
        "stateSince": stage.corpus.today.isoformat(),
    }
    jws = signed(AGENCY, content, datetime.now(UTC), PayloadType.STATE)
    send(servers[0], AGENCY, [line(index + 1, jws)], "/states")
    acknowledged = time.perf_counter()
    unaware = list(servers)
    while unaware:
        unaware = [one for one in unaware if not _says_revoked(one, question)]
        if time.perf_counter() - acknowledged > PATIENCE_SECONDS:
            raise BenchmarkError(f"person {index} is not revoked everywhere")
    return time.perf_counter() - acknowledged


def _says_revoked(server: Server, question: Question) -> bool:
    _, answer = server.post(question.body)
    return f'"{REVOKED}"' in json.dumps(answer)
