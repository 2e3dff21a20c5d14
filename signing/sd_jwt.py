"""Make SD-JWTs (RFC 9901): a JWT whose claims the holder shows one by one.

Each claim that may be hidden is a disclosure, salt and name and value; the JWT has its
digest alone. Digests are sorted, so that their order says nothing of what is under them
(RFC 9901, 4.2.4.1).
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signing import base64url

TYPE = "dc+sd-jwt"
"""The header's ``typ`` of an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc)."""
SALT_BYTES = 16
"""128 bits, as RFC 9901, 9.3 has it."""
NEVER_HIDDEN = frozenset(
    {"iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "_sd"}
)
"""Claims that a verifier has to see (draft-ietf-oauth-sd-jwt-vc, 2.2.2.2)."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """The payload of an SD-JWT, and the disclosures that belong to it."""

    payload: bytes
    disclosures: tuple[bytes, ...]

    def issued(self, jws: bytes) -> str:
        """Return the SD-JWT with everything shown, as its holder gets it.

        ``jws`` is the payload, signed.
        """
        return b"~".join((jws, *self.disclosures, b"")).decode()


def hidden(
    open_: Mapping[str, object],
    claims: Mapping[str, object],
    salt: Callable[[int], bytes] = os.urandom,
) -> Hidden:
    """Return a payload that shows the claims ``open_``, and digests of ``claims``.

    ``salt`` returns so many random bytes; none may be used twice.

    Raises:
        ValueError: a claim is to be hidden that a verifier has to see.
    """
    if not NEVER_HIDDEN.isdisjoint(claims):
        raise ValueError(f"never hidden: {sorted(NEVER_HIDDEN & claims.keys())}")
    disclosures = tuple(
        _disclosure(base64url.encode(salt(SALT_BYTES)), name, value)
        for name, value in claims.items()
    )
    payload = {
        **open_,
        "_sd_alg": "sha-256",
        "_sd": sorted(_digest(one) for one in disclosures),
    }
    return Hidden(_json(payload), disclosures)


def _disclosure(salt: bytes, name: str, value: object) -> bytes:
    return base64url.encode(_json([salt.decode(), name, value]))


def _digest(disclosure: bytes) -> str:
    return base64url.encode(hashlib.sha256(disclosure).digest()).decode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
