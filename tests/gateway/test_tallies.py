"""What is counted in plain dictionaries reads as what Prometheus counts itself."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from gateway.buckets import SECONDS
from gateway.tallies import CountedCounter, CountedHistogram

COUNTER = ("things", "Things.", ("kind", "result"))
HISTOGRAM = ("things_seconds", "How long they took.", ("kind",))
TIMES = (0.0, 0.005, 0.0051, 0.25, 4.9, 5.0, 5.1, 1000.0)


def _shown(registry: CollectorRegistry) -> list[str]:
    """Return the lines but for when something began."""
    lines = generate_latest(registry).decode().splitlines()
    return [
        line for line in lines if not line.startswith("things") or "_cre" not in line
    ]


def test_a_scrape_shows_what_prometheus_would_have_counted() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    counted = CountedCounter(*COUNTER, registry=ours)
    timed = CountedHistogram(*HISTOGRAM, buckets=SECONDS, registry=ours)
    counter = Counter(*COUNTER, registry=theirs)
    histogram = Histogram(*HISTOGRAM, buckets=SECONDS, registry=theirs)
    nothing = _shown(ours)

    for _ in range(2):
        for labels in (("b", "lost"), ("a", "won"), ("b", "lost")):
            counted.fresh[labels] += 3
            counter.labels(*labels).inc(3)
        for seconds in TIMES:
            timed.took(("a",), seconds)
            histogram.labels("a").observe(seconds)
        assert _shown(ours) == _shown(theirs)
        # Nothing counts twice.
        assert _shown(ours) == _shown(theirs)
    assert _shown(ours) != nothing


def test_it_shows_since_when_there_is_something_to_count() -> None:
    registry = CollectorRegistry()
    counted = CountedCounter(*COUNTER, registry=registry)
    timed = CountedHistogram(*HISTOGRAM, buckets=SECONDS, registry=registry)
    labels = {"kind": "a", "result": "won"}
    counted.fresh["a", "won"] += 1
    timed.took(("a",), 1)

    first = registry.get_sample_value("things_created", labels)
    began = registry.get_sample_value("things_seconds_created", {"kind": "a"})
    counted.fresh["a", "won"] += 1
    timed.took(("a",), 1)

    assert first is not None
    assert began is not None
    assert registry.get_sample_value("things_created", labels) == first
    assert registry.get_sample_value("things_seconds_created", {"kind": "a"}) == began
