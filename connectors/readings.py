"""What was verified before, by digest, so that the same bytes are verified once.

Whether a kept reading is still in force is not asked here: whoever takes it asks.
Room is counted in bytes, so that whatever an agency signs, long records or shapes that
take many times their text in memory, the process does not grow with it;
``tests/connectors/test_readings.py`` measures.
"""

from collections import OrderedDict

from connectors.decode import Reading

# The most that reading makes of what a text is made of, in bytes of memory.
_A_READING = 1600
_A_MEMBER = 180  # two texts and their place in an object, counted by commas
_AN_OBJECT = 280
_A_LIST = 120
_OF_FOUR_BYTES = (b"\\", b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""How characters beyond 16 bits begin, spelled out or escaped."""


class Readings:
    """The verified-record cache of one agency."""

    def __init__(self, room_bytes: int) -> None:
        self._all_room = self._room = room_bytes
        self._kept: OrderedDict[bytes, tuple[Reading, int]] = OrderedDict()
        """With each reading what it weighs; the one used longest ago is the first."""

    def get(self, digest: bytes) -> Reading | None:
        """Return what the envelope of ``digest`` said when it was verified."""
        kept = self._kept.get(digest)
        if kept is None:
            return None
        self._kept.move_to_end(digest)
        return kept[0]

    def keep(self, reading: Reading) -> None:
        """Keep ``reading``, unless it takes more than all the room there is."""
        takes = weight(reading)
        if takes > self._all_room:
            return
        digest, kept = reading.proof.digest, self._kept
        if digest in kept:
            self._room += kept.pop(digest)[1]
        while self._room < takes:
            self._room += kept.popitem(last=False)[1][1]
        kept[digest] = reading, takes
        self._room -= takes


def weight(reading: Reading) -> int:
    """Return the bytes a reading takes at most: its payload, as it came and parsed."""
    payload = reading.proof.payload
    return (
        _A_READING
        # The payload, and what may be kept of it to write its texts again.
        + 2 * len(payload)
        + _width(payload) * len(payload)
        + _A_MEMBER * (payload.count(b",") + 1)
        + _AN_OBJECT * payload.count(b"{")
        + _A_LIST * payload.count(b"[")
    )


def _width(payload: bytes) -> int:
    """Return how wide one character may make all others of its text."""
    if payload.isascii() and b"\\" not in payload:
        return 1
    for first in _OF_FOUR_BYTES:
        if first in payload:
            return 4
    return 2
