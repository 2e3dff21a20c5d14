"""Whom the gateway of these tests knows, in every way."""

import hashlib
import time

from tests.gateway.callers.minting import ISSUER, Mint

AUDIENCE = "https://gateway.example"
READER = "reader-token-with-many-random-characters"
CATALOGUE = "catalogue-token-with-many-random-letters"
EXPIRED = "expired-token-with-many-random-letters"
CERTIFICATE = b"the certificate of metro-batch, in DER"


def sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


TABLES = f"""
[agency_callers]
audience = "{AUDIENCE}"
scopes = ["certificates:read"]

[[issuers]]
name = "bureau"
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
algorithms = ["ES256"]
jwks_file = "jwks.json"
roles = ["reader"]
scopes = ["payments:write", "recoveries:write", "sanctions:write", "audit:read"]

[[tokens]]
caller = "pudong-hr"
sha256 = "{sha256(READER.encode())}"
scopes = ["certificates:read", "schema:read"]

[[tokens]]
caller = "library"
sha256 = "{sha256(CATALOGUE.encode())}"
scopes = ["schema:read"]

[[tokens]]
caller = "gone"
sha256 = "{sha256(EXPIRED.encode())}"
expires_at = 2026-01-01T00:00:00Z

[[client_certificates]]
caller = "metro-batch"
sha256 = "{sha256(CERTIFICATE)}"
scopes = ["schema:read"]
"""
PROXIES = 'client_certificate_proxies = ["127.0.0.1"]\n'


def fresh_token(**changes: object) -> str:
    """Return an access token as of now."""
    now = int(time.time())
    return Mint().token(**{"iat": now, "exp": now + 300, **changes})
