"""Vectors of signatures: by whom, how, when and over what; some are believed."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.vectors import mint
from tests.vectors.case import Case

GOOD = mint.compact()
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")


def cases() -> Iterator[Case]:
    yield from _believed()
    yield from _keys()
    yield from _algorithms()
    yield from _signatures()
    yield from _bodies()
    yield from _trust()


def _believed() -> Iterator[Case]:
    for kid, name in (
        (mint.TRANSPORT, "eddsa"),
        (mint.SAFETY, "es256"),
        (mint.FIRE, "ps256"),
    ):
        yield Case(
            name=f"believed-compact-{name}",
            what="a compact JWS in order",
            jws=mint.compact(kid=kid),
        )
        yield Case(
            name=f"believed-detached-{name}",
            what="a detached JWS in order",
            jws=mint.detached(kid=kid),
            body=mint.BODY,
        )
    yield Case(
        name="believed-unknown-header-member",
        what="a header member without meaning here, ignored (RFC 7515 section 4)",
        jws=mint.compact(mint.header(note="x")),
    )
    signed = mint.compact(kid=mint.SAFETY).rpartition(".")[0]
    raw = mint.signature(mint.SAFETY, signed.encode())
    other = mint.P256_ORDER - int.from_bytes(raw[32:])
    yield Case(
        name="believed-es256-other-s",
        what="(r, n - s) for (r, s): ECDSA lets anybody do this, and it still verifies",
        jws=f"{signed}.{mint.b64url(raw[:32] + other.to_bytes(32))}",
    )


def _keys() -> Iterator[Case]:
    kids = {
        "kid-missing": (None, "NO_KEY_ID", "no kid"),
        "kid-number": (1, "NO_KEY_ID", "kid is a number"),
        "kid-unknown": (mint.STRANGER, "UNKNOWN_KEY", "kid is not in the bundle"),
        "kid-path": ("../../dev/null", "UNKNOWN_KEY", "kid is a path"),
        "kid-query": ("' OR ''='", "UNKNOWN_KEY", "kid is a piece of SQL"),
        "kid-url": ("https://keys.invalid/1", "UNKNOWN_KEY", "kid is an address"),
    }
    for name, (kid, refusal, what) in kids.items():
        yield Case(
            name=name,
            what=what,
            jws=mint.compact(mint.header(kid=kid), kid=mint.STRANGER),
            refused=("KEY", refusal),
            origin="after RFC 8725 section 3.10",
        )


def _algorithms() -> Iterator[Case]:
    case = partial(Case, refused=("ALGORITHM", "WRONG_ALGORITHM"))
    none = partial(
        Case,
        refused=("ALGORITHM", "ALGORITHM_NONE"),
        origin="after RFC 8725 section 2.1",
    )
    for name, alg in (("alg-none", "none"), ("alg-none-mixed-case", "nOnE")):
        yield none(
            name=name,
            what=f"alg is {alg}, and the signature is empty",
            jws=f"{mint.header_part(mint.header(alg=alg))}.{PAYLOAD}.",
        )
    signed = f"{mint.header_part(mint.header(mint.FIRE, alg='HS256'))}.{PAYLOAD}"
    secret = mint.public_pem(mint.FIRE).encode()
    tag = hmac.digest(secret, signed.encode(), hashlib.sha256)
    yield Case(
        name="alg-hmac-with-the-public-key",
        what="alg is HS256, with the PEM text of the public RSA key as the secret",
        jws=f"{signed}.{mint.b64url(tag)}",
        refused=("ALGORITHM", "ALGORITHM_HMAC"),
        origin="after RFC 8725 section 2.1",
    )
    signed = f"{mint.header_part(mint.header(mint.FIRE, alg='RS256'))}.{PAYLOAD}"
    yield case(
        name="alg-rs256",
        what="alg is RS256, rightly signed so, by a key for PS256",
        jws=f"{signed}.{mint.b64url(mint.rs256(mint.FIRE, signed.encode()))}",
    )
    yield case(
        name="alg-of-another-key",
        what="alg is ES256, signed by the key of kid with its own EdDSA",
        jws=mint.compact(mint.header(alg="ES256")),
    )
    yield case(
        name="alg-ed25519",
        what="alg is Ed25519, the newer name of RFC 9864, where EdDSA is agreed",
        jws=mint.compact(mint.header(alg="Ed25519")),
    )
    yield case(
        name="alg-missing", what="no alg", jws=mint.compact(mint.header(alg=None))
    )


def _signatures() -> Iterator[Case]:
    case = partial(Case, refused=("SIGNATURE", "BAD_SIGNATURE"))
    altered = mint.PAYLOAD.replace(b"20260200001", b"20260200002")
    yield case(
        name="tampered-payload",
        what="one digit of the payload altered after signing",
        jws=f"{HEADER}.{mint.b64url(altered)}.{SIGNATURE}",
    )
    reordered = json.dumps(
        dict(reversed(json.loads(mint.PAYLOAD).items())), ensure_ascii=False
    )
    yield case(
        name="tampered-payload-order",
        what="the payload's members in another order: the same to JSON, other bytes",
        jws=f"{HEADER}.{mint.b64url(reordered.encode())}.{SIGNATURE}",
    )
    later = mint.header_part(mint.header(iat=mint.SIGNED_AT + 1))
    yield case(
        name="tampered-header",
        what="iat altered after signing",
        jws=f"{later}.{PAYLOAD}.{SIGNATURE}",
    )
    for name, what, signature in (
        ("truncated", "the last 34 bytes of the signature are missing", SIGNATURE[:40]),
        ("empty", "no signature", ""),
        ("zero", "64 zero bytes for a signature", mint.b64url(bytes(64))),
    ):
        yield case(
            name=f"signature-{name}",
            what=what,
            jws=f"{HEADER}.{PAYLOAD}.{signature}",
        )
    other = mint.compact(payload=b'{"certificateNumber":"1"}').split(".")[2]
    yield case(
        name="signature-of-another-record",
        what="the signature of another record by the same key",
        jws=f"{HEADER}.{PAYLOAD}.{other}",
    )
    yield case(
        name="signature-by-another-key",
        what="signed by a key that is not the one of kid",
        jws=mint.compact(mint.header(), kid=mint.STRANGER),
    )
    signed = ".".join(mint.compact(kid=mint.SAFETY).split(".")[:2])
    raw = mint.signature(mint.SAFETY, signed.encode())
    for name, what, signature_bytes in (
        ("zero", "r = s = 0, as in CVE-2022-21449", bytes(64)),
        ("order", "r = s = n, as in CVE-2022-21449", mint.P256_ORDER.to_bytes(32) * 2),
        (
            "der",
            "a right signature in DER, not r and s side by side",
            mint.es256_der(mint.SAFETY, signed.encode()),
        ),
        ("short", "a right signature without its last byte", raw[:-1]),
        ("long", "a right signature and a zero byte", raw + b"\0"),
    ):
        yield case(
            name=f"es256-{name}",
            what=what,
            jws=f"{signed}.{mint.b64url(signature_bytes)}",
        )


def _bodies() -> Iterator[Case]:
    case = partial(Case, refused=("SIGNATURE", "BAD_SIGNATURE"))
    good = mint.detached()
    yield case(
        name="detached-body-altered",
        what="one byte of the body altered after signing",
        jws=good,
        body=mint.BODY.replace(b"AAECAwQFBgc", b"BAECAwQFBgc"),
    )
    yield case(
        name="detached-body-newline",
        what="a line feed after the body, as some proxies add",
        jws=good,
        body=mint.BODY + b"\n",
    )
    yield case(
        name="detached-body-cut",
        what="the last byte of the body is missing",
        jws=good,
        body=mint.BODY[:-1],
    )
    part = mint.header_part(mint.detached_header())
    encoded = f"{part}.{mint.b64url(mint.BODY)}".encode()
    yield case(
        name="detached-signed-encoded",
        what="signed over the base64url of the body, though b64 is false",
        jws=f"{part}..{mint.b64url(mint.signature(mint.FIRE, encoded))}",
        body=mint.BODY,
    )


def _trust() -> Iterator[Case]:
    for state in ("suspended", "retired", "compromised"):
        yield Case(
            name=f"key-{state}",
            what=f"well signed by a key that is {state}",
            jws=mint.compact(kid=f"test-{state}-1"),
            refused=("STATE", "KEY_NOT_IN_FORCE"),
        )
    first = datetime(2026, 1, 1, tzinfo=UTC)
    last = datetime(2028, 1, 1, tzinfo=UTC)
    second = timedelta(seconds=1)
    window = partial(Case, refused=("WINDOW", "KEY_OUTSIDE_WINDOW"))
    for name, what, signed_at, at in (
        ("key-before-window", "signed a second too early", first - second, first),
        ("key-after-window", "signed a second too late", last + second, last + second),
        ("key-asked-after-window", "asked a second too late", last, last + second),
    ):
        yield window(
            name=name,
            what=f"{what} for the key's window",
            jws=mint.compact(mint.header(iat=int(signed_at.timestamp()))),
            at=at,
        )
    for name, refusal, what, seconds in (
        ("stale", "STALE", "signed an hour and a second before the question", 3601),
        (
            "signed-in-future",
            "SIGNED_IN_FUTURE",
            "signed 61 seconds after the question",
            -61,
        ),
    ):
        iat = int(mint.ASKED_AT.timestamp()) - seconds
        yield Case(
            name=name,
            what=what,
            jws=mint.compact(mint.header(iat=iat)),
            refused=("FRESHNESS", refusal),
        )
    yield Case(
        name="out-of-scope",
        what="about item 1.2, by a key that may attest 4-02-01-01 only",
        jws=GOOD,
        item_code="1.2",
        refused=("SCOPE", "OUT_OF_SCOPE"),
    )
    yield Case(
        name="believed-in-scope",
        what="about item 4-02-01-01, by a key that may attest it",
        jws=GOOD,
        item_code="4-02-01-01",
    )
