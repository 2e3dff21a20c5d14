"""The curve of Ed25519 in plain coordinates (RFC 8032 section 5.1): slow, readable.

With it the tests make what no library makes: signatures whose ``R`` or whose key has a
part of small order, over which verifiers differ.
"""

import hashlib

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
SQUARE_ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def added(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    k = D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P,
    )


def multiplied(times: int, point: Point) -> Point:
    result = IDENTITY
    for bit in f"{times:b}":
        result = added(result, result)
        if bit == "1":
            result = added(result, point)
    return result


def point_with(y: int) -> Point | None:
    """The point of that y, if the curve has one."""
    x_squared = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(x_squared, (P + 3) // 8, P)
    for x in (root, root * SQUARE_ROOT_OF_MINUS_1 % P):
        if x * x % P == x_squared:
            return x, y
    return None


def encoded(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE: Point = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
OF_ORDER_8: Point = (
    14399317868200118260347934320527232580618823971194345261214217575416788799818,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
)


def signature(secret: int, key: bytes, nonce: int, r: bytes, signed: bytes) -> bytes:
    """Return ``R || S`` with the S that the secret number makes for any R at all."""
    digest = hashlib.sha512(r + key + signed).digest()
    challenge = int.from_bytes(digest, "little")
    return r + ((nonce + challenge * secret) % ORDER).to_bytes(32, "little")
