"""Where the time of one question went, by part; beside its trace, or without one.

Parts overlap: three agencies are waited for at once, and the audit log beside them. So
each kind has the time in which at least one part of it was under way.
"""

from time import perf_counter

from connectors.spans import Attributes, Part, Span

TIMED = frozenset({Part.AGENCY, Part.STORE})


class Spell:
    """Seconds in which at least one of several things was under way."""

    __slots__ = ("_count", "_seconds", "_since")

    def __init__(self) -> None:
        self._count = 0
        self._seconds = 0.0
        self._since = 0.0

    def begin(self, now: float) -> None:
        """One more is under way."""
        if not self._count:
            self._since = now
        self._count += 1

    def end(self, now: float) -> None:
        """One fewer is."""
        self._count -= 1
        if not self._count:
            self._seconds += now - self._since

    def until(self, now: float) -> float:
        """Return the seconds up to ``now``: something may be left under way."""
        return self._seconds + (now - self._since if self._count else 0.0)


class Tally:
    """The time of a question's parts."""

    def __init__(self) -> None:
        self.agencies = Spell()
        self.store = Spell()
        self.others = Spell()
        """Either of both: the rest is our own."""

    def begin(self, kind: Part) -> None:
        """A part is under way, if it is one that is timed."""
        if kind in TIMED:
            now = perf_counter()
            (self.agencies if kind is Part.AGENCY else self.store).begin(now)
            self.others.begin(now)

    def end(self, kind: Part) -> None:
        """It has ended."""
        if kind in TIMED:
            now = perf_counter()
            (self.agencies if kind is Part.AGENCY else self.store).end(now)
            self.others.end(now)


class Timed:
    """A span whose time is tallied; ``beside`` is that of a trace, if there is one."""

    __slots__ = ("_beside", "_kind", "_tally")

    def __init__(self, tally: Tally, kind: Part, beside: Span | None) -> None:
        self._tally = tally
        self._kind = kind
        self._beside = beside

    @property
    def traceparent(self) -> str | None:
        """See ``Span``."""
        return None if self._beside is None else self._beside.traceparent

    def begin(self, kind: Part) -> "Timed":
        """See ``Span``."""
        self._tally.begin(kind)
        beside = None if self._beside is None else self._beside.begin(kind)
        return Timed(self._tally, kind, beside)

    def put(self, attributes: Attributes) -> None:
        """See ``Span``."""
        if self._beside is not None:
            self._beside.put(attributes)

    def end(self, error_type: str | None = None) -> None:
        """See ``Span``."""
        self._tally.end(self._kind)
        if self._beside is not None:
            self._beside.end(error_type)
