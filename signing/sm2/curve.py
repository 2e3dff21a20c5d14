"""The curve of SM2 (GB/T 32918.5), as far as keys have to be judged by it.

Signatures are checked by OpenSSL (``library``). What is here decides whether a point
may be a key at all, which costs nothing that matters once a trust bundle.
"""

from typing import TypeAlias

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
"""The order of the group, a prime: no point but infinity has a small order."""
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
BYTES = 32
"""Of a coordinate, and of half a signature."""

Point: TypeAlias = tuple[int, int]


def is_on_curve(point: Point) -> bool:
    """Say whether ``point`` has coordinates of the field that fit each other."""
    x, y = point
    return x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def multiplied(factor: int, point: Point) -> Point:
    """Return ``factor`` times ``point``; not in constant time, so for no real secret.

    ``factor`` is from 1 to N - 1: infinity has no coordinates.
    """
    found: Point | None = None
    for bit in f"{factor:b}":
        if found is not None:
            found = _sum(found, found)
        if bit == "1":
            found = point if found is None else _sum(found, point)
    assert found is not None  # noqa: S101 - a factor has a first bit
    return found


def _sum(one: Point, other: Point) -> Point:
    """Add two points of which one is not the other's negative."""
    if one == other:
        slope = (3 * one[0] * one[0] + A) * pow(2 * one[1], -1, P) % P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P) % P
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P
