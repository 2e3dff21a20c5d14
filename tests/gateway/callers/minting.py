"""Tokens as issuers, agencies and attackers make them: real keys, real signatures."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing import base64url

NOW = 1_800_000_000
ISSUER = "https://id.example"
AUDIENCE = "https://gateway.example"

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

ES256 = ec.generate_private_key(ec.SECP256R1())
ES384 = ec.generate_private_key(ec.SECP384R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()
RSA = rsa.generate_private_key(65537, 2048)
FOREIGN = ec.generate_private_key(ec.SECP256R1())


def b64(value: bytes) -> str:
    return base64url.encode(value).decode()


def number(value: int, size: int | None = None) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8))


def jwk(kid: str, key: Key, **more: object) -> dict[str, Any]:
    """Return the public key of ``key`` as its issuer publishes it."""
    public: dict[str, Any]
    match key:
        case ec.EllipticCurvePrivateKey():
            point = key.public_key().public_numbers()
            size = key.curve.key_size // 8
            curve = {256: "P-256", 384: "P-384"}[key.curve.key_size]
            x, y = number(point.x, size), number(point.y, size)
            public = {"kty": "EC", "crv": curve, "x": x, "y": y}
        case ed25519.Ed25519PrivateKey():
            raw = key.public_key().public_bytes_raw()
            public = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
        case rsa.RSAPrivateKey():
            numbers = key.public_key().public_numbers()
            public = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    return {"kid": kid, "use": "sig", **public, **more}


def key_set(*keys: Mapping[str, Any]) -> bytes:
    return json.dumps({"keys": keys}).encode()


def signature(algorithm: str, key: Key, signed: bytes) -> bytes:
    match algorithm, key:
        case (("EdDSA" | "Ed25519"), ed25519.Ed25519PrivateKey()):
            return key.sign(signed)
        case (("ES256" | "ES384"), ec.EllipticCurvePrivateKey()):
            size = key.curve.key_size // 8
            hash_ = SHA256() if algorithm == "ES256" else SHA384()
            r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hash_)))
            return r.to_bytes(size) + s.to_bytes(size)
        case "RS256", rsa.RSAPrivateKey():
            return key.sign(signed, padding.PKCS1v15(), SHA256())
        case "PS256", rsa.RSAPrivateKey():
            pss = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
            return key.sign(signed, pss, SHA256())
        case _:
            raise ValueError(algorithm)


def compact(
    header: Mapping[str, Any] | bytes,
    payload: Mapping[str, Any] | bytes,
    sign: Callable[[bytes], bytes],
) -> str:
    """Return a JWS of exactly these parts."""
    parts = [
        part if isinstance(part, bytes) else json.dumps(part).encode()
        for part in (header, payload)
    ]
    signed = ".".join(map(b64, parts))
    return f"{signed}.{b64(sign(signed.encode()))}"


def claims(**changes: object) -> dict[str, Any]:
    """Return the claims of a good access token; ``None`` leaves one out."""
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "officer-7",
        "client_id": "hr-platform",
        "iat": NOW - 10,
        "exp": NOW + 300,
        "jti": "token-1",
        "scope": "certificates:read",
    }
    return {k: v for k, v in {**good, **changes}.items() if v is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mint:
    """Makes access tokens with one key."""

    kid: str = "es256-1"
    algorithm: str = "ES256"
    key: Key = ES256

    def token(
        self, header: Mapping[str, Any] | None = None, /, **changes: object
    ) -> str:
        """Return a good access token but for ``header`` and ``changes``."""
        stated = {"alg": self.algorithm, "kid": self.kid, "typ": "at+jwt"}
        merged = {**stated, **(header or {})}
        return compact(
            {k: v for k, v in merged.items() if v is not None},
            claims(**changes),
            lambda signed: signature(self.algorithm, self.key, signed),
        )


def with_hmac(key: Key, **changes: object) -> str:
    """Return a token "signed" by HMAC with the public key, as if that were secret."""
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": "rs256-1", "typ": "at+jwt"}
    return compact(
        header,
        claims(**changes),
        lambda signed: hmac.new(pem, signed, hashlib.sha256).digest(),
    )


def standard_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
