"""What a gateway does that is asked more than it can answer.

First it is asked by as many connections as in other phases, which is what it can do.
Then so many questions a second are offered as it could answer, twice and four times as
many, whether answers come or not. A question is as old as the moment at which it was to
be asked, so that one that found no connection waits like any other. What counts is the
right answer within the deadline.
"""

import time
from collections.abc import Sequence
from functools import partial

from benchmarks import native
from benchmarks.gateway import open_on
from benchmarks.measuring import Volume, percentile
from benchmarks.native import Offered
from benchmarks.phases import load_of, plan
from benchmarks.processes import resident_bytes, settle
from benchmarks.questions import question_about
from benchmarks.stage import Phase, Stage, await_answer

DEADLINE_SECONDS = 2.0
"""The gateway's default."""
TIMES = (1, 2, 4)
VOLUME = Volume(500, 4_000, 30.0)
OFFERED_SECONDS = 15.0
MILLISECOND_US = 1_000


def overloaded(stage: Stage, database_url: str) -> dict[str, float]:
    """Return what is answered of so many times what can be, and how soon."""
    folder = stage.folder / f"overload-{time.monotonic_ns()}"
    core, asking = stage.cores.server, (stage.cores.load,)
    opening = open_on(stage, Phase.SEEN, folder, core, database_url, is_patient=False)
    with opening as server:
        first = question_about(server.dialect)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        how = plan(Phase.SEEN, VOLUME)
        load = load_of(stage, server, Phase.SEEN, how)
        ask = partial(
            native.ask, stage.folder, load, cores=asking, seconds=how.volume.seconds
        )
        ask(requests=how.volume.warm_up)
        asked = ask(requests=how.volume.requests)
        can = asked.answered / asked.seconds
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


def _told(times: int, offered: Offered, can: float) -> dict[str, float]:
    deadline_us = DEADLINE_SECONDS * native.MICROSECONDS
    good = sum(1 for took in offered.latencies_us if took <= deadline_us)
    return {
        f"good_share_{times}": 100 * good / (can * OFFERED_SECONDS),
        f"p99_ms_{times}": _percentile_ms(offered.latencies_us, 99),
        f"refused_p50_ms_{times}": _percentile_ms(offered.refusals_us, 50),
    }


def _percentile_ms(latencies_us: Sequence[int], percent: float) -> float:
    """Return the latency that so many do not exceed; 0 where there was none."""
    ordered = sorted(latencies_us)
    return percentile(ordered, percent) / MILLISECOND_US if ordered else 0.0
