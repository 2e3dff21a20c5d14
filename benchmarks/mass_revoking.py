"""A registry revokes a thousand certificates at once, and a thousand clients are told.

All follow one gateway, which is asked about people meanwhile, as before: a fifth of
what it can do. What counts is how long after the acknowledgement the last client is
told of the last revocation, and what those who ask notice of it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial

from benchmarks import native
from benchmarks.burst import whole_holders
from benchmarks.followers import Followers, following
from benchmarks.gateway import open_on
from benchmarks.judging import took_us
from benchmarks.measuring import percentile_ms
from benchmarks.minting import signed
from benchmarks.native import Offered
from benchmarks.overload import VOLUME, capacity
from benchmarks.people import certificates
from benchmarks.phases import SEEN_PEOPLE, load_of, plan
from benchmarks.processes import BenchmarkError, resident_bytes
from benchmarks.revoking import AGENCY, REVOKED
from benchmarks.stage import Phase, Stage
from benchmarks.transfers import line, send
from signing.envelope import PayloadType

REVOCATIONS, SUBSCRIBERS = 1_000, 1_000
SHARE = 0.2
CALM_SECONDS, SLICE_SECONDS = 20.0, 1.0
TOLD_SECONDS = 120.0


def mass_revoked(stage: Stage, database_url: str) -> dict[str, float]:
    """Return how soon all were told of all, and how look-ups fared.

    Raises:
        BenchmarkError: somebody was not told, or cut off, or answered wrongly.
    """
    folder = stage.folder / f"mass-revocation-{time.monotonic_ns()}"
    core, asking = stage.cores.server, (stage.cores.load,)
    lines = _lines(stage)
    with ExitStack() as stack:
        server = stack.enter_context(
            open_on(stage, Phase.SEEN, folder, core, database_url, is_patient=False)
        )
        whole = whole_holders(server, stage)
        load = load_of(stage, server, Phase.SEEN, plan(Phase.SEEN, VOLUME))
        rate = SHARE * capacity(stage, load)
        followers = stack.enter_context(following(server, SUBSCRIBERS))
        offer = partial(native.offer, stage.folder, load, cores=asking, rate=rate)
        calm = offer(seconds=CALM_SECONDS)
        asker = stack.enter_context(ThreadPoolExecutor(1))
        is_over = threading.Event()
        asked = asker.submit(_asked_until, is_over, offer)
        began = time.perf_counter()
        send(server, AGENCY, lines, "/states")
        acknowledged = time.perf_counter()
        _await_all(followers, acknowledged)
        is_over.set()
        under_way = asked.result()
        memory_mb = resident_bytes(server.pids) / 1e6
    calm_ms, p99_ms = (
        percentile_ms(
            [us for one in some for us in took_us(one, whole, stage.corpus.today)], 99
        )
        for some in ([calm], under_way)
    )
    return {
        "subscribers": SUBSCRIBERS,
        "revocations": REVOCATIONS,
        "acknowledged_ms": (acknowledged - began) * 1000,
        "last_told_ms": (followers.last_at() - began) * 1000,
        "look_ups_a_second": rate,
        "calm_p99_ms": calm_ms,
        "p99_ms": p99_ms,
        "p99_share": 100 * p99_ms / calm_ms,
        "refused": sum(len(one.refusals_us) for one in under_way),
        "memory_mb": memory_mb,
    }


def _asked_until(
    is_over: threading.Event, offer: Callable[..., Offered]
) -> list[Offered]:
    """Ask until all were told, and no longer: calm would hide what they noticed."""
    found = [offer(seconds=SLICE_SECONDS)]
    while not is_over.is_set():
        found.append(offer(seconds=SLICE_SECONDS))
    return found


def _await_all(followers: Followers, acknowledged: float) -> None:
    while any(told < REVOCATIONS for told in followers.told()):
        if followers.cut_off() or time.perf_counter() - acknowledged > TOLD_SECONDS:
            raise BenchmarkError(
                f"of {SUBSCRIBERS} followers {followers.cut_off()} were cut off, and "
                f"the one that knows least was told {min(followers.told())} revocations"
            )
        time.sleep(0.02)


def _lines(stage: Stage) -> Sequence[bytes]:
    """Return signed revocations, of people nobody asks about."""
    now, today = datetime.now(UTC), stage.corpus.today
    lines = []
    for number in range(REVOCATIONS):
        held = certificates(SEEN_PEOPLE + number, AGENCY, today)[0]
        content = {
            **held.payload(),
            "state": REVOKED,
            "stateSince": today.isoformat(),
        }
        jws = signed(AGENCY, content, now, PayloadType.STATE)
        lines.append(line(number + 1, jws))
    return lines
