"""A signed token as it came: read in one way only, and not believed yet.

What no token needs is refused before any key is looked for: a key in the header or
an address of one (``jku``, ``x5u``, ``jwk``, ``x5c``), ``crit`` and ``b64``, a second
spelling of base64url, a key that occurs twice in the JSON. ``kid`` is only ever
compared with known ones; it leads to no file, no address and no query.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.callers.refusal import AuthenticationError, Reason
from signing import base64url, strict_json
from signing.errors import Check, SigningError
from signing.strict_json import Json

PARTS = 3
ENCRYPTED_PARTS = 5
KEYS_OF_ITS_OWN = ("jku", "jwk", "x5u", "x5c")


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A compact JWS (RFC 7515) whose payload is an object of claims."""

    text: str
    algorithm: str
    key_id: str
    type: str
    claims: Mapping[str, Json]

    @property
    def signed(self) -> bytes:
        """The bytes that the signature covers."""
        return self.text.rpartition(".")[0].encode("ascii")

    @property
    def signature(self) -> bytes:
        """The bytes of the signature."""
        return base64url.decode(
            self.text.rpartition(".")[2].encode("ascii"), "signature"
        )


def looks_signed(token: str) -> bool:
    """Say whether ``token`` has the form of a JWS.

    Raises:
        AuthenticationError: it has the form of a JWE, which nobody can read here.
    """
    parts = token.count(".") + 1
    if parts == ENCRYPTED_PARTS:
        raise AuthenticationError(Reason.ENCRYPTED)
    return parts == PARTS


def read_signed_token(token: str, type_unsaid: str | None = None) -> SignedToken:
    """Read header and claims of ``token``. No signature is checked here.

    ``type_unsaid`` is what it is where its header has no ``typ``, which it may leave
    out where nothing else could come, as an ID token does.

    Raises:
        AuthenticationError: it can be read in two ways or in none, or its header
            has what no token may have.
    """
    try:
        header, payload, signature = token.encode("ascii").split(b".")
        members = _object(base64url.decode(header, "header"))
        claims = _object(base64url.decode(payload, "payload"))
        base64url.decode(signature, "signature")
    except (SigningError, ValueError):
        raise AuthenticationError(Reason.MALFORMED) from None
    if any(name in members for name in KEYS_OF_ITS_OWN):
        raise AuthenticationError(Reason.KEY_IN_HEADER)
    if "crit" in members or "b64" in members:
        raise AuthenticationError(Reason.CRITICAL_HEADER)
    if "enc" in members:
        raise AuthenticationError(Reason.ENCRYPTED)
    return SignedToken(
        text=token,
        algorithm=_word(members, "alg", Reason.WRONG_ALGORITHM),
        key_id=_word(members, "kid", Reason.UNKNOWN_KEY),
        # RFC 7515, 4.1.9: a media type, with "application/" left out or not.
        type=_word({"typ": type_unsaid, **members}, "typ", Reason.WRONG_TYPE)
        .lower()
        .removeprefix("application/"),
        claims=claims,
    )


def _object(text: bytes) -> dict[str, Json]:
    value = strict_json.read(text, Check.FORM)
    if not isinstance(value, dict):
        raise AuthenticationError(Reason.MALFORMED)
    return value


def _word(members: Mapping[str, Json], name: str, otherwise: Reason) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise AuthenticationError(otherwise)
    return value
