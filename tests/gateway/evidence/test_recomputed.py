"""A verdict is computed again from its trace, in another language, no code shared."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policy.catalogue import load_catalogue
from policy.eligibility import Eligibility, evaluate, without_certificate
from policy.level import Level
from policy.trace import trace_of, trace_without
from tests.gateway.evidence import invented
from tests.gateway.evidence.programs import piped

PROGRAM = Path(__file__).parent / "recompute.mjs"
MANY = 1_000


def traced(rng: random.Random) -> tuple[str, Eligibility]:
    """Return a trace, and the verdict that it is of."""
    edition, catalogue = rng.choice(invented.editions()), load_catalogue()
    parameters = edition.parameters
    if rng.random() < 0.15:
        item = rng.choice(list(catalogue.items.values()))
        level = rng.choice([*item.levels, *item.levels, Level.LEVEL_5])
        why, claim, day = invented.absence(rng), invented.claim(rng), invented.day(rng)
        verdict = without_certificate(
            item, level, why, claim=claim, figures=parameters.in_force(day)
        )
        trace = trace_without(
            *(why, verdict),
            claim=claim,
            is_another=False,
            edition=edition,
            today=day,
            figures_of=day,
        )
        return trace, verdict
    evidence = invented.evidence(rng)
    figures_of = evidence.as_of if rng.random() < 0.8 else invented.day(rng)
    verdict = evaluate(
        evidence, catalogue=catalogue, parameters=parameters, figures_of=figures_of
    )
    trace = trace_of(
        evidence, verdict, digest="0" * 64, edition=edition, figures_of=figures_of
    )
    return trace, verdict


def recomputed(traces: list[str]) -> Iterator[Any]:
    """Return what the other program makes of traces."""
    lines = [
        json.dumps({"digest": one.digest, "policy": one.text})
        for one in invented.editions()
    ]
    lines += [json.dumps({"trace": trace}) for trace in traces]
    yield from map(json.loads, piped(PROGRAM, "\n".join(lines)).splitlines())


def same(verdict: Eligibility) -> dict[str, Any]:
    """Return a verdict as the other program writes one."""
    return {
        "clauses": {one.clause: one.outcome for one in verdict.findings},
        "verdict": {
            "outcome": verdict.outcome,
            "itemCode": verdict.item_code,
            "level": verdict.level,
            "sharePercent": verdict.share_percent,
            "amountYuan": verdict.amount_yuan,
            "computedYuan": verdict.computed_yuan,
        },
    }


@pytest.mark.parametrize("seed", range(1))
def test_every_clause_the_verdict_and_the_sum_are_the_same(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - an example, no secret
    made = [traced(rng) for _ in range(MANY)]

    found = list(recomputed([trace for trace, _ in made]))

    assert len(found) == MANY
    for (trace, verdict), other in zip(made, found, strict=True):
        assert other == same(verdict), trace
