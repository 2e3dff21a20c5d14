"""Vectors of ES256 signatures whose halves are not 32 bytes each.

A number is the same with a zero byte before it or without one it began with, so a
verifier that turns halves into numbers and does not count the bytes first believes
these, wherever it cuts. Then one record has as many envelopes as there are zeros.
"""

from collections.abc import Iterator

from tests.vectors import mint
from tests.vectors.case import Case

# Numbers of certificates whose signature begins its halves with zero bytes, found by
# counting up. ``_signed`` complains if the key no longer makes them so.
ZERO_IN_R, TWO_IN_R = 457, 51556
ZERO_IN_S, TWO_IN_S = 201, 24393
ZERO_IN_BOTH = 2521


def cases() -> Iterator[Case]:
    signed, r, s = _signed(ZERO_IN_BOTH, in_r=1, in_s=1)
    yield Case(
        name="believed-es256-zeros",
        what="r and s begin with a zero byte, which belongs to their 32 bytes each",
        jws=f"{signed}.{mint.b64url(r + s)}",
    )
    yield _refused(
        "both-cut",
        "without the zero bytes with which r and s begin",
        signed,
        r[1:] + s[1:],
    )
    for half, count, number in (
        ("r", 1, ZERO_IN_R),
        ("r", 2, TWO_IN_R),
        ("s", 1, ZERO_IN_S),
        ("s", 2, TWO_IN_S),
    ):
        in_r, in_s = (count, 0) if half == "r" else (0, count)
        signed, r, s = _signed(number, in_r=in_r, in_s=in_s)
        yield _refused(
            f"{half}-cut-{count}",
            f"without the {count} zero byte(s) with which {half} begins",
            signed,
            r[in_r:] + s[in_s:],
        )
    signed, r, s = _signed(number=0)
    for name, what, signature in (
        ("zero-first", "after a zero byte", b"\0" + r + s),
        ("zeros-first", "after two zero bytes", b"\0\0" + r + s),
        ("zero-between", "with a zero byte before s", r + b"\0" + s),
        ("zeros-between", "with two zero bytes before s", r + b"\0\0" + s),
        (
            "zero-before-each",
            "with a zero byte before r and one before s",
            b"\0" + r + b"\0" + s,
        ),
    ):
        yield _refused(name, what, signed, signature)


def _refused(name: str, how: str, signed: str, signature: bytes) -> Case:
    return Case(
        name=f"es256-{name}",
        what=f"a right signature {how}",
        jws=f"{signed}.{mint.b64url(signature)}",
        refused=("SIGNATURE", "BAD_SIGNATURE"),
        origin="after RFC 7518 section 3.4",
    )


def _signed(number: int, in_r: int = 0, in_s: int = 0) -> tuple[str, bytes, bytes]:
    """Return the signed part, r and s of a record, which begin with so many zeros."""
    payload = b'{"certificateNumber":"%d"}' % number
    signed = mint.compact(payload=payload, kid=mint.SAFETY).rpartition(".")[0]
    raw = mint.signature(mint.SAFETY, signed.encode())
    r, s = raw[:32], raw[32:]
    found = tuple(len(half) - len(half.lstrip(b"\0")) for half in (r, s))
    if found != (in_r, in_s):
        raise ValueError(f"certificate {number}: {found} zeros, not {(in_r, in_s)}")
    return signed, r, s
