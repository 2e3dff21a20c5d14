"""Who may have changes: never wrong about a "no", and seldom about a "yes"."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from gateway.status.bloom_filter import BITS, BloomFilter


def pseudonym(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()


@given(st.sets(st.integers(0, 10_000), max_size=30))
def test_whoever_was_put_in_is_in_it(numbers: set[int]) -> None:
    people = BloomFilter()
    for number in numbers:
        people.add(pseudonym(number))

    assert all(people.may_have(pseudonym(number)) for number in numbers)


def test_nobody_is_in_it_at_first() -> None:
    people = BloomFilter()

    assert people.is_empty
    assert not people.may_have(pseudonym(1))


def test_others_are_seldom_taken_for_one_of_it() -> None:
    people = BloomFilter()
    for number in range(20_000):
        people.add(pseudonym(number))

    taken = sum(people.may_have(pseudonym(number)) for number in range(20_000, 40_000))

    assert taken <= 2


def test_it_takes_the_same_memory_whoever_is_in_it() -> None:
    people = BloomFilter()
    for number in range(1000):
        people.add(pseudonym(number))

    assert len(people._bits) == BITS // 8 == 16 * 1024 * 1024
