"""Events of a page stay together, and are shown once for all where all are seen."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from resolvers.subscriptions.following import shown_together
from tests.resolvers.test_store_away import answer


@dataclass(frozen=True)
class Event:
    """An event that has a number."""

    number: int


async def pages(*numbers: Sequence[int]) -> AsyncGenerator[Sequence[Event], None]:
    for page in numbers:
        yield [Event(number) for number in page]


def shown(*numbers: Sequence[int], **how: Any) -> list[Any]:
    """Return what is shown of pages of events."""
    events: Any = pages(*numbers)

    async def followed() -> list[Any]:
        found = shown_together(events, lambda one: f"event {one.number}", **how)
        return [one async for one in found]

    return asyncio.run(followed())


def test_what_does_not_pass_is_left_out_and_a_page_of_nothing_with_it() -> None:
    found = shown([1, 2], [3], [4, 6], passes=lambda one: one.number % 2 == 0)

    assert found == [["event 2"], ["event 4", "event 6"]]


def test_a_page_that_all_see_is_known_by_its_first_number_and_its_last() -> None:
    def once(
        numbers: tuple[int, int], show: Callable[[], Sequence[str]]
    ) -> Sequence[object]:
        return [numbers, *show()]

    assert shown([1], [1, 2], [2, 3, 4], once=once) == [
        [(1, 1), "event 1"],
        [(1, 2), "event 1", "event 2"],
        [(2, 4), "event 2", "event 3", "event 4"],
    ]
    # Who wants some of them alone is shown them by itself.
    assert shown([1], once=once, passes=lambda _: True) == [["event 1"]]


def test_each_kind_of_event_has_the_cursor_of_its_newest() -> None:
    @dataclass
    class Feed:
        number: int

        async def newest(self) -> int:
            return self.number

    fields = {
        "certificate_states": "certificateStates",
        "connector_states": "connectorStates",
        "sanctions": "sanctions",
        "decisions": "decisions",
        "recoveries": "recoveries",
    }
    feeds = {name: Feed(number) for number, name in enumerate(fields)}

    found = answer(
        f"{{ eventCursors {{ {' '.join(fields.values())} }} }}",
        feeds=SimpleNamespace(**feeds),
        cursors=SimpleNamespace(of=lambda kind, number: f"{kind} {number}"),
    )

    assert found.errors is None
    assert found.data is not None
    assert found.data["eventCursors"] == {
        field: f"{name.replace('_', '-')} {number}"
        for number, (name, field) in enumerate(fields.items())
    }
