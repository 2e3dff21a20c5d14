"""Phrases: small objects of the graph that say the same again and again.

A finding is one of a few hundred, and a certificate has seven. An object whose type
says that it is a phrase (``is_phrase``) is one object for all that is equal to it, and
depends on nothing but itself: at a place of a plan where no resolver below it asks for
more, its JSON is made once and found again by the object's identity.

There is room in bytes. When it is full everything goes: what is still said is soon
there again.
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

MAX_BYTES = 2 * 1024 * 1024
OVERHEAD_BYTES = 512
"""What a phrase weighs beside its bytes: its object, which may live here alone."""

Render = Callable[[Any, Any], dict[str, Any]]


class Phrases:
    """All phrases that a process keeps, by place."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: dict[object, dict[object, orjson.Fragment]] = {}
        self._bytes_taken = 0

    @property
    def bytes_taken(self) -> int:
        """Return about how much memory they take."""
        return self._bytes_taken

    def told(
        self, place: object, phrases: Sequence[object], render: Render
    ) -> list[orjson.Fragment]:
        """Return the JSON of each of ``phrases`` at a ``place`` of a plan."""
        kept = self._kept.get(place, {})
        found = [*map(kept.get, phrases)]
        if None not in found:
            return found  # type: ignore[return-value]  # there is none, see above
        return [
            json or self._told_first(place, phrase, render)
            for phrase, json in zip(phrases, found, strict=True)
        ]

    def _told_first(
        self, place: object, phrase: object, render: Render
    ) -> orjson.Fragment:
        # Nothing of the request is handed on, so that nothing of it can get in.
        json = orjson.dumps(render(phrase, ()))
        weight = OVERHEAD_BYTES + len(json)
        if self._bytes_taken + weight > self._max_bytes:
            self._kept.clear()
            self._bytes_taken = 0
        fragment = orjson.Fragment(json)
        if weight <= self._max_bytes:
            self._kept.setdefault(place, {})[phrase] = fragment
            self._bytes_taken += weight
        return fragment
