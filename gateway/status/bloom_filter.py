"""Say who may have changes of state: "no" for certain, and in fixed memory.

A Bloom filter of sixteen megabytes, whoever and how many they are. A pseudonym is as
good as random already, so its own digits say which bits are its. Whoever is taken for
one of the set without being in it (one in 230 where ten million are, one in a million
where a million is) is read about in vain, and nothing worse.
"""

BITS_A_HASH = 27
BITS = 1 << BITS_A_HASH
HASHES = 4
_DIGITS = HASHES * BITS_A_HASH // 4
"""Hexadecimal digits of a pseudonym that say which bits are its."""


class BloomFilter:
    """A set of pseudonyms that nobody leaves."""

    def __init__(self) -> None:
        self._bits = bytearray()
        """None of them while nobody is in it."""

    def add(self, pseudonym: str) -> None:
        """Put somebody in."""
        if not self._bits:
            self._bits = bytearray(BITS // 8)
        value = int(pseudonym[:_DIGITS], 16)
        for _ in range(HASHES):
            self._bits[(value >> 3) % (BITS // 8)] |= 1 << (value & 7)
            value >>= BITS_A_HASH

    def may_have(self, pseudonym: str) -> bool:
        """Say whether somebody may be in it; ``False`` is certain."""
        bits = self._bits
        if not bits:
            return False
        value = int(pseudonym[:_DIGITS], 16)
        for _ in range(HASHES):
            if not bits[(value >> 3) % (BITS // 8)] & 1 << (value & 7):
                return False
            value >>= BITS_A_HASH
        return True

    @property
    def is_empty(self) -> bool:
        """Whether nobody was ever put in."""
        return not self._bits
