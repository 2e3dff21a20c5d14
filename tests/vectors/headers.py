"""Vectors whose header reads well and says what is not allowed."""

from collections.abc import Iterator

from tests.vectors import mint
from tests.vectors.case import Case

PAYLOAD = mint.b64url(mint.PAYLOAD)


def cases() -> Iterator[Case]:
    yield from _key_sources()
    yield from _critical()
    yield from _types_and_times()


def _key_sources() -> Iterator[Case]:
    stranger = mint.private_key(mint.STRANGER).public_key().public_bytes_raw()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": mint.b64url(stranger)}
    members: dict[str, object] = {
        "jwk": jwk,
        "jku": "https://keys.invalid/jwks.json",
        "x5u": "https://keys.invalid/chain.pem",
        "x5c": ["AAAA"],
        "x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "x5t#S256": mint.b64url(bytes(32)),
        "x5t#o": {"digAlg": "S512", "digVal": mint.b64url(bytes(64))},
        "sigX5ts": [{"digAlg": "S512", "digVal": mint.b64url(bytes(64))}],
    }
    for name, value in members.items():
        yield Case(
            name=f"header-{name.replace('#', '-').lower()}",
            what=f"the header has {name}, and is well signed by the key of kid",
            jws=mint.compact(mint.header() | {name: value}),
            refused=("KEY_SOURCE", "KEY_IN_HEADER"),
            origin="after RFC 8725 section 3.10",
        )
    yield Case(
        name="header-jwk-of-the-signer",
        what="signed by a key of its own that it brings along as jwk",
        jws=mint.compact(mint.header(jwk=jwk), kid=mint.STRANGER),
        refused=("KEY_SOURCE", "KEY_IN_HEADER"),
        origin="after CVE-2018-0114",
    )


def _critical() -> Iterator[Case]:
    header = mint.header
    compact = {
        "crit-unknown": (header(crit=["exp"], exp=1), "UNKNOWN_CRIT", "crit has exp"),
        "crit-b64-without-b64": (
            header(crit=["b64"]),
            "UNKNOWN_CRIT",
            "crit has b64 in the compact form",
        ),
        "crit-empty": (header(crit=[]), "MALFORMED_CRIT", "crit is an empty list"),
        "crit-string": (header(crit="b64"), "MALFORMED_CRIT", "crit is a string"),
        "crit-numbers": (header(crit=[1]), "MALFORMED_CRIT", "crit has a number"),
        "crit-null": (header() | {"crit": None}, "MALFORMED_CRIT", "crit is null"),
        "crit-twice": (
            header(crit=["exp", "exp"], exp=1),
            "MALFORMED_CRIT",
            "crit has a name twice",
        ),
        "compact-b64-true": (
            header(b64=True, crit=["b64"]),
            "B64_IN_COMPACT",
            "b64 true in the compact form",
        ),
    }
    for name, (members, refusal, what) in compact.items():
        yield Case(
            name=name,
            what=what,
            jws=mint.compact(members),
            refused=("CRITICAL", refusal),
            origin="after RFC 7515 section 4.1.11",
        )
    part = mint.header_part(header(b64=False, crit=["b64"]))
    signed = part.encode() + b"." + mint.PAYLOAD
    yield Case(
        name="compact-b64-false",
        what="b64 false in the compact form, signed over the unencoded payload",
        jws=f"{part}.{PAYLOAD}." + mint.b64url(mint.signature(mint.TRANSPORT, signed)),
        refused=("CRITICAL", "B64_IN_COMPACT"),
    )
    header = mint.detached_header
    detached = {
        "detached-b64-missing": (
            header(b64=None, crit=None),
            "B64_NOT_FALSE",
            "no b64, though the body is signed as it came",
        ),
        "detached-b64-missing-crit": (
            header(b64=None),
            "B64_NOT_FALSE",
            "no b64, though crit names it",
        ),
        "detached-b64-true": (header(b64=True), "B64_NOT_FALSE", "b64 is true"),
        "detached-b64-zero": (header(b64=0), "B64_NOT_FALSE", "b64 is 0, not false"),
        "detached-b64-not-critical": (
            header(crit=None),
            "B64_NOT_CRITICAL",
            "b64 false, and no crit",
        ),
        "detached-crit-unknown": (
            header(crit=["b64", "exp"], exp=1),
            "UNKNOWN_CRIT",
            "crit has exp beside b64",
        ),
    }
    for name, (members, refusal, what) in detached.items():
        yield Case(
            name=name,
            what=what,
            jws=mint.detached(members),
            body=mint.BODY,
            refused=("CRITICAL", refusal),
            origin="after RFC 7797 section 6",
        )


def _types_and_times() -> Iterator[Case]:
    types = {
        "typ-missing": (None, "no typ"),
        "typ-jwt": ("JWT", "typ of an access token"),
        "typ-of-an-absence": (
            "certificate-absence+jws",
            "typ of an absence where a record was asked for",
        ),
        "typ-upper-case": ("CERTIFICATE-RECORD+JWS", "typ in upper case"),
        "typ-list": (["certificate-record+jws"], "typ is a list"),
    }
    for name, (typ, what) in types.items():
        yield Case(
            name=name,
            what=what,
            jws=mint.compact(mint.header(typ=typ)),
            refused=("TYPE", "WRONG_TYPE"),
        )
    times = {
        "iat-missing": (None, "no iat"),
        "iat-string": ("1772351970", "iat is a string"),
        "iat-boolean": (True, "iat is true, which some languages take for 1"),
        "iat-negative": (-1, "iat is before 1970"),
        "iat-after-9999": (253402300800, "iat is in the year 10000"),
    }
    for name, (iat, what) in times.items():
        yield Case(
            name=name,
            what=what,
            jws=mint.compact(mint.header(iat=iat)),
            refused=("SIGNING_TIME", "NO_SIGNING_TIME"),
        )
