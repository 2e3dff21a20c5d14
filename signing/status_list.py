"""Write a Token Status List (draft-ietf-oauth-status-list): so many bits a place.

``connectors.status.status_list`` reads those of agencies.
"""

import zlib
from collections.abc import Mapping

from signing import base64url

TYPE = "statuslist+jwt"
BITS = 2
"""For VALID, INVALID and SUSPENDED."""
_PLACES_A_BYTE = 8 // BITS


def packed(values: Mapping[int, int], places: int) -> dict[str, object]:
    """Return the claim ``status_list`` of so many ``places``; others are 0, VALID."""
    states = bytearray(places // _PLACES_A_BYTE)
    for place, value in values.items():
        byte, within = divmod(place, _PLACES_A_BYTE)
        states[byte] |= value << within * BITS
    compressed = zlib.compress(bytes(states), level=9)
    return {"bits": BITS, "lst": base64url.encode(compressed).decode()}
