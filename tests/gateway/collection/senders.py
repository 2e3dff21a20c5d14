"""Keys of agencies that send, and requests signed with them, right and wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    generate_private_key as generate_rsa_key,
)

from gateway.collection.sign import signed_headers
from gateway.collection.signature import Message
from signing.algorithms import Algorithm
from signing.sign import PrivateKey, SigningKey
from signing.sm2.sign import Sm2PrivateKey
from signing.trust import KeyState, TrustBundle, TrustedKey

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
INSTITUTION = "fire-rescue"
URL = "https://gateway.example.cn/collect/fire-rescue"

PRIVATE: dict[Algorithm, PrivateKey] = {
    Algorithm.ED25519: Ed25519PrivateKey.generate(),
    Algorithm.ES256: generate_private_key(SECP256R1()),
    Algorithm.PS256: generate_rsa_key(65537, 2048),
    Algorithm.SM2: Sm2PrivateKey.generate(),
}


def key(algorithm: Algorithm = Algorithm.ED25519) -> SigningKey:
    return SigningKey(f"key-{algorithm.lower()}", algorithm, PRIVATE[algorithm])


def bundle(
    state: KeyState = KeyState.ACTIVE,
    state_since: datetime | None = None,
    ends: timedelta = timedelta(days=30),
) -> TrustBundle:
    """Return a bundle that knows all of the keys."""
    return TrustBundle.of(
        TrustedKey(
            kid=key(algorithm).kid,
            institution=INSTITUTION,
            algorithm=algorithm,
            public_key=private.public_key(),
            not_before=NOW - timedelta(days=60),
            not_after=NOW + ends,
            state=state,
            scope=frozenset({"3-1"}),
            state_since=state_since,
        )
        for algorithm, private in PRIVATE.items()
    )


def message(
    algorithm: Algorithm = Algorithm.ED25519,
    *,
    at: datetime = NOW,
    body: bytes | None = b"lines",
    encoding: str | None = "gzip",
) -> Message:
    """Return a request that is signed as it has to be."""
    method = "GET" if body is None else "POST"
    headers = signed_headers(
        method, URL, key(algorithm), at=at, body=body, encoding=encoding, nonce="n-1"
    )
    return Message(method, URL, list(headers.items()))


def changed(sent: Message, name: str, old: str, new: str) -> Message:
    """Return ``sent`` with one text of a header replaced."""
    fields = [
        (n, v.replace(old, new) if n.lower() == name else v) for n, v in sent.fields
    ]
    assert fields != list(sent.fields), f"{name} has no {old!r}"
    return replace(sent, fields=fields)


def without(sent: Message, name: str) -> Message:
    """Return ``sent`` without a header."""
    fields = [(n, v) for n, v in sent.fields if n.lower() != name]
    assert len(fields) < len(sent.fields), f"there is no {name}"
    return replace(sent, fields=fields)
