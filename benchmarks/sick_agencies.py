"""What is answered while one agency is in trouble, one kind of trouble after the other.

Half of what a gateway can do is asked, whether answers come or not. All is well for a
while; then one agency is struck, and stays so; then, where its circuit is open, the
same is asked again. Each trouble has a gateway of its own. What is answered is read to
the last word: all that the other agencies say has to be there, and that one is unknown.
"""

import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from benchmarks import native
from benchmarks.burst import whole_holders
from benchmarks.gateway import open_on
from benchmarks.judging import judged
from benchmarks.measuring import percentile_ms
from benchmarks.native import Fault, Offered
from benchmarks.overload import VOLUME, capacity
from benchmarks.phases import load_of, plan
from benchmarks.stage import Phase, Server, Stage

SICK = "transport"
TROUBLES: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.SILENT: "takes a question and says nothing",
        Fault.DEAD: "the same, and takes no new connection",
        Fault.HALF: "sends half of an answer and no more",
        Fault.RESET: "resets each connection",
        Fault.ERROR: "answers 500",
        Fault.GARBAGE: "answers what is no JSON",
        Fault.BAD_SIGNATURE: "no signature is right",
        Fault.SLOW: "answers a second later, in time",
        Fault.LATE: "answers three seconds later, too late",
        Fault.FLAPPING: "is silent in every other second",
    }
)
SHARE = 0.5
"""Of what a gateway can do, so much is asked."""
WELL_SECONDS, STRUCK_SECONDS, OPEN_SECONDS = 10.0, 20.0, 10.0
CIRCUIT = re.compile(
    rf'^gateway_circuit_state{{agency="{SICK}",operation="LOOK_UP"}} ([\d.]+)$',
    re.MULTILINE,
)
COUNTED = ("asked", "wrong", "lost", "beyond", "refused")


def sick(stage: Stage, database_url: str) -> dict[str, float]:
    """Return how soon was answered while each trouble lasted, and the worst."""
    delays: Mapping[str, float] = {}
    core = stage.cores.load
    counts: Counter[str] = Counter()
    found: dict[str, float] = {}
    with native.agencies(
        stage.folder, stage.corpus, core=core, delays=delays
    ) as agencies:
        its_own = replace(stage, addresses=agencies)
        for trouble in TROUBLES:
            one = _struck(its_own, database_url, trouble)
            counts.update({name: round(one.pop(name)) for name in COUNTED})
            found |= {f"{trouble}_{name}": figure for name, figure in one.items()}
    worst = {
        f"worst_{name}": max(v for of, v in found.items() if of.endswith(f"_{name}"))
        for name in ("p999_ms", "open_share")
    }
    return {**counts, **worst, **found}


def _struck(stage: Stage, database_url: str, trouble: Fault) -> dict[str, float]:
    """Return what came of one trouble."""
    folder = stage.folder / f"{trouble}-{time.monotonic_ns()}"
    core = stage.cores.server
    opening = open_on(stage, Phase.SEEN, folder, core, database_url, is_patient=False)
    with opening as server:
        whole = whole_holders(server, stage)
        load = load_of(stage, server, Phase.SEEN, plan(Phase.SEEN, VOLUME))
        offer = partial(
            native.offer,
            stage.folder,
            load,
            cores=(stage.cores.load,),
            rate=SHARE * capacity(stage, load),
        )
        well = offer(seconds=WELL_SECONDS)
        with native.ordering(stage.addresses[SICK]) as order:
            order(trouble)
            struck = offer(seconds=STRUCK_SECONDS)
            is_open = _is_open(server)
            while_open = offer(seconds=OPEN_SECONDS) if is_open else None
    told = judged(struck.others, whole, stage.corpus.today, [SICK])
    for wrong in told.wrong[:1]:
        sys.stderr.write(f"{trouble}: {wrong}\n")
    took = [*struck.latencies_us, *told.incomplete_us]
    healthy_ms = percentile_ms(well.latencies_us, 50)
    found = {
        "asked": len(struck.late_us),
        "wrong": len(told.wrong),
        "lost": struck.lost,
        "beyond": told.beyond,
        "refused": len(struck.refusals_us),
        "healthy_p50_ms": healthy_ms,
        "healthy_p999_ms": percentile_ms(well.latencies_us, 99.9),
        "p50_ms": percentile_ms(took, 50),
        "p999_ms": percentile_ms(took, 99.9),
        "late_p99_ms": percentile_ms(struck.late_us, 99),
    }
    if while_open is not None:
        found["open_share"] = 100 * _answered_p50_ms(while_open) / healthy_ms
    return found


def _answered_p50_ms(offered: Offered) -> float:
    """Return the median of whatever was answered, whole or not."""
    others = [one.took_us for one in offered.others]
    return percentile_ms([*offered.latencies_us, *others], 50)


def _is_open(server: Server) -> bool:
    told = CIRCUIT.search(server.get("/metrics"))
    return told is not None and float(told[1]) > 0
