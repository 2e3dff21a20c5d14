"""Vectors whose bytes can be read in more than one way, or in none."""

from collections.abc import Iterator
from functools import partial

from tests.vectors import mint
from tests.vectors.case import Case

GOOD = mint.compact()
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")
GOOD_DETACHED = mint.detached()


def cases() -> Iterator[Case]:
    yield from _sizes_and_forms()
    yield from _base64url()
    yield from _headers()
    yield from _payloads()


def _sizes_and_forms() -> Iterator[Case]:
    form = partial(Case, refused=("FORM", "MALFORMED"))
    trailing = partial(Case, refused=("FORM", "TRAILING_BYTES"))
    yield Case(
        name="oversize-compact",
        what="a well signed payload, one byte over 64 KiB in all",
        jws=_compact_of(65537),
        refused=("SIZE", "OVERSIZE"),
    )
    yield Case(
        name="oversize-detached-signature",
        what="a detached JWS of 4,097 bytes",
        jws=GOOD_DETACHED.ljust(4097, "A"),
        body=mint.BODY,
        refused=("SIZE", "OVERSIZE"),
    )
    yield form(name="empty", what="no bytes at all", jws="")
    yield form(name="two-parts", what="no signature part", jws=f"{HEADER}.{PAYLOAD}")
    yield trailing(
        name="trailing-part", what="a fourth part follows", jws=f"{GOOD}.AAAA"
    )
    yield trailing(
        name="trailing-newline",
        what="a line feed follows the signature",
        jws=f"{GOOD}\n",
    )
    yield Case(
        name="detached-payload-present",
        what="the middle part holds the payload that the body holds too",
        jws=GOOD_DETACHED.replace("..", f".{mint.b64url(mint.BODY)}."),
        body=mint.BODY,
        refused=("FORM", "PAYLOAD_NOT_DETACHED"),
    )


