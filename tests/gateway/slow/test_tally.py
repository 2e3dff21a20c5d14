"""The time of a question's parts, which overlap."""

from connectors.spans import Attributes, Part
from gateway.slow.tally import Spell, Tally, Timed


def test_time_in_which_several_things_are_under_way_counts_once() -> None:
    spell = Spell()
    spell.begin(10.0)
    spell.begin(11.0)
    spell.end(12.0)
    spell.end(14.0)
    spell.begin(20.0)
    spell.end(21.0)

    assert spell.until(30.0) == 5.0


def test_what_is_left_under_way_counts_until_it_is_asked() -> None:
    spell = Spell()
    spell.begin(10.0)

    assert spell.until(12.5) == 2.5


class Trace:
    """A trace's span, which notes what it is told."""

    def __init__(self, told: list[object]) -> None:
        self.told = told

    traceparent: str | None = "00-1"

    def begin(self, kind: Part) -> "Trace":
        self.told.append(kind)
        return self

    def put(self, attributes: Attributes) -> None:
        self.told.append(dict(attributes))

    def end(self, error_type: str | None = None) -> None:
        self.told.append(error_type)


def test_a_trace_beside_is_told_all_of_it() -> None:
    told: list[object] = []
    span = Timed(Tally(), Part.REQUEST, Trace(told)).begin(Part.AGENCY)

    span.put({"gateway.agency": "transport"})
    span.begin(Part.EXCHANGE).end("RefusedError")
    span.end()

    assert told == [
        Part.AGENCY,
        {"gateway.agency": "transport"},
        Part.EXCHANGE,
        "RefusedError",
        None,
    ]
    assert span.traceparent == "00-1"


def test_without_a_trace_there_is_no_traceparent_to_hand_on() -> None:
    assert Timed(Tally(), Part.REQUEST, None).begin(Part.EXCHANGE).traceparent is None


def test_parts_of_each_kind_are_told_apart() -> None:
    tally = Tally()
    root = Timed(tally, Part.REQUEST, None)
    for kind in (Part.AGENCY, Part.STORE, Part.OPERATION, Part.EXCHANGE):
        root.begin(kind).end()

    assert tally.agencies.until(0.0) > 0
    assert tally.store.until(0.0) > 0
    assert tally.others.until(0.0) >= tally.agencies.until(0.0)
