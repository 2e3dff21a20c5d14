"""What a second address is worth where five answers in a hundred take ten times longer.

One agency is at two addresses, which are slow independently of each other. A gateway
that knows one of them is asked, then one that knows both; who is asked how often, the
agency counts itself. What is asked is a quarter of what the gateway can do.
"""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from benchmarks import native
from benchmarks.burst import whole_holders
from benchmarks.gateway import open_on
from benchmarks.judging import took_us
from benchmarks.measuring import percentile_ms
from benchmarks.native import Fault
from benchmarks.overload import VOLUME, capacity
from benchmarks.phases import load_of, plan
from benchmarks.stage import Phase, Stage

SLOW = "transport"
DELAY_SECONDS = 0.02
"""How long its usual answer takes."""
SHARE = 0.25
LEARNING_SECONDS, ASKED_SECONDS = 5.0, 30.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What a gateway did."""

    calls: int
    again: int
    """Of those, so many were made at the second address."""
    p50_ms: float
    p99_ms: float


def hedged(stage: Stage, database_url: str) -> dict[str, float]:
    """Return the latencies with and without a second address, and what it costs."""
    core = stage.cores.load
    delays = {SLOW: DELAY_SECONDS}
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(
                native.agencies(stage.folder, stage.corpus, core=core, delays=delays)
            )
            for _ in range(2)
        )
        alone = replace(stage, addresses=first)
        both = replace(alone, second_addresses={SLOW: second[SLOW]})
        without = _asked(alone, database_url, second[SLOW])
        with_ = _asked(both, database_url, second[SLOW])
    return {
        "calls": with_.calls,
        "more_calls": 100 * with_.again / (with_.calls - with_.again),
        "unhedged_p50_ms": without.p50_ms,
        "unhedged_p99_ms": without.p99_ms,
        "p50_ms": with_.p50_ms,
        "p99_ms": with_.p99_ms,
        "p99_share": 100 * with_.p99_ms / without.p99_ms,
    }


def _asked(stage: Stage, database_url: str, second: str) -> _Found:
    """Ask a gateway for a while, once it knows what is usual.

    Raises:
        BenchmarkError: an answer was wrong, or did not come.
    """
    folder = stage.folder / f"hedging-{time.monotonic_ns()}"
    core, asking = stage.cores.server, (stage.cores.load,)
    with ExitStack() as stack:
        orders = [
            stack.enter_context(native.ordering(address))
            for address in (stage.addresses[SLOW], second)
        ]
        server = stack.enter_context(
            open_on(stage, Phase.SEEN, folder, core, database_url, is_patient=False)
        )
        whole = whole_holders(server, stage)
        load = load_of(stage, server, Phase.SEEN, plan(Phase.SEEN, VOLUME))
        rate = SHARE * capacity(stage, load)
        offer = partial(native.offer, stage.folder, load, cores=asking, rate=rate)
        for order in orders:
            order(Fault.TAIL)
        offer(seconds=LEARNING_SECONDS)
        for order in orders:
            order(Fault.TAIL)
        offered = offer(seconds=ASKED_SECONDS)
        first_asked, second_asked = (order(Fault.NONE) for order in orders)
    took = took_us(offered, whole, stage.corpus.today)
    return _Found(
        calls=first_asked + second_asked,
        again=second_asked,
        p50_ms=percentile_ms(took, 50),
        p99_ms=percentile_ms(took, 99),
    )
