"""Note an agency's recent health by its answers to real questions."""

from collections.abc import Callable, Iterable
from datetime import datetime

from connectors.answer import Answer, SourceOutcome

CONCLUSIVE = frozenset({SourceOutcome.ANSWERED, SourceOutcome.NONE})
"""The outcomes after which it is known what the agency has."""

SILENT = frozenset(
    {
        SourceOutcome.TIMED_OUT,
        SourceOutcome.UNREACHABLE,
        SourceOutcome.CIRCUIT_OPEN,
    }
)
"""The outcomes after which nothing came."""


class Health:
    """The last call's outcome; nothing is known before the first."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.last_outcome: SourceOutcome | None = None
        self.asked_at: datetime | None = None

    def note(self, answers: Iterable[Answer]) -> None:
        """Note one call: an agency that answered for anybody in it is answering."""
        first, *others = [answer.outcome for answer in answers]
        if first not in CONCLUSIVE:
            first = next(filter(CONCLUSIVE.__contains__, others), first)
        self.last_outcome = first
        self.asked_at = self._clock()

    @property
    def is_answering(self) -> bool | None:
        """Whether the last call was answered; ``None`` before the first."""
        if self.last_outcome is None:
            return None
        return self.last_outcome in CONCLUSIVE

    @property
    def is_speaking(self) -> bool | None:
        """Whether the last call brought anything; ``None`` before the first.

        An agency that refuses or is not believed is there: one person's bad record
        does not make it unreachable.
        """
        if self.last_outcome is None:
            return None
        return self.last_outcome not in SILENT
