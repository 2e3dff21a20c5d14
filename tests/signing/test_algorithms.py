"""Which keys fit which algorithm, and which signatures hold under them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from signing.algorithms import Algorithm, PublicKey, signature_check
from signing.errors import TrustBundleError
from signing.sign import SigningKey, raw_signature
from tests.signing.agency import AGENCIES, FIRE, SAFETY, TRANSPORT, ask, record
from tests.signing.edwards import IDENTITY, P, multiplied, point_with
from tests.vectors import mint


def rsa_key(bits: int) -> rsa.RSAPublicKey:
    """A modulus of that many bits; nobody knows or needs its factors."""
    return rsa.RSAPublicNumbers(65537, 2 ** (bits - 1) + 1).public_key()


SAFETY_PUBLIC = SAFETY.private_key.public_key()
TRANSPORT_PUBLIC = TRANSPORT.private_key.public_key()
FIRE_PUBLIC = FIRE.private_key.public_key()


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        pytest.param(Algorithm.ED25519, SAFETY_PUBLIC, id="P-256 for EdDSA"),
        pytest.param(Algorithm.ED25519, FIRE_PUBLIC, id="RSA for EdDSA"),
        pytest.param(Algorithm.ES256, TRANSPORT_PUBLIC, id="Ed25519 for ES256"),
        pytest.param(
            Algorithm.ES256,
            ec.derive_private_key(1234567, ec.SECP384R1()).public_key(),
            id="P-384 for ES256",
        ),
        pytest.param(
            Algorithm.ES256,
            ec.derive_private_key(1234567, ec.SECP256K1()).public_key(),
            id="secp256k1 for ES256",
        ),
        pytest.param(Algorithm.PS256, SAFETY_PUBLIC, id="P-256 for PS256"),
        pytest.param(Algorithm.PS256, rsa_key(2047), id="RSA of 2047 bits"),
        pytest.param(Algorithm.PS256, rsa_key(8193), id="RSA of 8193 bits"),
    ],
)
def test_a_key_that_does_not_fit_is_refused(
    algorithm: Algorithm, key: PublicKey
) -> None:
    with pytest.raises(TrustBundleError):
        signature_check(algorithm, key)


@pytest.mark.parametrize("bits", [2048, 8192])
def test_an_rsa_key_of_an_allowed_size_fits(bits: int) -> None:
    assert not signature_check(Algorithm.PS256, rsa_key(bits))(b"", b"")


SMALL_ORDER_Y = [
    0,
    1,
    P - 1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
]


@pytest.mark.parametrize("y", SMALL_ORDER_Y)
def test_the_refused_points_have_an_order_that_divides_eight(y: int) -> None:
    point = point_with(y)

    assert point is not None
    assert multiplied(8, point) == IDENTITY


@pytest.mark.parametrize("sign", [0, 2**255], ids=["x even", "x odd"])
@pytest.mark.parametrize("y", [*SMALL_ORDER_Y, P, P + 1])
def test_an_ed25519_point_of_small_order_is_refused(y: int, sign: int) -> None:
    raw = (y + sign).to_bytes(32, "little")

    with pytest.raises(TrustBundleError, match="small order"):
        signature_check(
            Algorithm.ED25519, ed25519.Ed25519PublicKey.from_public_bytes(raw)
        )


def test_a_point_of_small_order_would_let_anybody_sign() -> None:
    """Why it is refused: the bare library accepts this signature of nothing."""
    identity = (1).to_bytes(32, "little")
    key = ed25519.Ed25519PublicKey.from_public_bytes(identity)

    key.verify(identity + bytes(32), b"anything")


def test_a_key_that_is_no_point_of_the_curve_verifies_nothing() -> None:
    assert point_with(2) is None
    raw = (2).to_bytes(32, "little")
    check = signature_check(
        Algorithm.ED25519, ed25519.Ed25519PublicKey.from_public_bytes(raw)
    )

    assert not check(bytes(64), b"anything")


@pytest.mark.parametrize("key", AGENCIES, ids=lambda key: str(key.algorithm))
def test_what_a_key_signs_holds(key: SigningKey) -> None:
    check = signature_check(key.algorithm, key.private_key.public_key())

    assert check(raw_signature(b"signed", key), b"signed")


@pytest.mark.parametrize("length", [0, 1, 32, 63, 64, 65, 72, 255, 256, 257, 1024])
@pytest.mark.parametrize("key", AGENCIES, ids=lambda key: str(key.algorithm))
def test_a_signature_of_any_length_is_refused_without_an_error(
    key: SigningKey, length: int
) -> None:
    check = signature_check(key.algorithm, key.private_key.public_key())

    assert not check(b"\xff" * length, b"signed")


@pytest.mark.parametrize("key", AGENCIES, ids=lambda key: str(key.algorithm))
def test_every_flipped_byte_of_a_signature_is_noticed(key: SigningKey) -> None:
    check = signature_check(key.algorithm, key.private_key.public_key())
    signature = raw_signature(b"signed", key)

    held = [
        position
        for position in range(len(signature))
        if check(
            signature[:position]
            + bytes([signature[position] ^ 1])
            + signature[position + 1 :],
            b"signed",
        )
    ]

    assert held == []


def test_a_ps256_signature_without_salt_is_refused() -> None:
    """The salt is as long as the hash (RFC 7518 section 3.5)."""
    unsalted = mint.private_key(mint.FIRE).sign(
        b"signed", padding.PSS(padding.MGF1(SHA256()), 0), SHA256()
    )

    assert not signature_check(Algorithm.PS256, FIRE.private_key.public_key())(
        unsalted, b"signed"
    )


def test_the_other_s_of_an_es256_signature_is_another_envelope() -> None:
    """ECDSA is malleable: one signing, two digests. Evidence must not count on it."""
    envelope = record(key=SAFETY)
    signed, _, part = envelope.signature.rpartition(b".")
    raw = base64.urlsafe_b64decode(part + b"==")
    other_s = (mint.P256_ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    other = mint.b64url(raw[:32] + other_s).encode()

    twin = type(envelope)(signed + b"." + other)

    assert ask(twin).payload == ask(envelope).payload
    assert twin.digest != envelope.digest
