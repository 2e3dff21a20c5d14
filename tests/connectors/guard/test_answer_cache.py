"""Kept answers are handed out for their time, and take no more room than there is."""

import pytest

from connectors.answer import Answer, SourceOutcome
from connectors.guard.answer_cache import ANSWER_FACTOR, AnswerCache
from connectors.manifest_cache import Cache
from policy.identity import Identity, IdType
from signing.envelope import VerifiedPayload
from tests.connectors.agency import RECORD, believed, record

PEOPLE = [Identity(IdType.PASSPORT, f"E{number:07}") for number in range(3)]
ONE, TWO, THREE = PEOPLE
NO_TIME = 1e-9
PROOF = believed(record(RECORD))


def answer(*proofs: VerifiedPayload) -> Answer:
    return Answer(agency="transport", outcome=SourceOutcome.ANSWERED, proofs=proofs)


def of_size(cache: Cache, share: float) -> Answer:
    """An answer that takes a share of all the room."""
    each = ANSWER_FACTOR * len(PROOF.payload)
    return answer(*[PROOF] * int(share * cache.bytes_each / each))


def test_an_answer_is_kept_until_another_takes_its_place() -> None:
    kept = AnswerCache(Cache())
    first, second = answer(), answer()

    kept.keep(ONE, first)
    assert kept.get(ONE) is first
    kept.keep(ONE, second)

    assert kept.get(ONE) is second
    assert kept.get(TWO) is None


def test_an_answer_is_not_handed_out_after_its_time_and_leaves_with_the_next() -> None:
    kept = AnswerCache(Cache(ttl_seconds=NO_TIME))

    kept.keep(ONE, answer())
    assert kept.get(ONE) is None
    kept.keep(TWO, answer())

    assert len(kept) == 1


def test_nothing_is_kept_for_no_time() -> None:
    kept = AnswerCache(Cache(ttl_seconds=0))

    kept.keep(ONE, answer())

    assert len(kept) == 0


def test_the_oldest_leaves_when_there_are_too_many() -> None:
    kept = AnswerCache(Cache(holders=2))

    for holder in PEOPLE:
        kept.keep(holder, answer())

    assert [kept.get(holder) is None for holder in PEOPLE] == [True, False, False]


@pytest.mark.parametrize(
    ("share", "left"),
    [
        pytest.param(0.3, [ONE, TWO, THREE], id="all have room"),
        pytest.param(0.4, [TWO, THREE], id="two have room"),
        pytest.param(0.9, [THREE], id="one has room"),
    ],
)
def test_the_oldest_leaves_when_they_are_too_large(
    share: float, left: list[Identity]
) -> None:
    cache = Cache(megabytes=2)
    kept = AnswerCache(cache)

    for holder in PEOPLE * 2:
        kept.keep(holder, of_size(cache, share))

    assert [holder for holder in PEOPLE if kept.get(holder) is not None] == left


def test_an_answer_larger_than_all_the_room_is_not_kept_and_pushes_nobody_out() -> None:
    cache = Cache(megabytes=2)
    kept = AnswerCache(cache)
    kept.keep(ONE, answer())

    kept.keep(TWO, of_size(cache, 1.1))

    assert [kept.get(ONE) is None, kept.get(TWO) is None] == [False, True]


def test_after_forgetting_there_is_all_the_room_again() -> None:
    cache = Cache(megabytes=2)
    kept = AnswerCache(cache)
    for holder in PEOPLE:
        kept.keep(holder, of_size(cache, 0.3))

    kept.clear()
    assert len(kept) == 0
    for holder in PEOPLE:
        kept.keep(holder, of_size(cache, 0.3))

    assert len(kept) == len(PEOPLE)
