"""Compare lines with what the gateway has, by number and digest, and by nothing less.

A number that was used says that something came under it, not what. So a line is left
out only if the gateway tells that the very same bytes are kept under its number. It is
asked for digests where lines might be there, some thousand at a time, and only those of
one stretch of numbers are in memory; what lies outside is sent, and compared there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.collection.sent_lines import SentLine

MOST_PAGES = 4
"""How many answers one part of a file is compared with at most: numbers that are spread
over all of a long stream would have all of it told for each part."""


@dataclass(slots=True)
class Listing:
    """A stretch of a stream's numbers, and what is kept under each."""

    page_after: Callable[[int], Mapping[str, Any]]
    """Asks the gateway for the digests after a number."""
    _digests: dict[int, str] = field(default_factory=dict)
    _after: int = 0
    _to: int = 0
    """All that is kept from after ``_after`` to this number is in ``_digests``."""

    def left_of(self, part: Sequence[SentLine], last: int) -> list[SentLine]:
        """Return the lines that are not there; ``last`` is the stream's last number."""
        self._look_up(
            line.sequence for line in part if 1 <= (line.sequence or 0) <= last
        )
        return [line for line in part if not self._has(line)]

    def _has(self, line: SentLine) -> bool:
        if line.sequence is None or line.digest is None:
            return False
        return self._digests.get(line.sequence) == line.digest

    def _look_up(self, numbers: Iterable[int | None]) -> None:
        wanted = [number for number in numbers if number is not None]
        if not wanted:
            return
        first, last = min(wanted), max(wanted)
        if self._after < first and last <= self._to:
            return
        self._digests.clear()
        self._after = self._to = first - 1
        for _ in range(MOST_PAGES):
            page = self.page_after(self._to)
            found = dict(page["lines"])
            self._digests |= found
            self._to = last if page["isToEnd"] else max(found)
            if last <= self._to:
                return
