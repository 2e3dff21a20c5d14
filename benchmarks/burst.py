"""What clients are answered that come all at once, ten times as many within a minute.

Each asks, reads the answer and asks again; who is refused waits for as long as it was
told. At first there are as many as a gateway has no trouble with. What is answered is
read to the last word: an answer is right, or says what it leaves out, or refuses.
"""

import sys
import time
from dataclasses import replace
from typing import Any

from benchmarks import native
from benchmarks.answers import holder_of, require_honest
from benchmarks.gateway import open_on
from benchmarks.judging import judged
from benchmarks.measuring import DEADLINE_US, percentile_ms
from benchmarks.overload import VOLUME, capacity
from benchmarks.phases import SEEN_PEOPLE, TRIES, load_of, plan
from benchmarks.processes import BenchmarkError, resident_bytes
from benchmarks.questions import Question, question_about
from benchmarks.stage import Phase, Server, Stage, await_answer

FIRST, CLIENTS = 50, 500
RAMP_SECONDS, HELD_SECONDS = 40.0, 10.0


def burst(stage: Stage, database_url: str) -> dict[str, float]:
    """Return what the clients were answered, and how soon."""
    folder = stage.folder / f"burst-{time.monotonic_ns()}"
    core, asking = stage.cores.server, (stage.cores.load,)
    opening = open_on(stage, Phase.SEEN, folder, core, database_url, is_patient=False)
    with opening as server:
        whole = whole_holders(server, stage)
        load = load_of(stage, server, Phase.SEEN, plan(Phase.SEEN, VOLUME))
        can = capacity(stage, load)
        came = native.come(
            stage.folder,
            replace(load, connections=CLIENTS),
            cores=asking,
            first=FIRST,
            ramp_seconds=RAMP_SECONDS,
            seconds=RAMP_SECONDS + HELD_SECONDS,
        )
        memory_mb = resident_bytes(server.pids) / 1e6
    others = judged(came.others, whole, stage.corpus.today)
    for wrong in others.wrong[:1]:
        sys.stderr.write(f"burst: {wrong}\n")
    good = sum(1 for took in came.latencies_us if took <= DEADLINE_US)
    read = len(came.latencies_us) + len(came.others)
    return {
        "clients": CLIENTS,
        "answers": read,
        "wrong": len(others.wrong),
        "lost": came.lost,
        "incomplete": len(others.incomplete_us),
        "refused": len(came.refusals_us),
        "can": can,
        "good": good / came.seconds,
        "p50_ms": percentile_ms(came.latencies_us, 50),
        "p99_ms": percentile_ms([*came.latencies_us, *others.incomplete_us], 99),
        "memory_mb": memory_mb,
    }


def whole_holders(server: Server, stage: Stage) -> list[Any]:
    """Wait for the server; return what it says of those it is asked about again.

    It says it while everybody is well: of each person what was signed.

    Raises:
        BenchmarkError: it does not answer, or not wholly.
    """
    ask = question_about(server.dialect)
    await_answer(server, ask(stage.corpus.sizes.checked_from).body)
    return [_whole(server, ask(index)) for index in range(SEEN_PEOPLE)]


def _whole(server: Server, question: Question) -> Any:  # noqa: ANN401 - JSON
    for again in range(TRIES):
        holder = holder_of(server, question)
        try:
            require_honest({"honest": holder})
        except BenchmarkError:
            # A machine that stands still for seconds makes an agency late.
            if again + 1 == TRIES:
                raise
        else:
            return holder
    raise AssertionError
