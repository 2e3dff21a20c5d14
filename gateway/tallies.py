"""Metrics that are counted a request: in plain dictionaries, and read at a scrape.

Prometheus' own take a lock and six calls each time something is counted. Here that is
one addition, in the event loop's thread alone; what was added up since the last time is
handed to Prometheus' own as they are read, in the same thread.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from prometheus_client import Counter, Histogram
from prometheus_client.metrics_core import Metric

T = TypeVar("T")
Labels = tuple[str, ...]
"""The values of a metric's labels; of closed sets, as they are kept."""


class Fresh(dict[Labels, T], Generic[T]):
    """What was added up since the last scrape, by labels."""

    def __init__(self, begin: Callable[[Labels], T]) -> None:
        super().__init__()
        self._begin = begin

    def __missing__(self, labels: Labels) -> T:
        """Begin with new labels."""
        begun = self[labels] = self._begin(labels)
        return begun


class CountedCounter(Counter):
    """A counter: ``fresh[labels] += 1``."""

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **named)
        self.fresh = Fresh(self._begun)

    def collect(self) -> Iterable[Metric]:
        """Return what was counted until now."""
        for labels, count in self.fresh.items():
            self.labels(*labels).inc(count)
            self.fresh[labels] = 0
        return super().collect()

    def _begun(self, labels: Labels) -> int:
        # At once: it shows since when there is something to count.
        self.labels(*labels)
        return 0


class CountedHistogram(Histogram):
    """A histogram: ``took(labels, seconds)``."""

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **named)
        self._bounds = tuple(self._upper_bounds)
        self._fresh = Fresh(self._begun)

    def took(self, labels: Labels, seconds: float) -> None:
        """Count what took ``seconds``."""
        found = self._fresh[labels]
        found[bisect_left(self._bounds, seconds)] += 1
        found[-1] += seconds

    def collect(self) -> Iterable[Metric]:
        """Return what was counted until now."""
        for labels, found in self._fresh.items():
            known = self.labels(*labels)
            known._sum.inc(found[-1])  # noqa: SLF001 - see the module
            for bucket, count in zip(known._buckets, found[:-1], strict=True):  # noqa: SLF001
                bucket.inc(count)
            self._fresh[labels] = self._none()
        return super().collect()

    def _begun(self, labels: Labels) -> list[float]:
        self.labels(*labels)
        return self._none()

    def _none(self) -> list[float]:
        """Return the counts of all buckets, and the sum of the seconds."""
        return [0.0] * (len(self._bounds) + 1)
