"""A phrase is made once for a place, and all of them take no more than they may."""

from typing import Any

import orjson
import pytest

from resolvers.fragment_cache.renderings import PHRASE_OVERHEAD_BYTES, Phrases

PLACE = object()


class Phrase:
    """Says a text; counts how often it was made."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.made = 0


def render(phrase: Phrase, values: Any) -> dict[str, Any]:
    assert len(values) == 0
    phrase.made += 1
    return {"text": phrase.text}


def told(phrases: Phrases, *said: Phrase, place: object = PLACE) -> list[str]:
    found = orjson.loads(orjson.dumps(phrases.rendered(place, said, render)))
    return [one["text"] for one in found]


def test_what_is_said_again_is_made_once() -> None:
    phrases, first, second = Phrases(), Phrase("a"), Phrase("b")

    assert told(phrases, first) == ["a"]
    assert told(phrases, second, first, second) == ["b", "a", "b"]
    assert told(phrases, second, first) == ["b", "a"]

    assert first.made == 1
    assert second.made <= 2


def test_another_place_may_say_it_otherwise() -> None:
    phrases, phrase = Phrases(), Phrase("a")

    told(phrases, phrase)
    told(phrases, phrase, place=object())

    assert phrase.made == 2


def test_they_take_no_more_than_they_may() -> None:
    phrases = Phrases(max_bytes=10 * PHRASE_OVERHEAD_BYTES)

    for number in range(100):
        text = "x" * (number % 5) * 100
        assert told(phrases, Phrase(text), Phrase("y")) == [text, "y"]
        assert 0 < phrases.bytes_taken <= 10 * PHRASE_OVERHEAD_BYTES


def test_what_finds_no_room_is_shown_all_the_same() -> None:
    phrases = Phrases(max_bytes=PHRASE_OVERHEAD_BYTES)

    assert told(phrases, Phrase("large")) == ["large"]
    assert phrases.bytes_taken == 0


def test_what_cannot_be_shown_is_not_kept() -> None:
    phrases = Phrases()

    with pytest.raises(ZeroDivisionError):
        phrases.rendered(PLACE, [Phrase("a")], lambda _phrase, _values: {"": 1 // 0})

    assert phrases.bytes_taken == 0
