"""Answers that may be returned again, for so long and within so many bytes.

After that they may stand in for a while, if the agency is silent (``stale``). All are
kept for the same time, so the one that came first is also the first to be too old:
nothing is searched for, and nothing stays in memory beyond its time by more than it
takes until the next answer comes.
"""

import time

from connectors.answer import Answer
from connectors.manifest_cache import Cache
from connectors.weighed import Weighed
from policy.identity import Identity

ANSWER_FACTOR = 8
"""What an answer weighs for each byte that was signed: parsed, and as it came."""


class AnswerCache:
    """The answer cache of one agency."""

    def __init__(self, cache: Cache) -> None:
        self._seconds = cache.ttl_seconds
        self._stale_seconds = cache.stale_if_error_seconds
        # Full at so many people, or at so many bytes if their answers are large.
        self._share = cache.bytes_each // cache.holders
        self._kept: Weighed[Identity, tuple[Answer, float]] = Weighed(cache.bytes_each)
        """With each answer, until when it may be used as if it had just come."""
        self.clear = self._kept.clear
        self.drop = self._kept.drop

    def __len__(self) -> int:
        """Return how many answers are in memory, those included that are too old."""
        return len(self._kept)

    def get(self, holder: Identity, late_seconds: float = 0.0) -> Answer | None:
        """Return what was answered about ``holder``, if it is not too old.

        It may be so many seconds too old.
        """
        kept = self._kept.get(holder)
        if kept is None:
            return None
        answer, until = kept[0]
        return answer if until + late_seconds > time.monotonic() else None

    def get_stale(self, holder: Identity) -> Answer | None:
        """Return the same, if it is not too old to stand in for a silent agency."""
        return self.get(holder, self._stale_seconds)

    def keep(self, holder: Identity, answer: Answer) -> None:
        """Keep ``answer`` instead of what was kept, dropping the oldest if need be.

        It is not kept if there is no time for which it may be, or not room enough.
        """
        if not self._seconds + self._stale_seconds:
            return
        now = time.monotonic()
        oldest = now - self._stale_seconds
        while (first := self._kept.first()) is not None and first[1][1] <= oldest:
            self._kept.drop_first()
        takes = max(self._share, _weight(answer))
        self._kept.put(holder, (answer, now + self._seconds), takes)


def _weight(answer: Answer) -> int:
    """Return about how many bytes an answer takes: its proofs, parsed and as came."""
    return ANSWER_FACTOR * sum([len(proof.payload) for proof in answer.proofs])
