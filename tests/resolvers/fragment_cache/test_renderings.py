"""A rendering is kept for what it depends on, and for no longer than there is room."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, cast

import orjson
import pytest

from bureau.privacy.masks import Mask
from resolvers.context import Services
from resolvers.fragment_cache.renderings import OVERHEAD_BYTES, Renderings, SightInfo
from resolvers.fragment_cache.sight import Sight

SIGHT = Sight(cast("Services", None), Mask(lifted=False), date(2026, 5, 4))
PLACE = object()


@dataclass(frozen=True)
class Record:
    """What a thing is of."""

    text: str


@dataclass
class Thing:
    """Shown as its record's text; counts how often."""

    live: ClassVar[frozenset[str]] = frozenset()

    record: Record
    shown: int = 0

    def depends_on(self, sight: Sight) -> tuple[Hashable, ...]:
        return (self.record, sight.mask, sight.today)

    @property
    def dependence_bytes(self) -> int:
        return len(self.record.text)

    def render(self, _self: "Thing", values: Any) -> dict[str, Any]:
        self.shown += 1
        sight = values[0].context
        return {"text": self.record.text, "open": sight.mask.lifted}


def rendered(
    renderings: Renderings, thing: Thing, sight: Sight = SIGHT, place: object = PLACE
) -> Any:
    fragment = renderings.rendered(place, thing, sight, thing.render)
    return orjson.loads(orjson.dumps(fragment))


def test_the_same_is_rendered_once() -> None:
    renderings, thing = Renderings(), Thing(Record("a"))

    answers = [rendered(renderings, thing) for _ in range(3)]

    assert answers == [{"text": "a", "open": False}] * 3
    assert thing.shown == 1


@pytest.mark.parametrize(
    "sight",
    [
        pytest.param(replace(SIGHT, mask=Mask(lifted=True)), id="who looks"),
        pytest.param(replace(SIGHT, today=date(2026, 5, 5)), id="the day"),
    ],
)
def test_another_sight_is_rendered_anew(sight: Sight) -> None:
    renderings, thing = Renderings(), Thing(Record("a"))
    rendered(renderings, thing)

    answer = rendered(renderings, thing, sight)

    assert answer["open"] is sight.mask.lifted
    assert thing.shown == 2


def test_another_place_or_record_is_rendered_anew() -> None:
    renderings, thing = Renderings(), Thing(Record("a"))
    rendered(renderings, thing)

    rendered(renderings, thing, place=object())
    thing.record = Record("b")
    rendered(renderings, thing)

    assert thing.shown == 3


def test_an_equal_record_needs_no_other_rendering() -> None:
    renderings, thing = Renderings(), Thing(Record("a"))
    rendered(renderings, thing)

    thing.record = Record("a")
    rendered(renderings, thing)

    assert thing.shown == 1


def test_they_take_no_more_than_they_may() -> None:
    renderings = Renderings(max_bytes=10 * OVERHEAD_BYTES)

    for number in range(100):
        rendered(renderings, Thing(Record("x" * (number % 5) * 1000)))
        assert renderings.bytes_taken <= 10 * OVERHEAD_BYTES

    assert renderings.bytes_taken > 5 * OVERHEAD_BYTES


def test_what_is_wanted_stays_and_the_oldest_of_the_rest_goes() -> None:
    renderings = Renderings(max_bytes=4 * (OVERHEAD_BYTES + 100))
    things = [Thing(Record(text)) for text in "abcdef"]

    for thing in things:
        rendered(renderings, thing)
        rendered(renderings, things[0])
    for thing in (things[-1], things[0]):
        rendered(renderings, thing)

    assert [thing.shown for thing in things] == [1] * 6
    rendered(renderings, things[1])
    assert things[1].shown == 2


def test_what_it_depends_on_is_weighed_too() -> None:
    short, long = Renderings(), Renderings()

    rendered(short, Thing(Record("")))
    rendered(long, Thing(Record("x" * 1000)))

    assert long.bytes_taken == short.bytes_taken + 2000


def test_what_finds_no_room_is_shown_all_the_same() -> None:
    renderings, thing = Renderings(max_bytes=OVERHEAD_BYTES), Thing(Record("large"))

    assert rendered(renderings, thing)["text"] == "large"
    assert renderings.bytes_taken == 0


def test_resolvers_below_get_nothing_but_the_sight() -> None:
    info = SightInfo(SIGHT)

    assert [name for name in dir(info) if not name.startswith("_")] == ["context"]
    assert set(Sight.__slots__) == {"services", "mask", "today"}