def _compact_of(size: int) -> str:
    """Return a well signed compact JWS of exactly ``size`` bytes."""
    room = size - len(mint.compact(payload=b"")) - 1
    return mint.compact(payload=b'"' + b"x" * (room * 3 // 4 - 1) + b'"')


def _base64url() -> Iterator[Case]:
    case = partial(Case, refused=("FORM", "NON_CANONICAL_BASE64URL"))
    pad = "=" * (-len(PAYLOAD) % 4) or "===="
    yield case(
        name="base64url-padding",
        what="the payload part is padded, and signed so",
        jws=_signed_text(HEADER, PAYLOAD + pad),
    )
    yield case(
        name="base64url-trailing-bits-header",
        what="unused bits at the end of the header part are not zero, and signed so",
        jws=_signed_text(_other_spelling(HEADER), PAYLOAD),
    )
    yield case(
        name="base64url-trailing-bits-payload",
        what="unused bits at the end of the payload part are not zero, and signed so",
        jws=_signed_text(HEADER, _other_spelling(PAYLOAD)),
    )
    yield case(
        name="base64url-trailing-bits-signature",
        what="unused bits at the end of the signature part are not zero",
        jws=f"{HEADER}.{PAYLOAD}.{_other_spelling(SIGNATURE)}",
    )
    standard = mint.b64url(b'"???>>>"').translate(str.maketrans("-_", "+/"))
    yield case(
        name="base64url-standard-alphabet",
        what="the payload part uses + and / for - and _, and is signed so",
        jws=_signed_text(HEADER, standard),
    )
    yield case(
        name="base64url-white-space",
        what="a space inside the payload part, and signed so",
        jws=_signed_text(HEADER, PAYLOAD[:8] + " " + PAYLOAD[8:]),
    )
    yield case(
        name="base64url-leading-white-space",
        what="a space before the header part",
        jws=f" {GOOD}",
    )
    yield case(
        name="base64url-outside-alphabet",
        what="a byte that is not ASCII inside the signature part",
        jws=f"{HEADER}.{PAYLOAD}.\xe9{SIGNATURE[1:]}",
    )
    yield case(
        name="base64url-one-character-over",
        what="the payload part ends in six bits of a byte",
        jws=_signed_text(HEADER, PAYLOAD[: len(PAYLOAD) // 4 * 4] + "A"),
    )


def _signed_text(header_part: str, payload_part: str) -> str:
    signed = f"{header_part}.{payload_part}"
    return f"{signed}.{mint.b64url(mint.signature(mint.TRANSPORT, signed.encode()))}"


def _other_spelling(part: str) -> str:
    """Return ``part`` with its lowest bit set; decoders that do not look agree."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    if len(part) % 4 == 0:
        raise ValueError("a part of whole groups has no unused bits")
    return part[:-1] + alphabet[alphabet.index(part[-1]) | 1]


def _headers() -> Iterator[Case]:
    good = b'"kid":"test-transport-1","typ":"certificate-record+jws"'
    alg_iat = b'"alg":"EdDSA","iat":1772351970'
    headers = {
        "invalid-utf8": (b'{%b,%b,"x":"\xff"}' % (alg_iat, good), "INVALID_UTF8"),
        "not-json": (b"{%b,%b,}" % (alg_iat, good), "INVALID_JSON"),
        "nan": (b'{%b,%b,"x":NaN}' % (alg_iat, good), "INVALID_JSON"),
        "not-an-object": (b'["EdDSA"]', "NOT_AN_OBJECT"),
        "trailing-bytes": (b"{%b,%b}{}" % (alg_iat, good), "TRAILING_BYTES"),
        "duplicate-key": (b'{"alg":"none",%b,%b}' % (alg_iat, good), "DUPLICATE_KEY"),
        "float": (b'{"alg":"EdDSA","iat":1772351970.0,%b}' % good, "FLOAT"),
        "integer-too-large": (
            b'{"alg":"EdDSA","iat":9007199254740992,%b}' % good,
            "INTEGER_TOO_LARGE",
        ),
        "lone-surrogate": (
            b'{%b,%b,"x":"\\ud800"}' % (alg_iat, good),
            "LONE_SURROGATE",
        ),
        "nested-too-deep": (
            b'{%b,%b,"x":%b}' % (alg_iat, good, b"[" * 32 + b"]" * 32),
            "TOO_DEEP",
        ),
    }
    for name, (header, refusal) in headers.items():
        yield Case(
            name=f"header-{name}",
            what=f"the header, well signed: {_SAID[name]}",
            jws=mint.compact(header),
            refused=("HEADER", refusal),
        )


_SAID = {
    "invalid-utf8": "a byte is no UTF-8",
    "not-json": "a comma before the closing brace",
    "empty": "no bytes",
    "bom": "a byte order mark first",
    "nan": "NaN for a number",
    "infinity": "-Infinity for a number",
    "not-an-object": "an array",
    "trailing-bytes": "a second JSON text follows",
    "duplicate-key": "a key twice, with different values",
    "duplicate-key-escaped": "a key twice, once spelled with an escape",
    "duplicate-key-deep": "a key twice in an object inside an array",
    "float": "a number with a fraction where an integer belongs",
    "exponent": "a number with an exponent where an integer belongs",
    "integer-too-large": "the integer 2^53",
    "integer-too-small": "the integer -2^53",
    "integer-of-5000-digits": "an integer of 5,000 digits",
    "lone-surrogate": "an escape for half a character",
    "lone-surrogate-in-key": "an escape for half a character in a key",
    "nested-too-deep": "33 arrays and objects inside one another",
    "nested-20000-deep": "20,000 arrays inside one another",
    "control-character": "a line feed inside a string",
}

_PAYLOADS = {
    "invalid-utf8": (b'{"name":"\xc0\xaf"}', "INVALID_UTF8"),
    "not-json": (b'{"name":"x",}', "INVALID_JSON"),
    "empty": (b"", "INVALID_JSON"),
    "bom": (b'\xef\xbb\xbf{"name":"x"}', "INVALID_JSON"),
    "nan": (b'{"level":NaN}', "INVALID_JSON"),
    "infinity": (b'{"level":-Infinity}', "INVALID_JSON"),
    "control-character": (b'{"name":"x\n"}', "INVALID_JSON"),
    "trailing-bytes": (b'{"status":"01"}{"status":"03"}', "TRAILING_BYTES"),
    "duplicate-key": (b'{"status":"03","status":"01"}', "DUPLICATE_KEY"),
    "duplicate-key-escaped": (b'{"status":"03","\\u0073tatus":"01"}', "DUPLICATE_KEY"),
    "duplicate-key-deep": (b'{"list":[{"a":1,"a":2}]}', "DUPLICATE_KEY"),
    "float": (b'{"level":5.0}', "FLOAT"),
    "exponent": (b'{"level":5e0}', "FLOAT"),
    "integer-too-large": (b'{"serial":9007199254740992}', "INTEGER_TOO_LARGE"),
    "integer-too-small": (b'{"serial":-9007199254740992}', "INTEGER_TOO_LARGE"),
    "integer-of-5000-digits": (b'{"serial":%b}' % (b"9" * 5000), "INTEGER_TOO_LARGE"),
    "lone-surrogate": (b'{"name":"\\ud83d"}', "LONE_SURROGATE"),
    "lone-surrogate-in-key": (b'{"\\udc00":"x"}', "LONE_SURROGATE"),
    "nested-too-deep": (b'{"a":%b}' % (b"[" * 32 + b"]" * 32), "TOO_DEEP"),
    "nested-20000-deep": (b"[" * 20000 + b"]" * 20000, "TOO_DEEP"),
}


def _payloads() -> Iterator[Case]:
    for name, (payload, refusal) in _PAYLOADS.items():
        yield Case(
            name=f"payload-{name}",
            what=f"the payload, well signed: {_SAID[name]}",
            jws=mint.compact(payload=payload),
            refused=("PAYLOAD", refusal),
        )
    for name in ("duplicate-key", "trailing-bytes", "float"):
        body, refusal = _PAYLOADS[name]
        yield Case(
            name=f"detached-body-{name}",
            what=f"the body, well signed: {_SAID[name]}",
            jws=mint.detached(body=body),
            body=body,
            refused=("PAYLOAD", refusal),
        )
