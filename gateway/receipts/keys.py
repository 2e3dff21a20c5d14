"""Read the keys of receipts, and publish their public halves.

One PEM file: the first key signs, those below are published beside it. So a key can be
known before it signs, and after: its successor is put below, then above, and once the
old one signs no more its PUBLIC KEY is enough. A key's id is its RFC 7638 thumbprint,
which nobody has to choose and nobody can choose twice.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from joserfc.jwk import ECKey, OKPKey

from gateway.errors import StartError
from signing.algorithms import Algorithm
from signing.envelope import PayloadType
from signing.held import AwaitedSigner
from signing.sign import SigningKey
from signing.signer import KeySigner, Signer

MEDIA_TYPE = "application/jwk-set+json"
MOST = 20
"""So many keys are published at most."""
_BLOCK = re.compile(
    rb"-----BEGIN (?P<label>[A-Z ]+)-----.*?-----END (?P=label)-----", re.DOTALL
)
_PUBLIC = b"PUBLIC KEY"

Jwk = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReceiptKeys:
    """What signs receipts, and the keys that readers of receipts need."""

    signer: Signer | None
    """``None`` where there is no key in memory."""
    published: Sequence[Jwk]
    """Public keys, that of the signer first."""
    signer_of: Callable[[str], Signer] | None = None
    """Signs with the same key what is of another type (the header's ``typ``)."""
    awaited: AwaitedSigner | None = None
    """What signs where keys are kept elsewhere; it goes before ``signer``."""

    @property
    def can_sign(self) -> bool:
        """Say whether there is a key to sign with."""
        return self.signer is not None or self.awaited is not None

    def key_set(self) -> bytes:
        """Return the published keys as a JWK set (RFC 7517, 5)."""
        return orjson.dumps({"keys": self.published})


NO_KEYS = ReceiptKeys(None, ())


def read_receipt_keys(path: Path) -> ReceiptKeys:
    """Return the keys in ``path``.

    Raises:
        StartError: the file cannot be read, a key is of another kind or stands there
            twice, or the first is no private key.
    """
    remedy = f"make one with: openssl genpkey -algorithm ed25519 -out {path}"
    try:
        blocks = [*_BLOCK.finditer(path.read_bytes())]
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}; {remedy}") from None
    if not 0 < len(blocks) <= MOST:
        raise StartError(f"{path} has {len(blocks)} PEM keys, 1 to {MOST}; {remedy}")
    keys = [
        _read(block[0], block["label"], f"{path}, key {number}")
        for number, block in enumerate(blocks, start=1)
    ]
    signing = keys[0].signing
    if signing is None:
        raise StartError(
            f"{path}: the first key signs, and is a PUBLIC KEY here; put the private "
            "key first"
        )
    published = [key.jwk for key in keys]
    if len({str(jwk["kid"]) for jwk in published}) < len(keys):
        raise StartError(f"{path}: a key stands there twice; remove one of them")
    signer_of = partial(KeySigner, signing)
    return ReceiptKeys(signer_of(PayloadType.RECEIPT), published, signer_of)


@dataclass(frozen=True, slots=True)
class _Key:
    jwk: Jwk
    signing: SigningKey | None


def _read(pem: bytes, label: bytes, place: str) -> _Key:
    try:
        if label == _PUBLIC:
            private = None
            public = load_pem_public_key(pem)
        else:
            private = load_pem_private_key(pem, password=None)
            public = private.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What stands there is not repeated, and nor is the library's word for it.
        raise StartError(
            f"{place} is no PRIVATE KEY without a password, and no PUBLIC KEY"
        ) from None
    spelt = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    known: OKPKey | ECKey
    match public:
        case Ed25519PublicKey():
            algorithm, known = Algorithm.ED25519, OKPKey.import_key(spelt)
        case EllipticCurvePublicKey(curve=SECP256R1()):
            algorithm, known = Algorithm.ES256, ECKey.import_key(spelt)
        case _:
            raise StartError(
                f"{place} is neither an Ed25519 key nor one on P-256: others sign too "
                "slowly for every answer"
            )
    kid = known.thumbprint()
    jwk = {**known.as_dict(private=False), "kid": kid, "alg": algorithm, "use": "sig"}
    match private:
        case Ed25519PrivateKey() | EllipticCurvePrivateKey():
            return _Key(jwk, SigningKey(kid, algorithm, private))
        case _:
            return _Key(jwk, None)
