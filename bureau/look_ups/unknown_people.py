"""Notice a caller that tries numbers.

Whoever handles claims asks about people who hold certificates, or say so. Whoever
tries numbers mostly meets people nobody knows. So each caller's share of unknown
people in a window of time is watched; a high one is an alert for people to look at,
never a refusal, since a batch of honest claims may look the same.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
FEWEST_UNKNOWN = 20
"""A handful of unknown people is no pattern."""
ALARMING_SHARE = 0.5
MAX_CALLERS = 10_000


@dataclass(slots=True)
class _Window:
    """One caller's window; people are pseudonyms, or what stands for a wrong id."""

    since: datetime
    known: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    is_reported: bool = False


class UnknownPeopleWatch:
    """Counts known and unknown people by caller and window."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def note(self, caller: str, person: str, at: datetime, *, is_known: bool) -> int:
        """Count one person; return how many were unknown if that is alarming news."""
        window = self._windows.get(caller)
        if window is None or at - window.since > WINDOW:
            self._forget_old(at)
            window = self._windows[caller] = _Window(at)
        (window.known if is_known else window.unknown).add(person)
        unknown = len(window.unknown)
        if window.is_reported or unknown < FEWEST_UNKNOWN:
            return 0
        if unknown < ALARMING_SHARE * (unknown + len(window.known)):
            return 0
        window.is_reported = True
        return unknown

    def _forget_old(self, at: datetime) -> None:
        if len(self._windows) >= MAX_CALLERS:
            self._windows = {
                caller: window
                for caller, window in self._windows.items()
                if at - window.since <= WINDOW
            }
