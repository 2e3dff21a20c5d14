"""An issuer's public keys (RFC 7517), each with the algorithms it may be used with.

The key decides: an RSA key is never a secret for HMAC, because no algorithm here
takes a secret. What cannot be used (keys to encrypt with, other curves, weak keys)
is left out; a set with one ``kid`` twice or with a private key is refused whole.

A signature that a key has verified is known by the digest of its token, for as long as
the set is in force; all else a token is judged by is looked at each time.
"""

import hashlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from cachetools import LRUCache
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry, deserialize_compact

from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.signed_token import SignedToken
from signing import base64url
from signing.algorithms import (
    MAX_RSA_BITS,
    MIN_RSA_BITS,
    Algorithm,
    signature_check,
)
from signing.errors import SigningError, TrustBundleError

MOST_KEYS = 100
MOST_VERIFIED = 1_000
"""Of how many tokens a key knows that it signed them; some 150 bytes each."""
ALGORITHMS = {
    ("RSA", None): frozenset({"PS256", "RS256"}),
    ("EC", "P-256"): frozenset({"ES256"}),
    ("EC", "P-384"): frozenset({"ES384"}),
    ("OKP", "Ed25519"): frozenset({"EdDSA", "Ed25519"}),
}
"""What a key of a type, and a curve, may be used with."""


class KeySetError(Exception):
    """The bytes are no key set that can be used."""


class _OneAlgorithm(JWSRegistry):
    """joserfc with one algorithm, which the caller of this class has chosen."""

    max_header_length = 4_096

    def __init__(self, name: str) -> None:
        super().__init__(algorithms=[name], strict_check_header=False)
        self._name = name

    def get_alg(self, name: str) -> Any:  # noqa: ANN401 - joserfc's model
        """Return the algorithm, and never another that the header names."""
        # "EdDSA" leaves the curve open (RFC 9864); the key has closed it.
        model = {"EdDSA": "Ed25519"}.get(self._name, self._name)
        if name != self._name:
            raise AuthenticationError(Reason.WRONG_ALGORITHM)
        return self.algorithms[model]


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A public key that can be used."""

    key: RSAKey | ECKey | OKPKey
    algorithms: frozenset[str]
    _verified: MutableMapping[bytes, None] = field(
        default_factory=lambda: LRUCache(MOST_VERIFIED), repr=False, compare=False
    )

    def verify(self, token: SignedToken, allowed: frozenset[str]) -> None:
        """Check the signature of ``token``, by an algorithm of the key and the issuer.

        Raises:
            AuthenticationError: another algorithm, or the signature does not fit.
        """
        if token.algorithm not in self.algorithms & allowed:
            raise AuthenticationError(Reason.WRONG_ALGORITHM)
        digest = hashlib.sha256(token.text.encode("ascii")).digest()
        if digest in self._verified:
            return
        try:
            deserialize_compact(
                token.text, self.key, registry=_OneAlgorithm(token.algorithm)
            )
        except (JoseError, ValueError):
            raise AuthenticationError(Reason.BAD_SIGNATURE) from None
        self._verified[digest] = None


def read_key_set(text: bytes) -> Mapping[str, IssuerKey]:
    """Return the keys of a JWKS that can be used, by their ``kid``.

    Raises:
        KeySetError: no JWKS, a ``kid`` twice, a private key, or nothing to use.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise KeySetError("not JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST_KEYS:
        raise KeySetError(f"no list of at most {MOST_KEYS} keys")
    found: dict[str, IssuerKey] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise KeySetError("an entry of keys is no object")
        if "d" in entry or "k" in entry:
            raise KeySetError("a secret or private key is in it: revoke that key")
        kid = entry.get("kid")
        key = _usable(entry)
        if key is None or not isinstance(kid, str) or not kid:
            continue
        if kid in found:
            raise KeySetError("a kid occurs twice")
        found[kid] = key
    if not found:
        raise KeySetError("no key in it can be used")
    return found


def _usable(entry: dict[str, Any]) -> IssuerKey | None:
    """Return the key of a JWK; ``None`` if it is for something else or too weak."""
    kind = (_text(entry, "kty"), _text(entry, "crv"))
    operations = entry.get("key_ops", ["verify"])
    if kind not in ALGORITHMS or entry.get("use", "sig") != "sig":
        return None
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    try:
        _refuse_weak_rsa(entry)
        key = import_key(entry)
        _refuse_weak_point(key)
    except (JoseError, SigningError, TrustBundleError, ValueError, TypeError):
        return None
    assert isinstance(key, RSAKey | ECKey | OKPKey)  # noqa: S101 - by its kty
    algorithms = ALGORITHMS[kind]
    if "alg" in entry:
        algorithms &= {_text(entry, "alg")}
    return IssuerKey(key, algorithms) if algorithms else None


def _text(entry: dict[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return value if isinstance(value, str) else None


def _refuse_weak_rsa(entry: dict[str, Any]) -> None:
    """Refuse a size before joserfc sees it, which would only warn."""
    if entry["kty"] == "RSA":
        modulus = base64url.decode(str(entry.get("n")).encode(), "n")
        bits = int.from_bytes(modulus).bit_length()
        if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
            raise ValueError(bits)


def _refuse_weak_point(key: object) -> None:
    if isinstance(key, OKPKey):
        public = key.public_key
        assert isinstance(public, Ed25519PublicKey)  # noqa: S101 - by its crv
        signature_check(Algorithm.ED25519, public)
