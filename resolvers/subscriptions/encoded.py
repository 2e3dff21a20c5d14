"""Events that are shown and encoded once, whoever and however many follow them.

A registry that revokes a thousand certificates tells a thousand followers of each. What
an event of these kinds shows depends on nothing but the event and what of it is
selected: not on the caller, who is asked for apart and each time. So the object of the
graph is made once, and its JSON once for each document. Both are bounded; what is no
more there is made again.

Deliveries take turns. A few followers are judged and encoded for at a time, and between
two of them the loop answers whoever asks.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar, cast

from bureau.caller import Caller
from connectors.weighed import Weighed

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

AT_ONCE = 2
"""How many deliveries are made between two looks at everybody else."""
MAX_BYTES = 4 * 1024 * 1024
OVERHEAD_BYTES = 512
"""What an encoded event weighs beside its bytes: its key."""
SHOWN_BYTES = 2 * 1024
"""What an event and its object of the graph weigh, with the longest reason."""
MAX_SHOWN_BYTES = 4 * 1024 * 1024


class Page(tuple[T_co, ...]):  # noqa: SLOT001 - a tuple's subclass can have none
    """Events that all who keep up are shown, by one object that nothing else equals.

    They look alike to whoever may see them, and who may follows from the event and the
    caller alone. So it is judged once a caller, however many connections that has.
    """

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    def __init__(self, _events: Iterable[T_co]) -> None:
        self._seen: dict[Caller, Page[T_co] | None] = {}
        """What of it callers may see; ``None`` for all of it."""

    def seen_by(self, caller: Caller, is_seen: Callable[[T_co], bool]) -> "Page[T_co]":
        """Return what of it ``caller`` may see, judged if it was not before."""
        if caller not in self._seen:
            seen = [one for one in self if is_seen(one)]
            self._seen[caller] = None if len(seen) == len(self) else Page(seen)
        found = self._seen[caller]
        return self if found is None else found


class Encoded:
    """The last events as they are sent."""

    def __init__(self) -> None:
        self._shown: Weighed[Hashable, object] = Weighed(MAX_SHOWN_BYTES)
        self._encoded: Weighed[Hashable, bytes] = Weighed(MAX_BYTES)
        self.turn = asyncio.Semaphore(AT_ONCE)
        """Held while an event is judged and encoded for a follower."""

    def shown(self, kind: str, number: int, make: Callable[[], T]) -> T:
        """Return what shows an event, made by ``make`` if nobody has."""
        found = self._shown.get((kind, number))
        if found is not None:
            return cast("T", found[0])
        made = make()
        self._shown.put((kind, number), made, SHOWN_BYTES)
        return made

    def page(
        self, kind: str, numbers: tuple[int, int], make: Callable[[], Sequence[T]]
    ) -> Page[T]:
        """Return what shows all events between two numbers, both among them.

        All who keep up take the same page of a feed.
        """
        found = self._shown.get((kind, numbers))
        if found is not None:
            return cast("Page[T]", found[0])
        made = Page(make())
        self._shown.put((kind, numbers), made, SHOWN_BYTES * len(made))
        return made

    def get(self, key: Hashable) -> bytes | None:
        """Return the JSON that was made before."""
        found = self._encoded.get(key)
        return None if found is None else found[0]

    def put(self, key: Hashable, text: bytes) -> None:
        """Keep the JSON of an event for a document."""
        self._encoded.put(key, text, OVERHEAD_BYTES + len(text))
