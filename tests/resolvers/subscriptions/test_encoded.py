"""What is shown of an event is kept within bounds."""

from resolvers.subscriptions.encoded import MAX_BYTES, Encoded


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
