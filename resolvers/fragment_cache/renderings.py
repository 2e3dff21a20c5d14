"""Renderings that are kept, so that what was shown before need not be judged again.

An object of the graph may say what its rendering depends on (``Kept``), of what of a
request it may see (``resolvers.fragment_cache.sight``). Below it a plan hands resolvers
that and not the request, so that nothing else can get in: not the moment, not the
caller, not the purpose. A rendering is kept for one place of one
plan; callers who see people and callers who see masks never share one.

What is kept is bytes of JSON, bounded in bytes. Nothing has to be thrown away when a
record is revoked or a key withdrawn: then there is another record, or none. Whatever
is kept as a whole has no parts that are kept beside it.

Phrases are small objects of the graph that say the same again and again: a finding is
one of a few hundred, and a certificate has seven. An object whose type says that it is
one (``is_phrase``) is one object for all that is equal to it, and depends on nothing
but itself: at a place of a plan where no resolver below it asks for more, its JSON is
made once and found again by the object's identity.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import orjson

from connectors.weighed import Weighed

Seen = TypeVar("Seen")
"""The part of a request that a rendering may depend on."""
Seen_contra = TypeVar("Seen_contra", contravariant=True)
MAX_BYTES = 10 * 1024 * 1024
OVERHEAD_BYTES = 1024
"""What a rendering weighs beside its bytes and what it depends on."""
MAX_PHRASE_BYTES = 2 * 1024 * 1024
PHRASE_OVERHEAD_BYTES = 512
"""What a phrase weighs beside its bytes: its object, which may live here alone."""


class Kept(Protocol[Seen_contra]):
    """An object of the graph whose rendering is worth keeping."""

    live: ClassVar[frozenset[str]]
    """The fields below it that depend on more, as ``Type.field``; a selection with
    one of them is not kept."""

    def depends_on(self, sight: Seen_contra) -> tuple[Hashable, ...]:
        """Return everything its rendering depends on, by value."""

    @property
    def dependence_bytes(self) -> int:
        """Return about what that takes; it may be kept nowhere else any more."""


class SightInfo(Generic[Seen]):
    """The info of resolvers below a kept object."""

    __slots__ = ("context",)

    def __init__(self, context: Seen) -> None:
        self.context = context


@dataclass(slots=True)
class _Rendering:
    json: orjson.Fragment
    is_wanted: bool = False
    """Whether it was asked for since its turn to go was last looked at."""


Render = Callable[[Any, Any], dict[str, Any]]


class Phrases:
    """All phrases that a process keeps, by place.

    When there is no room left everything goes: what is still said is soon there again.
    """

    def __init__(self, max_bytes: int = MAX_PHRASE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: dict[object, dict[object, orjson.Fragment]] = {}
        self._bytes_taken = 0

    @property
    def bytes_taken(self) -> int:
        """Return about how much memory they take."""
        return self._bytes_taken

    def rendered(
        self, place: object, phrases: Sequence[object], render: Render
    ) -> list[orjson.Fragment]:
        """Return the JSON of each of ``phrases`` at a ``place`` of a plan."""
        kept = self._kept.get(place, {})
        found = [*map(kept.get, phrases)]
        if None not in found:
            return found  # type: ignore[return-value]  # there is none, see above
        return [
            json or self._rendered_first(place, phrase, render)
            for phrase, json in zip(phrases, found, strict=True)
        ]

    def _rendered_first(
        self, place: object, phrase: object, render: Render
    ) -> orjson.Fragment:
        # Nothing of the request is passed, so that nothing of it can get in.
        json = orjson.dumps(render(phrase, ()))
        weight = PHRASE_OVERHEAD_BYTES + len(json)
        if self._bytes_taken + weight > self._max_bytes:
            self._kept.clear()
            self._bytes_taken = 0
        fragment = orjson.Fragment(json)
        if weight <= self._max_bytes:
            self._kept.setdefault(place, {})[phrase] = fragment
            self._bytes_taken += weight
        return fragment


class Renderings:
    """All renderings that a process keeps.

    The oldest goes first, unless it is wanted: then it is the youngest again. That is
    as good as an order of use, and an answer from here changes no order.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: Weighed[tuple[Hashable, ...], _Rendering] = Weighed(max_bytes)
        self.phrases = Phrases()
        """What is kept of the smallest parts, which depend on nothing."""

    @property
    def bytes_taken(self) -> int:
        """Return about how much memory they take."""
        return self._kept.bytes_taken

    def rendered(
        self,
        place: object,
        shown: Kept[Seen],
        sight: Seen,
        render: Render,
    ) -> orjson.Fragment:
        """Return the JSON of ``shown`` at a ``place`` of a plan."""
        key = (place, *shown.depends_on(sight))
        kept = self._kept.get(key)
        if kept is not None:
            rendering = kept[0]
            rendering.is_wanted = True
            return rendering.json
        json = orjson.dumps(render(shown, (SightInfo(sight),)))
        weight = OVERHEAD_BYTES + shown.dependence_bytes + len(json)
        rendering = _Rendering(orjson.Fragment(json))
        if weight <= self._max_bytes:
            self._make_room(weight)
            self._kept.put(key, rendering, weight)
        return rendering.json

    def _make_room(self, weight: int) -> None:
        while not self._kept.has_room(weight):
            key, oldest, its_weight = self._kept.take_first()
            if oldest.is_wanted:
                oldest.is_wanted = False
                self._kept.put(key, oldest, its_weight)
