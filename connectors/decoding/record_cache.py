"""Keep what was verified by digest, so that the same bytes are verified once.

Whether a kept reading is still in force is not asked here: whoever takes it asks.
Room is counted in bytes, so that whatever an agency signs, long records or many in one
body, the process does not grow with it;
``tests/connectors/decoding/test_record_cache.py`` measures.
"""

from connectors.decoding.decode import DecodedEnvelope
from connectors.weighed import Weighed
from signing.envelope import PayloadType

# The most that is kept of a reading beside its texts, in bytes of memory.
_A_READING = 1200
_A_RECORD = 1280  # with the objects of its texts; any object may be one
_AN_EXAMINATION = 768  # with the objects of its texts, each as wide as it may be
_AN_ENTRY = 180  # of a list of records, which is refused if it is none
_OF_FOUR_BYTES = (b"\\", b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""How characters beyond 16 bits begin, spelled out or escaped."""


class RecordCache:
    """The verified-record cache of one agency; what was used longest ago is dropped."""

    def __init__(self, room_bytes: int) -> None:
        self._kept: Weighed[bytes, DecodedEnvelope] = Weighed(room_bytes)

    def get(self, digest: bytes) -> DecodedEnvelope | None:
        """Return what the envelope of ``digest`` said when it was verified."""
        kept = self._kept.get(digest)
        if kept is None:
            return None
        self._kept.move_to_end(digest)
        return kept[0]

    def keep(self, reading: DecodedEnvelope) -> None:
        """Keep ``reading``, unless it takes more than all the room there is."""
        self._kept.put(reading.proof.digest, reading, weight(reading))


def weight(reading: DecodedEnvelope) -> int:
    """Return the bytes a reading takes at most: its payload, and the records in it.

    The payload as it was parsed is not kept.
    """
    payload = reading.proof.payload
    is_list = reading.proof.type is PayloadType.RESPONSE
    return (
        _A_READING
        # The payload, and what may be kept of it to write its texts again.
        + 2 * len(payload)
        + _width(payload) * len(payload)
        + _A_RECORD * payload.count(b"{")
        + (_AN_ENTRY * payload.count(b",") if is_list else 0)
        + _AN_EXAMINATION * _examinations(reading)
    )


def _examinations(reading: DecodedEnvelope) -> int:
    """Return how many records state one; in a body of records any object may be one."""
    found = 0
    for holding in reading.holdings.values():
        for record in holding.records:
            if record.examination is not None:
                found += 1
    return found


def _width(payload: bytes) -> int:
    """Return how wide one character may make all others of its text."""
    if payload.isascii() and b"\\" not in payload:
        return 1
    for first in _OF_FOUR_BYTES:
        if first in payload:
            return 4
    return 2
