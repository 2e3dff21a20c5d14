"""What every gateway to people's data has to do beside the question.

Know its caller by a signed token (RFC 9068), take a purpose and a case, hold a budget
of people, put each look-up on a log on disk before it is answered, count, write a line,
and refuse documents that it was not told of. Ours always does; a peer that carries the
same is the honest comparison, and is measured in phases of its own.
"""

import json
import time
from collections.abc import Mapping
from functools import cache

from joserfc import jwt
from joserfc.jwk import ECKey

from benchmarks.questions import BATCH_OF_PEER, HOLDER_CHECK

ISSUER, AUDIENCE = "https://id.example", "https://gateway.example"
CLIENT, KEY_ID, ALGORITHM = "benchmark", "benchmark-1", "ES256"
SCOPES = "certificates:read identity:read"
DAY_SECONDS = 86_400


@cache
def _key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": KEY_ID, "use": "sig", "alg": ALGORITHM})


def key_set() -> Mapping[str, object]:
    """Return the issuer's public keys (RFC 7517)."""
    return {"keys": [_key().as_dict(private=False)]}


@cache
def headers() -> Mapping[str, str]:
    """Return what a request states of who asks, and why."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": CLIENT,
        "client_id": CLIENT,
        "iat": now,
        "exp": now + DAY_SECONDS,
        "jti": "benchmark",
        "scope": SCOPES,
    }
    header = {"alg": ALGORITHM, "kid": KEY_ID, "typ": "at+jwt"}
    return {
        "Authorization": f"Bearer {jwt.encode(header, claims, _key())}",
        "X-Purpose": "SUBSIDY_CLAIM",
        "X-Case-Number": "benchmark",
    }


def issuer_table(key_set_file: str) -> str:
    """Return the issuer as our configuration has it."""
    scopes = json.dumps(SCOPES.split())
    return (
        f'\n[[issuers]]\nname = "bureau"\nissuer = "{ISSUER}"\n'
        f'audience = "{AUDIENCE}"\nalgorithms = ["{ALGORITHM}"]\n'
        f'jwks_file = "{key_set_file}"\nscopes = {scopes}\n'
    )


def told() -> Mapping[str, object]:
    """Return what a peer is told of its duties."""
    return {
        "jwks": key_set(),
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "pseudonymKey": "benchmark",
        "documents": [HOLDER_CHECK, BATCH_OF_PEER],
    }
