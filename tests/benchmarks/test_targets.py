"""A target is judged by the median of ratios, each of one turn."""

from dataclasses import replace

import pytest

from benchmarks.measuring import Measurement, bucket, bucket_ms, percentile
from benchmarks.offices import Figures, Work
from benchmarks.stage import Phase
from benchmarks.targets import LIMITS, TARGETS, Found, Standing, Target

HALF = Target(Phase.COLD, "peer", "a peer", 1.0, 0.5)


def measured(contender: str, phase: Phase, repeat: int, cpu_us: float) -> Measurement:
    return Measurement(
        contender=contender,
        phase=phase,
        repeat=repeat,
        answered=1000,
        requests_a_second=1e6 / cpu_us,
        cpu_us=cpu_us,
        front_us=cpu_us,
        p50_us=21_000,
        p99_us=30_000,
        memory_mb=100,
        largest_mb=80,
        memory_series_mb={100: 98, 1000: 100},
    )


def cold(ours: list[float], theirs: list[float]) -> Found:
    turns = [
        measured(name, Phase.COLD, repeat, cost)
        for name, costs in (("gateway", ours), ("peer", theirs))
        for repeat, cost in enumerate(costs)
    ]
    return Found({Phase.COLD: turns}, {})


def test_a_ratio_is_of_one_turn_and_the_median_counts() -> None:
    # The medians' ratio would be 2.
    found = cold([100, 200, 900], [100, 100, 1000])

    assert HALF.value(found) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("ours", "standing"),
    [
        pytest.param(50, Standing.STRETCH, id="last of the stretch"),
        pytest.param(51, Standing.MET, id="first beyond the stretch"),
        pytest.param(100, Standing.MET, id="last allowed"),
        pytest.param(101, Standing.NOT_MET, id="first refused"),
    ],
)
def test_a_target_is_met_up_to_its_bound(ours: float, standing: Standing) -> None:
    assert HALF.standing(cold([ours], [100])) is standing


def test_a_target_that_is_missed_says_by_how_much() -> None:
    assert HALF.told(cold([101], [100])) == "not met, by 1%"
    assert HALF.told(cold([100], [100])) == "met"


def test_without_a_peer_nothing_is_said() -> None:
    assert HALF.standing(cold([100], [])) is Standing.NOT_MEASURED


def test_a_wide_answer_is_compared_beyond_its_signatures() -> None:
    wide = next(target for target in TARGETS if target.phase is Phase.WIDE)
    turns = [
        measured("gateway", Phase.WIDE, 0, 200 * 90),
        measured("mercurius", Phase.WIDE, 0, 200 * 80),
    ]
    found = Found({Phase.WIDE: turns}, {"gateway": 60, "mercurius": 60})

    assert wide.value(found) == pytest.approx(1.5)


def works(value: float) -> dict[Work, dict[str, Figures]]:
    """Return a figure for whatever a limit of some work is about."""
    databases: dict[str, Figures] = {
        "SQLite": AllAlike(0),
        "PostgreSQL": AllAlike(value),
    }
    return dict.fromkeys(Work, databases)


class AllAlike(dict[str, float]):
    """Figures that are the same, whatever they are called."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __missing__(self, _: str) -> float:
        return self.value


def test_limits_hold_for_a_gateway_that_keeps_them() -> None:
    found = Found(
        {
            Phase.LATENCY: [measured("gateway", Phase.LATENCY, 0, 1000)],
            Phase.MEMORY: [measured("gateway", Phase.MEMORY, 0, 1000)],
            Phase.SCALE: [
                measured("gateway x1", Phase.SCALE, 0, 1000),
                measured("gateway x2", Phase.SCALE, 0, 500),
            ],
        },
        {},
        works(0),
    )

    assert {limit.standing(found) for limit in LIMITS} == {Standing.MET}


def test_limits_are_broken_by_a_gateway_that_grows_and_waits() -> None:
    slow = measured("gateway", Phase.LATENCY, 0, 1000)
    grown = measured("gateway", Phase.MEMORY, 0, 1000)
    found = Found(
        {
            Phase.LATENCY: [replace(slow, p50_us=21_501)],
            Phase.MEMORY: [replace(grown, memory_mb=151, largest_mb=151)],
            Phase.SCALE: [
                measured("gateway x1", Phase.SCALE, 0, 1000),
                measured("gateway x2", Phase.SCALE, 0, 1200),
            ],
        },
        {},
        works(1e9),
    )

    assert {limit.standing(found) for limit in LIMITS} == {Standing.NOT_MET}


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile(range(1, 101), 99) == 100


def test_a_bucket_holds_a_twentieth_of_a_power_of_ten() -> None:
    assert bucket_ms(bucket(10_000)) == pytest.approx(10.0)
