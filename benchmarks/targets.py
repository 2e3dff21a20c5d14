"""What we want to be able to say, as data, and how far that is true.

A target compares processor time a request, ours over a peer's. Both are taken from
the same turn of one run, and the median over the turns counts: a machine that was busy
in one of them was busy for both. ``at most`` is what has to hold, ``stretch`` what we
want.
"""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from benchmarks.gateway import GATEWAY
from benchmarks.measuring import Measurement
from benchmarks.minting import WIDE_CERTIFICATES
from benchmarks.offices import Figures, Work
from benchmarks.stage import DELAYS, Phase

SLOWEST_AGENCY_US = max(DELAYS.values()) * 1_000_000
FLAT = 1.05
"""A series is flat if its end is at most this many times what it was at a tenth."""


class Standing(StrEnum):
    """How far a target is reached."""

    STRETCH = "stretch"
    MET = "met"
    NOT_MET = "not met"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was measured, by phase."""

    measurements: Mapping[Phase, Sequence[Measurement]]
    signatures_us: Mapping[str, float]
    """What verifying one record's signature costs each contender's runtime."""
    works: Mapping[Work, Mapping[str, Figures]] = field(default_factory=dict)
    """What our gateway did for offices and agencies, by database."""

    def of(self, phase: Phase, contender: str) -> list[Measurement]:
        """Return a contender's measurements in a phase, in turn."""
        return [
            found
            for found in self.measurements.get(phase, ())
            if found.contender == contender
        ]

    def median(self, phase: Phase, contender: str) -> float | None:
        """Return the processor time a request, in microseconds."""
        figures = [found.cpu_us for found in self.of(phase, contender)]
        return statistics.median(figures) if figures else None


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio of processor time to a peer's, in one phase."""

    phase: Phase
    peer: str
    against: str
    """In words."""
    at_most: float
    stretch: float

    def value(self, found: Found) -> float | None:
        """Return the median ratio; nothing if one side was not measured."""
        ours, theirs = (
            found.of(self.phase, GATEWAY.name),
            found.of(self.phase, self.peer),
        )
        ratios = [
            _cost(our, found) / _cost(their, found)
            for our, their in zip(ours, theirs, strict=False)
        ]
        return statistics.median(ratios) if ratios else None

    def standing(self, found: Found) -> Standing:
        """Say how far it is reached."""
        return _standing(self.value(found), self.at_most, self.stretch)

    def told(self, found: Found) -> str:
        """Say the same, and by how much it is missed."""
        return _told(self.standing(found), self.value(found), self.at_most)


def _cost(measured: Measurement, found: Found) -> float:
    """Return what is compared; of wide answers, a certificate beyond its signature."""
    if measured.phase is not Phase.WIDE:
        return measured.cpu_us
    signature = found.signatures_us.get(measured.contender, 0.0)
    return measured.cpu_us / WIDE_CERTIFICATES - signature


def _told(standing: Standing, value: float | None, bound: float) -> str:
    if standing is not Standing.NOT_MET or value is None:
        return standing
    return f"{standing}, by {abs(value / bound - 1):.0%}" if bound else standing


def _standing(value: float | None, at_most: float, stretch: float | None) -> Standing:
    if value is None:
        return Standing.NOT_MEASURED
    if stretch is not None and value <= stretch:
        return Standing.STRETCH
    return Standing.MET if value <= at_most else Standing.NOT_MET


