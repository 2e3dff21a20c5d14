"""Answers that may be handed out again, for so long and within so many bytes.

All are kept for the same time, so the one that came first is also the first to be too
old: nothing is searched for, and nothing stays in memory beyond its time by more than
it takes until the next answer comes.
"""

import time
from collections import OrderedDict

from connectors.answer import Answer
from connectors.manifest import Cache
from policy.identity import Identity

ANSWER_FACTOR = 8
"""What an answer weighs for each byte that was signed: parsed, and as it came."""


class AnswerCache:
    """The answer cache of one agency."""

    def __init__(self, cache: Cache) -> None:
        self._seconds = cache.ttl_seconds
        self._all_room = self._room = cache.bytes_each
        # Full at so many people, or at so many bytes if their answers are large.
        self._share = cache.bytes_each // cache.holders
        self._kept: OrderedDict[Identity, tuple[Answer, float, int]] = OrderedDict()
        """With each answer, until when it may be used and what it weighs."""

    def __len__(self) -> int:
        """Return how many answers are in memory, those included that are too old."""
        return len(self._kept)

    def get(self, holder: Identity) -> Answer | None:
        """Return what was answered about ``holder``, if it is not too old."""
        kept = self._kept.get(holder)
        if kept is None or kept[1] <= time.monotonic():
            return None
        return kept[0]

    def keep(self, holder: Identity, answer: Answer) -> None:
        """Keep ``answer`` instead of what was kept, the oldest leaving if need be.

        It is not kept if there is no time for which it may be, or not room enough.
        """
        takes = max(self._share, _weight(answer))
        if not self._seconds or takes > self._all_room:
            return
        kept, now = self._kept, time.monotonic()
        if holder in kept:
            self._room += kept.pop(holder)[2]
        while kept:
            _, until, taken = next(iter(kept.values()))
            if now < until and takes <= self._room:
                break
            kept.popitem(last=False)
            self._room += taken
        kept[holder] = answer, now + self._seconds, takes
        self._room -= takes

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()
        self._room = self._all_room


def _weight(answer: Answer) -> int:
    """Return about how many bytes an answer takes: its proofs, parsed and as came."""
    return sum(ANSWER_FACTOR * len(proof.payload) for proof in answer.proofs)
