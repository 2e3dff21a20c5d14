"""Tokens that no issuer made, or made for nobody, and why each is refused."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.callers.claims import SKEW_SECONDS
from gateway.callers.refusal import Reason
from tests.gateway.callers.minting import (
    ES256,
    FOREIGN,
    NOW,
    RSA,
    Mint,
    b64,
    claims,
    compact,
    jwk,
    signature,
    with_hmac,
)

P256_ORDER = int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)
MINT = Mint()
CLAIMS = json.dumps(claims()).encode()
HEADER = {"alg": "ES256", "kid": "es256-1", "typ": "at+jwt"}


def signed(header: dict[str, Any] | bytes, payload: Any = None) -> str:
    """Return a token with these parts, and a signature by the issuer's own key."""
    return compact(
        header,
        claims() if payload is None else payload,
        lambda text: signature("ES256", ES256, text),
    )


def by_a_stranger(**header: object) -> str:
    """Return a token a stranger signed, whose header says where to look."""
    return compact(
        {**HEADER, **header}, claims(), lambda text: signature("ES256", FOREIGN, text)
    )


def with_signature(value: bytes) -> str:
    return compact(HEADER, claims(), lambda _: value)


def spaced() -> str:
    head, _, tail = MINT.token().partition(".")
    return f"{head} .{tail}"


