"""What a gateway does that is asked more than it can answer.

First it is asked by as many connections as in other phases, which is what it can do.
Then so many questions a second are offered as it could answer, twice and four times as
many, whether answers come or not. A question is as old as the moment at which it was to
be asked, so that one that found no connection waits like any other. What counts is the
right answer within the deadline.
"""

import time
from functools import partial

from benchmarks import native
from benchmarks.gateway import open_on
from benchmarks.measuring import DEADLINE_US, Volume, percentile_ms
from benchmarks.native import Load, Offered
from benchmarks.phases import load_of, plan
from benchmarks.processes import resident_bytes, settle
from benchmarks.questions import question_about
from benchmarks.stage import Phase, Stage, await_answer

TIMES = (1, 2, 4)
VOLUME = Volume(500, 4_000, 30.0)
WARM_UP_SECONDS, CAPACITY_SECONDS = 3.0, 8.0
OFFERED_SECONDS = 15.0
FOREVER_US = 2**32 - 1


def overloaded(stage: Stage, database_url: str) -> dict[str, float]:
    """Return what is answered of so many times what can be, and how soon."""
    folder = stage.folder / f"overload-{time.monotonic_ns()}"
    core, asking = stage.cores.server, (stage.cores.load,)
    opening = open_on(stage, Phase.SEEN, folder, core, database_url, is_patient=False)
    with opening as server:
        first = question_about(server.dialect)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        load = load_of(stage, server, Phase.SEEN, plan(Phase.SEEN, VOLUME))
        can = capacity(stage, load)
        found = {"can": can, "memory_before_mb": resident_bytes(server.pids) / 1e6}
        for times in TIMES:
            settle()
            offered = native.offer(
                stage.folder,
                load,
                cores=asking,
                rate=can * times,
                seconds=OFFERED_SECONDS,
            )
            found |= _told(times, offered, can)
        found["memory_mb"] = resident_bytes(server.pids) / 1e6
    return found


def capacity(stage: Stage, load: Load) -> float:
    """Return how many questions a second are answered where all who ask wait."""
    come = partial(
        native.come,
        stage.folder,
        load,
        cores=(stage.cores.load,),
        first=load.connections,
        ramp_seconds=0,
    )
    come(seconds=WARM_UP_SECONDS)
    asked = come(seconds=CAPACITY_SECONDS)
    return len(asked.latencies_us) / asked.seconds


def _told(times: int, offered: Offered, can: float) -> dict[str, float]:
    # What is not right took for ever.
    took = [*offered.latencies_us, *[FOREVER_US] * (len(offered.others) + offered.lost)]
    good = sum(1 for one in took if one <= DEADLINE_US)
    return {
        f"good_share_{times}": 100 * good / (can * OFFERED_SECONDS),
        f"p99_ms_{times}": percentile_ms(took, 99),
        f"refused_p50_ms_{times}": percentile_ms(offered.refusals_us, 50),
    }
