"""Vectors of the RFCs, at the layer they fit.

They have neither ``kid`` nor ``typ`` nor ``iat``, so ``verify`` refuses them all as
it should. The signing input, the signature and the algorithm are tested by them.
"""

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from signing import base64url, checks
from signing.algorithms import Algorithm, PublicKey
from signing.errors import Refusal, SigningError
from signing.sign import SigningKey, raw_signature
from signing.trust import TrustedKey
from tests.signing.agency import BUNDLE, TRANSPORT

CLAIMS_PART = (
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
    "c19yb290Ijp0cnVlfQ"
)
CLAIMS = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'

RFC7515_A2_JWS = (
    f"eyJhbGciOiJSUzI1NiJ9.{CLAIMS_PART}."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
    "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
    "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
    "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
    "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
    "p0igcN_IoypGlUPQGe77Rw"
).encode()
RFC7515_A2_N = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-"
    "Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWv"
    "G6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
    "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9"
    "kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kz"
    "k2PAcDTW9gb54h4FRWyuXpoQ"
)

RFC7515_A3_JWS = (
    f"eyJhbGciOiJFUzI1NiJ9.{CLAIMS_PART}."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
    "pmWQxfKTUJqPP3-Kg6NU1Q"
).encode()
RFC7515_A3_X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
RFC7515_A3_Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"

RFC7797_KEY = (
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"
    "aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
)
RFC7797_4_1_JWS = (
    b"eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ"
)
RFC7797_4_2_JWS = (
    b"eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.."
    b"A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"
)

RFC8037_A4_JWS = (
    b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    b"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5B"
    b"hVsPt9g7sVvpAr_MuM0KAg"
)
RFC8037_A1_D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
RFC8037_A2_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text: str) -> int:
    return int.from_bytes(octets(text))


def trusted(algorithm: Algorithm, public_key: PublicKey) -> TrustedKey:
    template = BUNDLE.keys[TRANSPORT.kid]
    return replace(template, algorithm=algorithm, public_key=public_key)


RSA_KEY = rsa.RSAPublicNumbers(65537, number(RFC7515_A2_N)).public_key()
P256_KEY = ec.EllipticCurvePublicNumbers(
    number(RFC7515_A3_X), number(RFC7515_A3_Y), ec.SECP256R1()
).public_key()
ED25519_KEY = ed25519.Ed25519PublicKey.from_public_bytes(octets(RFC8037_A2_X))


@pytest.mark.parametrize(
    ("jws", "key", "payload"),
    [
        pytest.param(
            RFC7515_A3_JWS,
            trusted(Algorithm.ES256, P256_KEY),
            CLAIMS,
            id="RFC 7515 A.3 ES256",
        ),
        pytest.param(
            RFC8037_A4_JWS,
            trusted(Algorithm.ED25519, ED25519_KEY),
            b"Example of Ed25519 signing",
            id="RFC 8037 A.4 Ed25519",
        ),
    ],
)
def test_a_published_signature_holds(
    jws: bytes, key: TrustedKey, payload: bytes
) -> None:
    parts = checks.form(jws, None)

    checks.algorithm(checks.header(parts), key)
    checks.signature(parts, key)

    assert parts.payload == payload


@pytest.mark.parametrize(
    ("jws", "key"),
    [
        pytest.param(
            RFC7515_A3_JWS, trusted(Algorithm.ES256, P256_KEY), id="RFC 7515 A.3"
        ),
        pytest.param(
            RFC8037_A4_JWS, trusted(Algorithm.ED25519, ED25519_KEY), id="RFC 8037 A.4"
        ),
    ],
)
def test_a_published_signature_of_another_payload_is_refused(
    jws: bytes, key: TrustedKey
) -> None:
    header, _, signature = jws.split(b".")

    with pytest.raises(SigningError) as caught:
        checks.signature(checks.form(b".".join([header, b"e30", signature]), None), key)

    assert caught.value.refusal is Refusal.BAD_SIGNATURE


def test_rfc_7515_a2_is_good_rs256_and_refused_as_such() -> None:
    parts = checks.form(RFC7515_A2_JWS, None)
    RSA_KEY.verify(parts.signature, parts.signed, padding.PKCS1v15(), SHA256())
    key = trusted(Algorithm.PS256, RSA_KEY)

    with pytest.raises(SigningError) as caught:
        checks.algorithm(checks.header(parts), key)

    assert caught.value.refusal is Refusal.WRONG_ALGORITHM
    assert not key.signature_check(parts.signature, parts.signed)


@pytest.mark.parametrize(
    ("jws", "body"),
    [
        pytest.param(RFC7797_4_1_JWS, None, id="RFC 7797 4.1 encoded"),
        pytest.param(RFC7797_4_2_JWS, b"$.02", id="RFC 7797 4.2 unencoded"),
    ],
)
def test_the_signing_input_is_that_of_rfc_7797(jws: bytes, body: bytes | None) -> None:
    """Its examples are HMACs, which our keys never make: only the input is compared."""
    parts = checks.form(jws, body)

    tag = hmac.digest(octets(RFC7797_KEY), parts.signed, hashlib.sha256)

    assert (tag, parts.payload) == (parts.signature, b"$.02")


def test_rfc_7797_4_2_names_its_extension_as_we_demand() -> None:
    header = checks.header(checks.form(RFC7797_4_2_JWS, b"$.02"))

    checks.critical(header, b"$.02")

    assert header == {"alg": "HS256", "b64": False, "crit": ["b64"]}


def test_rfc_7797_4_2_is_refused_as_hmac() -> None:
    header = checks.header(checks.form(RFC7797_4_2_JWS, b"$.02"))

    with pytest.raises(SigningError) as caught:
        checks.algorithm(header, BUNDLE.keys[TRANSPORT.kid])

    assert caught.value.refusal is Refusal.ALGORITHM_HMAC


def test_we_sign_rfc_8037_a4_to_the_same_bytes() -> None:
    private_key = ed25519.Ed25519PrivateKey.from_private_bytes(octets(RFC8037_A1_D))
    key = SigningKey("rfc-8037", Algorithm.ED25519, private_key)
    signed, _, part = RFC8037_A4_JWS.rpartition(b".")

    assert base64url.encode(raw_signature(signed, key)) == part
