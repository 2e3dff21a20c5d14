"""Renderings that are kept, so that what was shown before need not be judged again.

An object of the graph may say what its rendering depends on (``Kept``). Below it a plan
hands resolvers a ``Sight`` and not the request, so that nothing else can get in: not
the moment, not the caller, not the purpose. A rendering is kept for one place of one
plan; callers who see people and callers who see masks never share one.

What is kept is bytes of JSON, bounded in bytes. Nothing has to be thrown away when a
record is revoked or a key withdrawn: then there is another record, or none.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import orjson
from cachetools import LRUCache

from resolvers.privacy import Veil

if TYPE_CHECKING:
    from resolvers.context import Services

MAX_BYTES = 8 * 1024 * 1024
OVERHEAD_BYTES = 8 * 1024
"""What a rendering weighs beside its bytes: its key, and the record it is of, which
may be kept nowhere else any more."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a request a kept rendering may depend on."""

    services: "Services"
    veil: Veil
    today: date


class Kept(Protocol):
    """An object of the graph whose rendering is worth keeping."""

    live: ClassVar[frozenset[str]]
    """The fields below it that depend on more, as ``Type.field``; a selection with
    one of them is not kept."""

    def depends_on(self, sight: Sight) -> tuple[Hashable, ...]:
        """Return everything its rendering depends on, by value or by identity."""

    def pinned(self) -> object:
        """Return what must live on, so that no identity means something else."""


class SightInfo:
    """What resolvers below a kept object get as their info."""

    __slots__ = ("context",)

    def __init__(self, context: Sight) -> None:
        self.context = context


@dataclass(frozen=True, slots=True)
class _Rendering:
    pinned: object
    json: orjson.Fragment
    weight: int


class Renderings:
    """All renderings that a process keeps."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._kept: LRUCache[tuple[Hashable, ...], _Rendering] = LRUCache(
            max_bytes, getsizeof=lambda rendering: rendering.weight
        )

    @property
    def bytes_taken(self) -> int:
        """Return about how much memory they take."""
        return int(self._kept.currsize)

    def rendered(
        self,
        place: object,
        shown: Kept,
        sight: Sight,
        render: Callable[[Any, Any], dict[str, Any]],
    ) -> orjson.Fragment:
        """Return the JSON of ``shown`` at a ``place`` of a plan."""
        key = (place, *shown.depends_on(sight))
        rendering = self._kept.get(key)
        if rendering is None:
            json = orjson.dumps(render(shown, (SightInfo(sight),)))
            rendering = _Rendering(
                shown.pinned(), orjson.Fragment(json), OVERHEAD_BYTES + len(json)
            )
            if rendering.weight <= self._kept.maxsize:
                self._kept[key] = rendering
        return rendering.json
