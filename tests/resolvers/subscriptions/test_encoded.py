"""What is shown of an event is kept within bounds."""

from bureau.caller import Caller, Scope
from resolvers.subscriptions.encoded import MAX_BYTES, Encoded, Page


def test_they_take_no_more_than_they_may() -> None:
    encoded = Encoded()
    large = bytes(MAX_BYTES // 4)
    for number in range(8):
        encoded.put(number, large)
    for number in range(10_000):
        encoded.shown("kind", number, object)

    assert [number for number in range(8) if encoded.get(number)] == [5, 6, 7]
    assert encoded._encoded.bytes_taken <= MAX_BYTES
    assert len(encoded._shown) < 10_000


def test_an_event_is_shown_by_one_object() -> None:
    encoded = Encoded()
    first = encoded.shown("kind", 1, object)

    assert encoded.shown("kind", 1, object) is first
    assert encoded.shown("kind", 2, object) is not first
    assert encoded.shown("other", 1, object) is not first


def test_a_page_is_judged_once_for_each_who_is_another_caller() -> None:
    page, judged = Page([1, 2, 3]), list[int]()
    scopes = frozenset({Scope.READ_CERTIFICATES})
    one, less = Caller("one", scopes), Caller("one", frozenset())

    def is_odd(number: int) -> bool:
        judged.append(number)
        return number % 2 == 1

    assert page.seen_by(one, lambda _: True) is page
    assert page.seen_by(Caller("one", scopes), is_odd) is page
    assert judged == []
    # Who has lost a right is judged as somebody else.
    part = page.seen_by(less, is_odd)
    assert [*part] == [1, 3]
    assert page.seen_by(less, is_odd) is part
    assert judged == [1, 2, 3]
    assert not page.seen_by(Caller("nobody", scopes), lambda _: False)


def test_pages_of_the_same_events_are_not_taken_for_each_other() -> None:
    assert Page([1]) != Page([1])
    assert len({Page([1]), Page([1])}) == 2
