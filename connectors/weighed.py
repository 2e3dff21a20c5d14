"""Values within so many bytes: what caches of answers, records and renderings share.

Each value is weighed by whoever keeps it. The first is dropped first; what makes a
value young again, or too old, is the cache's own. Looking something up costs what it
costs in a dictionary.
"""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Weighed(Generic[K, V]):
    """Values with what each weighs, in an order, and the room that is left."""

    __slots__ = ("_all_room", "_kept", "_room", "get", "move_to_end")

    def __init__(self, room_bytes: int) -> None:
        self._all_room = self._room = room_bytes
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        # The dictionary's own, so that neither takes a call more: ``get`` returns a
        # value and its weight.
        self.get = self._kept.get
        self.move_to_end = self._kept.move_to_end

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self._kept)

    @property
    def bytes_taken(self) -> int:
        """Return what all values weigh."""
        return self._all_room - self._room

    def has_room(self, weight: int) -> bool:
        """Say whether a value fits in beside all that are there."""
        return weight <= self._room

    def first(self) -> tuple[K, V] | None:
        """Return the value that is dropped next."""
        for key in self._kept:
            return key, self._kept[key][0]
        return None

    def take_first(self) -> tuple[K, V, int]:
        """Let the first value go; return its key, itself and its weight.

        Nothing is looked up by the key, whose hash may take a while.

        Raises:
            KeyError: there is none.
        """
        key, (value, weight) = self._kept.popitem(last=False)
        self._room += weight
        return key, value, weight

    def drop_first(self) -> None:
        """Let the first value go."""
        self._room += self._kept.popitem(last=False)[1][1]

    def drop(self, key: K) -> None:
        """Let the value of ``key`` go, if there is one."""
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._room += kept[1]

    def put(self, key: K, value: V, weight: int) -> None:
        """Keep ``value`` as the last, instead of what ``key`` had.

        Those that come first leave until there is room. What weighs more than all the
        room is not kept, and pushes nobody out.
        """
        if weight > self._all_room:
            return
        if key in self._kept:
            self._room += self._kept.pop(key)[1]
        while self._room < weight:
            self.drop_first()
        self._kept[key] = value, weight
        self._room -= weight

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()
        self._room = self._all_room
