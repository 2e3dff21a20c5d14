"""How many decisions a second fifty callers record, in a ledger of a million payments.

Each is on another claim and another certificate, which its agency vouches for now, and
is judged, sealed and on the disk before it is answered.
"""

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import islice

from benchmarks.gateway import open_on
from benchmarks.held_ids import held_ids
from benchmarks.ledgers import PAYMENTS, Filling, fill
from benchmarks.processes import BenchmarkError, cpu_seconds
from benchmarks.questions import DECIDE, PAYERS, Dialect, body, question_about
from benchmarks.stage import Phase, Stage, await_answer
from policy.districts import DISTRICTS

DECISIONS, WARM_UP = 1_000, 100
TRIES = 5
"""Where the changes of state are not read in time, a caller asks again, by one key."""
AGO = timedelta(days=400)
MICROSECONDS = 1_000_000
_DISTRICTS = sorted(DISTRICTS)


def decided(stage: Stage, database_url: str) -> dict[str, float]:
    """Return how fast decisions are recorded.

    Raises:
        BenchmarkError: one was refused, or too few people may be paid.
    """
    today = stage.corpus.today
    fill(database_url, Filling(paid_on=today - AGO))
    folder = stage.folder / f"decisions-{time.monotonic_ns()}"
    core = stage.cores.server
    with open_on(stage, Phase.COLD, folder, core, database_url) as server:
        first = question_about(Dialect.GATEWAY)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        people = stage.corpus.sizes.holders
        found = held_ids(server, people, today, eligible=True)
        # One of a person: whoever was paid before is judged by that, too.
        ids = list(islice((held[0] for held in found if held), WARM_UP + DECISIONS))
        if len(ids) < WARM_UP + DECISIONS:
            raise BenchmarkError(
                f"{len(ids)} of {people} people may be paid, "
                f"{WARM_UP + DECISIONS} are needed; raise --requests"
            )
        bodies = [_body(place, id_, today) for place, id_ in enumerate(ids)]

        def decide(numbered: tuple[int, str]) -> tuple[float, int]:
            place, text = numbered
            began, answer = time.perf_counter(), None
            for again in range(TRIES):
                _, answer = server.post(text, token=PAYERS[place % len(PAYERS)])
                if '"DecisionRecorded"' in json.dumps(answer):
                    return time.perf_counter() - began, again
            raise BenchmarkError(f"not recorded: {answer}")

        with ThreadPoolExecutor(len(PAYERS)) as payers:
            list(payers.map(decide, enumerate(bodies[:WARM_UP])))
            used, began = cpu_seconds(server.pids), time.perf_counter()
            places = range(WARM_UP, len(bodies))
            done = list(payers.map(decide, zip(places, bodies[WARM_UP:], strict=True)))
            lasted = time.perf_counter() - began
            used = cpu_seconds(server.pids) - used
    took = sorted(seconds for seconds, _ in done)
    return {
        "ledger": PAYMENTS,
        "decisions": DECISIONS,
        "callers": len(PAYERS),
        "again": sum(again for _, again in done),
        "decisions_a_second": DECISIONS / lasted,
        "cpu_us_a_decision": used / DECISIONS * MICROSECONDS,
        "p50_ms": statistics.median(took) * 1000,
        "p99_ms": took[len(took) * 99 // 100] * 1000,
    }


def _body(place: int, id_: str, today: date) -> str:
    decision = {
        "claim": f"benchmark-{place}",
        "certificate": id_,
        "outcome": "APPROVED",
        "district": _DISTRICTS[place % len(_DISTRICTS)],
        "category": "EMPLOYED",
    }
    variables = {"key": f"key-{place}", "decision": decision, "on": today.isoformat()}
    return body(DECIDE, variables)