HOSTILE = [
    pytest.param(
        compact({**HEADER, "alg": "none"}, claims(), lambda _: b""),
        Reason.WRONG_ALGORITHM,
        id="alg none",
    ),
    pytest.param(
        compact({**HEADER, "alg": "nOnE"}, claims(), lambda _: b""),
        Reason.WRONG_ALGORITHM,
        id="alg nOnE",
    ),
    pytest.param(
        with_hmac(RSA), Reason.WRONG_ALGORITHM, id="HS256 with the RSA public key"
    ),
    pytest.param(
        Mint(kid="ps256-1", algorithm="RS256", key=RSA).token(),
        Reason.WRONG_ALGORITHM,
        id="RS256 by a key for PS256",
    ),
    pytest.param(
        signed({**HEADER, "kid": "../../../../dev/null"}),
        Reason.UNKNOWN_KEY,
        id="kid path",
    ),
    pytest.param(
        signed({**HEADER, "kid": "' UNION SELECT 'key' --"}),
        Reason.UNKNOWN_KEY,
        id="kid SQL",
    ),
    pytest.param(
        signed({**HEADER, "kid": "http://169.254.169.254/jwks"}),
        Reason.UNKNOWN_KEY,
        id="kid URL",
    ),
    pytest.param(
        signed({**HEADER, "kid": "es256-1\u0000"}), Reason.UNKNOWN_KEY, id="kid NUL"
    ),
    pytest.param(
        signed({**HEADER, "kid": {"$ne": 1}}), Reason.UNKNOWN_KEY, id="kid an object"
    ),
    pytest.param(
        by_a_stranger(jwk=jwk("es256-1", FOREIGN)), Reason.KEY_IN_HEADER, id="jwk"
    ),
    pytest.param(
        by_a_stranger(jku="https://evil.example/jwks"), Reason.KEY_IN_HEADER, id="jku"
    ),
    pytest.param(
        by_a_stranger(x5u="https://evil.example/x"), Reason.KEY_IN_HEADER, id="x5u"
    ),
    pytest.param(by_a_stranger(x5c=["AAAA"]), Reason.KEY_IN_HEADER, id="x5c"),
    pytest.param(
        signed({**HEADER, "crit": ["exp"]}), Reason.CRITICAL_HEADER, id="crit unknown"
    ),
    pytest.param(
        signed({**HEADER, "crit": []}), Reason.CRITICAL_HEADER, id="crit empty"
    ),
    pytest.param(
        signed({**HEADER, "b64": False, "crit": ["b64"]}),
        Reason.CRITICAL_HEADER,
        id="b64 false",
    ),
    pytest.param(
        signed({**HEADER, "b64": True}), Reason.CRITICAL_HEADER, id="b64 true"
    ),
    pytest.param(
        by_a_stranger(), Reason.BAD_SIGNATURE, id="duplicate kid with two issuers"
    ),
    pytest.param(MINT.token(aud=None), Reason.MISSING_CLAIM, id="missing aud"),
    pytest.param(MINT.token(iss=None), Reason.MISSING_CLAIM, id="missing iss"),
    pytest.param(MINT.token(exp=None), Reason.MISSING_CLAIM, id="missing exp"),
    pytest.param(MINT.token(nbf=NOW + 3600), Reason.NOT_YET_VALID, id="nbf ahead"),
    pytest.param(
        MINT.token(exp=NOW - SKEW_SECONDS), Reason.EXPIRED, id="past the clock skew"
    ),
    pytest.param(
        f"{b64(json.dumps({'alg': 'RSA-OAEP', 'enc': 'A256GCM'}).encode())}"
        ".AAAA.AAAA.AAAA.AAAA",
        Reason.ENCRYPTED,
        id="JWE instead of JWS",
    ),
    pytest.param(
        signed({**HEADER, "enc": "A256GCM"}), Reason.ENCRYPTED, id="enc in a JWS"
    ),
    pytest.param("a" * 1_000_000, Reason.TOO_LONG, id="1 MB token"),
    pytest.param(
        ".".join(["A" * 500_000] * 3), Reason.TOO_LONG, id="1 MB token of three parts"
    ),
    pytest.param(
        with_signature(bytes(64)), Reason.BAD_SIGNATURE, id="ES256 with r=s=0"
    ),
    pytest.param(
        with_signature(P256_ORDER.to_bytes(32) * 2),
        Reason.BAD_SIGNATURE,
        id="ES256 with r=s=n",
    ),
    pytest.param(with_signature(b""), Reason.BAD_SIGNATURE, id="no signature"),
    pytest.param(
        compact(HEADER, claims(), lambda text: ES256.sign(text, ECDSA(SHA256()))),
        Reason.BAD_SIGNATURE,
        id="a signature in DER",
    ),
    pytest.param(signed({**HEADER, "typ": "JWT"}), Reason.WRONG_TYPE, id="an ID token"),
    pytest.param(
        signed({**HEADER, "typ": "certificate-record+jws"}),
        Reason.WRONG_TYPE,
        id="a signed record",
    ),
    pytest.param(
        signed(b'{"alg":"none","alg":"ES256","kid":"es256-1","typ":"at+jwt"}'),
        Reason.MALFORMED,
        id="alg twice",
    ),
    pytest.param(
        signed(
            HEADER,
            b'{"iss":"https://evil.example",' + json.dumps(claims()).encode()[1:],
        ),
        Reason.MALFORMED,
        id="iss twice",
    ),
    pytest.param(signed(b"[]"), Reason.MALFORMED, id="a header that is a list"),
    pytest.param(signed(HEADER, b"[]"), Reason.MALFORMED, id="claims that are a list"),
    pytest.param(signed(HEADER, b"\xff"), Reason.MALFORMED, id="claims not UTF-8"),
    pytest.param(
        signed(HEADER, b"[" * 3_000), Reason.MALFORMED, id="claims nested too deep"
    ),
    pytest.param(
        signed(HEADER, b'{"exp":' + b"9" * 3_000 + b"}"),
        Reason.MALFORMED,
        id="a number of 3,000 digits",
    ),
    pytest.param(MINT.token() + "=", Reason.MALFORMED, id="padding"),
    pytest.param(spaced(), Reason.MALFORMED, id="white space inside"),
    pytest.param("..", Reason.MALFORMED, id="three empty parts"),
    pytest.param(MINT.token().replace(".", "..", 1), Reason.UNKNOWN_TOKEN, id="four"),
    pytest.param("\u00e9.\u00e9.\u00e9", Reason.MALFORMED, id="not ASCII"),
]
