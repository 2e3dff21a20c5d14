"""Sign in as an agency, by the key that it signs records with (RFC 7523, section 3)."""

import json
import secrets
from datetime import datetime

from gateway.callers.agency_assertions import TYPE
from signing import base64url
from signing.sign import SigningKey, raw_signature

SECONDS = 60
"""How long an assertion may be on its way; it is good for one request."""


def assertion(key: SigningKey, agency: str, audience: str, now: datetime) -> str:
    """Return an assertion that is good for one request."""
    at = int(now.timestamp())
    header = {"alg": key.algorithm, "kid": key.kid, "typ": TYPE}
    claims = {
        "iss": agency,
        "sub": agency,
        "aud": audience,
        "iat": at,
        "exp": at + SECONDS,
        "jti": secrets.token_urlsafe(16),
    }
    signed = b".".join(
        base64url.encode(json.dumps(part).encode()) for part in (header, claims)
    )
    raw = signed + b"." + base64url.encode(raw_signature(signed, key))
    return raw.decode("ascii")
