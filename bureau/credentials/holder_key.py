"""Read the key that a credential is bound to: a public JWK (RFC 7517), of two kinds."""

import hashlib
import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signing import base64url
from signing.errors import Check, SigningError
from signing.strict_json import read

MAX_CHARACTERS = 1_000
MEMBERS = {
    ("OKP", "Ed25519"): ("crv", "kty", "x"),
    ("EC", "P-256"): ("crv", "kty", "x", "y"),
}
"""What of each kind is kept; what a client may say beside it (RFC 7517, 4) is not."""
OTHERS = frozenset({"kid", "use", "alg", "key_ops", "ext"})
_COORDINATE_BYTES = 32


class HolderKeyError(ValueError):
    """The text is no public key that a credential can be bound to."""


@dataclass(frozen=True, slots=True)
class HolderKey:
    """A public key of the holder's, by its required members alone."""

    members: tuple[tuple[str, str], ...]

    @property
    def jwk(self) -> dict[str, str]:
        """Return it as a JWK."""
        return dict(self.members)

    @property
    def did(self) -> str:
        """Return it as a did:jwk."""
        text = json.dumps(self.jwk, separators=(",", ":"), sort_keys=True)
        return f"did:jwk:{base64url.encode(text.encode()).decode()}"

    @property
    def thumbprint(self) -> str:
        """Return its thumbprint (RFC 7638)."""
        text = json.dumps(self.jwk, separators=(",", ":"), sort_keys=True)
        digest = hashlib.sha256(text.encode()).digest()
        return base64url.encode(digest).decode()


def read_holder_key(text: str) -> HolderKey:
    """Return the key that ``text`` is.

    Raises:
        HolderKeyError: it is none, of another kind, off its curve, or has a private
            part: whoever sends that has given it away.
    """
    if len(text) > MAX_CHARACTERS:
        raise HolderKeyError("too long")
    try:
        found = read(text.encode(), Check.FORM)
    except SigningError:
        raise HolderKeyError("no JSON") from None
    if not isinstance(found, dict):
        raise HolderKeyError("no object")
    names = MEMBERS.get((str(found.get("kty")), str(found.get("crv"))))
    if names is None or not set(names) <= found.keys() <= {*names, *OTHERS}:
        raise HolderKeyError("other members than those of such a public key")
    members = tuple((name, str(found[name])) for name in names)
    _require_on_its_curve(dict(members))
    return HolderKey(members)


def _require_on_its_curve(jwk: dict[str, str]) -> None:
    try:
        x, *y = (
            base64url.decode(jwk[name].encode(), name)
            for name in ("x", "y")
            if name in jwk
        )
        if {len(one) for one in (x, *y)} != {_COORDINATE_BYTES}:
            raise HolderKeyError("a coordinate of another length")
        if y:
            at, up = int.from_bytes(x), int.from_bytes(y[0])
            EllipticCurvePublicNumbers(at, up, SECP256R1()).public_key()
        else:
            Ed25519PublicKey.from_public_bytes(x)
    except (SigningError, ValueError, IndexError):
        raise HolderKeyError("no point of its curve") from None