TARGETS: tuple[Target, ...] = (
    Target(Phase.COLD, "hive-rest", "Hive Gateway, REST sources", 0.50, 0.35),
    Target(Phase.COLD, "grafbase", "Grafbase, all processes", 0.50, 0.35),
    Target(
        Phase.COLD, "hive-router", "Hive Router's runtime, all processes", 0.50, 0.35
    ),
    Target(Phase.COLD, "apollo-gateway", "Apollo Gateway, all processes", 0.50, 0.35),
    Target(Phase.COLD, "mercurius", "Mercurius + JIT", 1.00, 0.80),
    Target(Phase.COLD, "yoga-bun", "Yoga on Bun", 1.50, 1.00),
    Target(Phase.COLD_SHARED, "yoga-bun", "Yoga on Bun", 1.50, 1.10),
    Target(Phase.COLD_SHARED, "hive-rest", "Hive Gateway, REST sources", 0.55, 0.45),
    Target(Phase.COLD_SHARED, "grafbase", "Grafbase, all processes", 0.60, 0.47),
    Target(
        Phase.COLD_DUTIES,
        "yoga-bun-duties",
        "Yoga on Bun, with the same duties",
        1.20,
        0.90,
    ),
    Target(Phase.SEEN, "yoga-bun", "Yoga on Bun, to which seen is cold", 0.70, 0.50),
    Target(Phase.WARM, "yoga-bun-cache", "Yoga on Bun, response cache", 1.80, 1.30),
    Target(
        Phase.WARM_DUTIES,
        "yoga-bun-cache-duties",
        "Yoga on Bun, response cache, with the same duties",
        0.90,
        0.70,
    ),
    Target(Phase.WARM, "yoga-node-cache", "Yoga on Node, response cache", 1.00, 0.50),
    Target(Phase.BATCH, "yoga-bun", "Yoga on Bun, a holder of 20", 1.00, 0.70),
    Target(Phase.BATCH_SEEN, "yoga-bun", "Yoga on Bun, a holder of 20", 0.25, 0.15),
    Target(Phase.COLLECTED, "yoga-bun", "Yoga on Bun, which asks", 0.60, 0.40),
    Target(
        Phase.COLLECTED_BATCH, "yoga-bun", "Yoga on Bun, a holder of 20", 0.40, 0.25
    ),
    Target(Phase.COLLECTED_CLAIMS, "yoga-bun", "Yoga on Bun, a claim", 0.40, 0.25),
    Target(
        Phase.WIDE,
        "mercurius",
        "Mercurius + JIT, a certificate beyond its signature",
        1.20,
        0.80,
    ),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure of our gateway alone that may not go beyond a bound."""

    phase: Phase | Work
    what: str
    bound: float
    value: Callable[[Found], float | None]
    at_least: bool = False

    def standing(self, found: Found) -> Standing:
        """Say whether it holds."""
        value = self.value(found)
        if value is None:
            return Standing.NOT_MEASURED
        holds = value >= self.bound if self.at_least else value <= self.bound
        return Standing.MET if holds else Standing.NOT_MET

    def told(self, found: Found) -> str:
        """Say the same, and by how much it is missed."""
        return _told(self.standing(found), self.value(found), self.bound)


def _latency(found: Found) -> float | None:
    asked = [one.p50_us for one in found.of(Phase.LATENCY, GATEWAY.name)]
    return (statistics.median(asked) - SLOWEST_AGENCY_US) / 1000 if asked else None


def _memory(found: Found) -> float | None:
    return next((one.memory_mb for one in found.of(Phase.MEMORY, GATEWAY.name)), None)


def _largest(found: Found) -> float | None:
    return next((one.largest_mb for one in found.of(Phase.MEMORY, GATEWAY.name)), None)


def _growth(found: Found) -> float | None:
    for one in found.of(Phase.MEMORY, GATEWAY.name):
        series = one.memory_series_mb
        tenth = min(series, key=lambda count: abs(count - one.answered / 10))
        return one.memory_mb / series[tenth]
    return None


def _pairs(found: Found) -> Iterator[tuple[Measurement, Measurement]]:
    alone = found.of(Phase.SCALE, f"{GATEWAY.name} x1")
    beside = found.of(Phase.SCALE, f"{GATEWAY.name} x2")
    return zip(alone, beside, strict=False)


def _scale_by_work(found: Found) -> float | None:
    ratios = [2 * one.cpu_us / two.cpu_us for one, two in _pairs(found)]
    return statistics.median(ratios) if ratios else None


def _scale_by_clock(found: Found) -> float | None:
    ratios = [
        two.requests_a_second / one.requests_a_second for one, two in _pairs(found)
    ]
    return statistics.median(ratios) if ratios else None


def _of_work(work: Work, name: str, what: str, bound: float) -> Limit:
    """Return the limit of a figure of one kind of work, on the worse database."""
    return Limit(work, what, bound, partial(_worst, work, name))


def _worst(work: Work, name: str, found: Found) -> float | None:
    return max((one[name] for one in found.works.get(work, {}).values()), default=None)


LIMITS: tuple[Limit, ...] = (
    Limit(
        Phase.LATENCY, "p50 beyond the slowest agency, one at a time, ms", 1.5, _latency
    ),
    Limit(
        Phase.MEMORY, "the process that serves, after all questions, MB", 150, _largest
    ),
    Limit(Phase.MEMORY, "with the process that watches over it, MB", 150, _memory),
    Limit(Phase.MEMORY, "both, over what they were after a tenth", FLAT, _growth),
    Limit(
        Phase.SCALE,
        "two processes over one, by processor time a request",
        1.8,
        _scale_by_work,
        at_least=True,
    ),
    Limit(
        Phase.SCALE,
        "two processes over one, by requests a second, who asks sharing the cores",
        1.8,
        _scale_by_clock,
        at_least=True,
    ),
    _of_work(Work.BURST, "wrong", "wrong answers, 50 to 500 clients in 40 s", 0),
    _of_work(Work.BURST, "lost", "questions without any answer", 0),
    _of_work(Work.SICK_AGENCY, "wrong", "wrong answers, whatever its trouble", 0),
    _of_work(
        Work.SICK_AGENCY,
        "worst_p999_ms",
        "p99.9 of a question, whatever its trouble, ms",
        2_050,
    ),
    _of_work(
        Work.SICK_AGENCY,
        "worst_open_share",
        "p50 while its circuit is open, % of what it is while all are well",
        110,
    ),
    _of_work(Work.HEDGING, "more_calls", "calls that are made twice, %", 5),
    _of_work(Work.HEDGING, "p99_share", "p99, % of what it is with one address", 50),
    _of_work(
        Work.MASS_REVOCATION,
        "last_told_ms",
        "until the last of 1,000 is told of the last of 1,000, ms",
        5_000,
    ),
    _of_work(
        Work.MASS_REVOCATION,
        "p99_share",
        "p99 of look-ups meanwhile, % of what it was",
        120,
    ),
)
