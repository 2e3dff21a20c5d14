"""Make signed bytes that come out the same every time, well-formed or not.

``signing.sign`` is not used: these bytes have to be wrong in one place each, and a
vector built by the code it tests proves little. Every algorithm signs without chance,
so that rebuilding changes nothing: Ed25519 by nature, ECDSA after RFC 6979, RSA-PSS
with a fixed salt, padded by hand after RFC 8017 section 9.1.1, SM2 by ``gmalg``, which
is Python alone, with a nonce made of key and message.

Every private key here is a TEST KEY, worked out from its published name or kept in
``TEST-ONLY-rsa-private.pem``. Nothing but these vectors may trust one.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import gmalg
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

FOLDER = Path(__file__).parent

SAFETY = "test-safety-1"
TRANSPORT = "test-transport-1"
FIRE = "test-fire-1"
STRANGER = "test-stranger-1"  # not in the trust bundle
SM2 = "test-sm2-1"
SM2_DER = "test-sm2-der-1"
SM2_SIGNED_DATA = "test-sm2-signed-data-1"
SM2_ID = "test-sm2-id-1"
SM2_EMPTY_ID = "test-sm2-empty-id-1"
OF_SM2 = (SM2, SM2_DER, SM2_SIGNED_DATA, SM2_ID, SM2_EMPTY_ID)

ALGORITHMS = {SAFETY: "ES256", FIRE: "PS256"} | dict.fromkeys(OF_SM2, "SM2")
"""Of the others: EdDSA."""
SIGNER_IDS = {SM2_ID: "上海市消防救援总队".encode(), SM2_EMPTY_ID: b""}
DEFAULT_SIGNER_ID = b"1234567812345678"

ASKED_AT = datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC)
SIGNED_AT = 1772351970  # 2026-03-01T07:59:30Z

SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

PAYLOAD = (
    '{"certificateNumber":"20260200001","holderName":"测试人",'
    '"idNumber":"000000000000000000","jobCode":"4-02-01-01"}'
).encode()
BODY = '{"nonce":"AAECAwQFBgc","people":[{"name":"测试人"}]}'.encode()


def b64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@cache
def private_key(kid: str) -> Any:
    """Return the test key of that name."""
    seed = hashlib.sha256(b"TEST ONLY " + kid.encode()).digest()
    match ALGORITHMS.get(kid):
        case "ES256":
            scalar = int.from_bytes(seed) % P256_ORDER
            return ec.derive_private_key(scalar, ec.SECP256R1())
        case "PS256":
            pem = (FOLDER / "TEST-ONLY-rsa-private.pem").read_bytes()
            return load_pem_private_key(pem, None)
        case _:
            return Ed25519PrivateKey.from_private_bytes(seed)


def sm2_secret(kid: str) -> int:
    seed = hashlib.sha256(b"TEST ONLY " + kid.encode()).digest()
    return int.from_bytes(seed) % (SM2_ORDER - 2) + 1


@cache
def sm2_point(kid: str) -> bytes:
    """Return the uncompressed point of the test key of that name."""
    return bytes(gmalg.SM2().generate_pk(sm2_secret(kid).to_bytes(32)))


@cache
def sm2_numbers(
    kid: str, signed: bytes, signer_id: bytes | None = None, of: str = "sm3"
) -> tuple[int, int]:
    """Sign by SM2, the same way every time; ``of``: what is hashed, and by what."""
    if signer_id is None:
        signer_id = SIGNER_IDS.get(kid, DEFAULT_SIGNER_ID)
    seed = hashlib.sha256(sm2_secret(kid).to_bytes(32) + signer_id + signed).digest()
    core = gmalg.SM2(rnd_fn=lambda _: int.from_bytes(seed) >> 1)._core
    if of == "without the id":
        core.entity_info = lambda *_: b""
    elif of == "sha256":
        core._hash_fn = lambda content: hashlib.sha256(content).digest()
    public = gmalg.SM2(pk=sm2_point(kid))._pk
    r, s = core.sign(signed, sm2_secret(kid), signer_id, public)
    return int(r), int(s)


def pem_of_spki(spki: bytes) -> str:
    text = base64.b64encode(spki).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    head, foot = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
    return "\n".join((head, *lines, foot, ""))


def public_pem(kid: str) -> str:
    if kid in OF_SM2:
        return pem_of_spki(SM2_SPKI + sm2_point(kid))
    key = private_key(kid).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return str(pem.decode())


def signature(kid: str, signed: bytes) -> bytes:
    """Sign with the key of that name, the same way every time."""
    if kid in OF_SM2:
        r, s = sm2_numbers(kid, signed)
        return r.to_bytes(32) + s.to_bytes(32)
    key = private_key(kid)
    match ALGORITHMS.get(kid):
        case "ES256":
            r, s = decode_dss_signature(es256_der(kid, signed))
            return r.to_bytes(32) + s.to_bytes(32)
        case "PS256":
            return _pss_signature(key, signed)
        case _:
            return bytes(key.sign(signed))


def es256_der(kid: str, signed: bytes) -> bytes:
    """Sign as certificates do, in DER, which a JWS does not allow."""
    how = ec.ECDSA(SHA256(), deterministic_signing=True)
    return bytes(private_key(kid).sign(signed, how))


def rs256(kid: str, signed: bytes) -> bytes:
    return bytes(private_key(kid).sign(signed, padding.PKCS1v15(), SHA256()))


def _pss_signature(key: RSAPrivateKey, signed: bytes) -> bytes:
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    bits = modulus.bit_length() - 1
    length = (bits + 7) // 8
    salt = bytes(32)
    digest = hashlib.sha256(signed).digest()
    inner = hashlib.sha256(bytes(8) + digest + salt).digest()
    block = bytes(length - 32 - 32 - 2) + b"\x01" + salt
    blocks = -(-len(block) // 32)
    mask = b"".join(
        hashlib.sha256(inner + count.to_bytes(4)).digest() for count in range(blocks)
    )
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=False))
    masked[0] &= 0xFF >> (8 * length - bits)
    encoded = int.from_bytes(bytes(masked) + inner + b"\xbc")
    return pow(encoded, numbers.d, modulus).to_bytes((modulus.bit_length() + 7) // 8)


def header(signer: str = TRANSPORT, /, **changes: Any) -> dict[str, Any]:
    """Return a good header of a compact JWS; ``None`` removes a member."""
    members = {
        "alg": ALGORITHMS.get(signer, "EdDSA"),
        "kid": signer,
        "typ": "certificate-record+jws",
        "iat": SIGNED_AT,
    }
    members |= changes
    return {name: value for name, value in members.items() if value is not None}


def detached_header(signer: str = FIRE, /, **changes: Any) -> dict[str, Any]:
    """Return a good header of a detached JWS; ``None`` removes a member."""
    defaults = {"typ": "certificate-response+jws", "b64": False, "crit": ["b64"]}
    return header(signer, **(defaults | changes))


def compact(
    members: dict[str, Any] | bytes | None = None,
    payload: bytes = PAYLOAD,
    kid: str = TRANSPORT,
) -> str:
    """Sign ``payload`` under a header, whatever is wrong with either."""
    signed = f"{header_part(members or header(kid))}.{b64url(payload)}"
    return f"{signed}.{b64url(signature(kid, signed.encode()))}"


def detached(
    members: dict[str, Any] | bytes | None = None,
    body: bytes = BODY,
    kid: str = FIRE,
) -> str:
    """Sign ``body`` under a header; return the JWS without it."""
    part = header_part(members or detached_header(kid))
    return f"{part}..{b64url(signature(kid, part.encode() + b'.' + body))}"


def header_part(members: dict[str, Any] | bytes) -> str:
    if isinstance(members, bytes):
        return b64url(members)
    return b64url(json.dumps(members, separators=(",", ":")).encode())
