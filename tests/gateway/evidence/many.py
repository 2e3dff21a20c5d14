"""Try many invented bundles and traces, and many forgeries: ``make bundles``.

    python -m tests.gateway.evidence.many TRACES BUNDLES FORGED

Prints how many there were, how many of them the two programs disagreed on, and the
processor's time that it took.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.gateway.evidence.forged import mutated
from tests.gateway.evidence.logs import bundles, collected, policy_text
from tests.gateway.evidence.programs import by_node, by_python
from tests.gateway.evidence.test_recomputed import recomputed, same, traced

AT_ONCE = 5_000
IN_A_LOG = 250


def traces(count: int) -> int:
    """Return on how many traces the two ways to a verdict differ."""
    differing = 0
    for start in range(0, count, AT_ONCE):
        rng = random.Random(start)  # noqa: S311 - an example, no secret
        made = [traced(rng) for _ in range(min(AT_ONCE, count - start))]
        found = recomputed([trace for trace, _ in made])
        for (_, verdict), other in zip(made, found, strict=True):
            differing += other != json.loads(json.dumps(same(verdict)))
    return differing


def of_both(seed: int, count: int) -> list[bytes]:
    """Return bundles of decisions, and as many of certificates."""
    half = count // 2
    return [*bundles(seed, count - half), *bundles(seed, half, collected)]


def refused(count: int, policy: Path) -> int:
    """Return how many honest bundles either program refuses."""
    wrong = 0
    for start in range(0, count, IN_A_LOG):
        made = of_both(start, min(IN_A_LOG, count - start))
        for one, other in zip(made, by_node(made, policy), strict=True):
            is_released = by_python(one, policy_text()).is_released
            wrong += not (is_released and other.is_released)
    return wrong


def released(count: int, policy: Path) -> int:
    """Return how many forged bundles either program releases."""
    wrong, honest = 0, of_both(1, IN_A_LOG)
    for start in range(0, count, IN_A_LOG):
        rng = random.Random(start)  # noqa: S311 - an example, no secret
        forged = [
            mutated(rng.choice(honest), rng)[0]
            for _ in range(min(IN_A_LOG, count - start))
        ]
        for one, other in zip(forged, by_node(forged, policy), strict=True):
            wrong += other.is_released or by_python(one, policy_text()).is_released
    return wrong


def main(of_traces: int, of_bundles: int, of_forged: int) -> int:
    """Try as many of each; return how many were wrong."""
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / "policy.txt"
        policy.write_text(policy_text(), "utf-8")
        found = {
            f"of {of_traces} traces, verdicts that differ": traces(of_traces),
            f"of {of_bundles} bundles, refused": refused(of_bundles, policy),
            f"of {of_forged} forged bundles, released": released(of_forged, policy),
        }
    for words, count in found.items():
        sys.stdout.write(f"{words}: {count}\n")
    seconds = time.process_time() - began
    sys.stdout.write(f"{seconds:.0f} s of the processor's time, Node's beside it\n")
    return sum(found.values())


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
