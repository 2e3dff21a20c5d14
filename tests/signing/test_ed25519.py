"""The signatures over which Ed25519 verifiers differ, and that ours takes none of them.

``cryptography`` (OpenSSL) is the second opinion: whatever libsodium accepts it accepts
too, and the other way round but for an ``R`` of small order. A verifier that multiplies
by the cofactor would accept what both refuse; should libsodium become one, these tests
say so.
"""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from signing.algorithms import Algorithm, signature_check
from signing.errors import TrustBundleError
from signing.sign import raw_signature
from tests.signing.agency import TRANSPORT
from tests.signing.edwards import (
    BASE,
    IDENTITY,
    OF_ORDER_8,
    ORDER,
    P,
    Point,
    added,
    encoded,
    multiplied,
    signature,
)

SIGNED = b"header.payload"
SECRET = 2**251 + 12345
NONCE = 2**250 + 67890
KEY_POINT = multiplied(SECRET, BASE)
KEY = encoded(KEY_POINT)
R = multiplied(NONCE, BASE)
SMALL_ORDER = [multiplied(times, OF_ORDER_8) for times in range(8)]
HONEST = raw_signature(SIGNED, TRANSPORT)
HONEST_KEY = TRANSPORT.private_key.public_key().public_bytes_raw()  # type: ignore[union-attr] # Ed25519's


def ours(key: bytes, signature: bytes, signed: bytes) -> bool:
    public_key = Ed25519PublicKey.from_public_bytes(key)
    return signature_check(Algorithm.ED25519, public_key)(signature, signed)


def openssls(key: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def both(key: bytes, signature: bytes, signed: bytes) -> tuple[bool, bool]:
    return ours(key, signature, signed), openssls(key, signature, signed)


def made_with(r: Point, key: bytes = KEY, signed: bytes = SIGNED) -> bytes:
    return signature(SECRET, key, NONCE, encoded(r), signed)


def test_a_signature_made_by_hand_holds() -> None:
    assert both(KEY, made_with(R), SIGNED) == (True, True)


@pytest.mark.parametrize("torsion", range(1, 8))
def test_an_r_with_a_part_of_small_order_is_refused(torsion: int) -> None:
    """Multiplied by the cofactor, it would be equal."""
    made = made_with(added(R, SMALL_ORDER[torsion]))

    assert both(KEY, made, SIGNED) == (False, False)


@pytest.mark.parametrize("torsion", range(1, 8))
def test_an_r_of_small_order_is_refused(torsion: int) -> None:
    made = signature(SECRET, KEY, 0, encoded(SMALL_ORDER[torsion]), SIGNED)

    assert both(KEY, made, SIGNED) == (False, False)


def test_an_r_that_is_the_identity_is_refused_though_openssl_takes_it() -> None:
    """The one difference: the nonce was zero, so the signature tells the secret."""
    made = signature(SECRET, KEY, 0, encoded(IDENTITY), SIGNED)

    assert both(KEY, made, SIGNED) == (False, True)


def test_an_s_that_is_not_reduced_is_refused() -> None:
    s = int.from_bytes(HONEST[32:], "little") + ORDER
    other = HONEST[:32] + s.to_bytes(32, "little")

    assert both(HONEST_KEY, other, SIGNED) == (False, False)


def test_an_r_that_is_not_reduced_is_refused() -> None:
    """Of the points that can be spelled in two ways, y = 1 is easily reached."""
    unreduced = (P + 1).to_bytes(32, "little")
    made = signature(SECRET, KEY, 0, unreduced, SIGNED)

    assert both(KEY, made, SIGNED) == (False, False)


@pytest.mark.parametrize("y", range(P, 2**255), ids=lambda y: f"p + {y - P}")
@pytest.mark.parametrize("sign", [0, 2**255], ids=["x even", "x odd"])
def test_a_key_that_is_not_reduced_is_no_key(y: int, sign: int) -> None:
    raw = (y + sign).to_bytes(32, "little")

    with pytest.raises(TrustBundleError):
        ours(raw, bytes(64), SIGNED)


@pytest.mark.parametrize("number", range(24))
def test_a_key_with_a_part_of_small_order_is_judged_by_the_plain_equation(
    number: int,
) -> None:
    """Whoever made it knows its secret; about one signature in eight of it holds."""
    key = encoded(added(KEY_POINT, OF_ORDER_8))
    signed = b"message %d" % number

    verdicts = both(key, made_with(R, key, signed), signed)

    assert verdicts[0] is verdicts[1]


@pytest.mark.parametrize("at", [0, 1, 32, 63, 65, 64 + len(SIGNED)])
def test_no_byte_moves_between_a_signature_and_what_it_signs(at: int) -> None:
    together = HONEST + SIGNED

    assert not ours(HONEST_KEY, together[:at], together[at:])


def test_what_is_long_is_verified_whole() -> None:
    long = SIGNED * 100_000
    made = raw_signature(long, TRANSPORT)

    assert both(HONEST_KEY, made, long) == (True, True)
    assert both(HONEST_KEY, made, long[:-1] + b"x") == (False, False)


PIECES = st.one_of(
    st.binary(min_size=1, max_size=3),
    st.sampled_from(
        [encoded(point) for point in SMALL_ORDER]
        + [encoded(R), HONEST[:32], HONEST[32:], ORDER.to_bytes(32, "little")]
    ),
)


@st.composite
def altered(draw: st.DrawFn, original: bytes) -> bytes:
    """A piece put over some bytes, so that the length stays."""
    piece = draw(PIECES)[: len(original)]
    at = draw(st.integers(0, len(original) - len(piece)))
    return original[:at] + piece + original[at + len(piece) :]


@given(
    key=st.just(HONEST_KEY) | altered(HONEST_KEY),
    made=st.just(HONEST) | altered(HONEST) | altered(HONEST).flatmap(altered),
    signed=st.just(SIGNED) | altered(SIGNED),
)
def test_both_libraries_say_the_same_of_whatever_was_altered(
    key: bytes, made: bytes, signed: bytes
) -> None:
    try:
        verdict = ours(key, made, signed)
    except TrustBundleError:
        return

    assert verdict is openssls(key, made, signed)


@given(
    st.integers(1, ORDER - 1),
    st.integers(0, ORDER - 1),
    st.integers(0, 7),
    st.integers(0, 7),
    st.binary(max_size=64),
)
def test_both_libraries_say_the_same_of_whatever_a_holder_can_make(
    secret: int, nonce: int, key_part: int, r_part: int, signed: bytes
) -> None:
    key = encoded(added(multiplied(secret, BASE), SMALL_ORDER[key_part]))
    r = added(multiplied(nonce, BASE), SMALL_ORDER[r_part])
    made = signature(secret, key, nonce, encoded(r), signed)

    assert ours(key, made, signed) is (openssls(key, made, signed) and nonce != 0)
