"""Vectors of SM2: the forms of a signature, its numbers, and what it is of."""

from collections.abc import Iterator

from signing.sm2 import der, signed_data
from signing.sm2.sign import ISSUER_AND_SERIAL, in_signed_data
from tests.vectors import mint
from tests.vectors.case import Case

N = mint.SM2_ORDER
SIGNED_BY_GBT = "after GB/T 35275 section 8"


def _start(kid: str) -> bytes:
    """Return what is signed of a record in order."""
    return mint.compact(kid=kid).rpartition(".")[0].encode()


def _jws(signed: bytes, signature: bytes) -> str:
    return f"{signed.decode()}.{mint.b64url(signature)}"


def cases() -> Iterator[Case]:
    yield from _believed()
    yield from _raw()
    yield from _ids()
    yield from _der()
    yield from _signed_data()


def _believed() -> Iterator[Case]:
    for kid, name, what in (
        (mint.SM2, "compact-sm2", "a compact JWS in order, by SM2 with SM3"),
        (mint.SM2_ID, "sm2-signer-id", "signed under an id of the signer's own"),
        (mint.SM2_EMPTY_ID, "sm2-empty-signer-id", "signed under an empty id"),
    ):
        yield Case(name=f"believed-{name}", what=what, jws=mint.compact(kid=kid))
    yield Case(
        name="believed-detached-sm2",
        what="a detached JWS in order, by SM2 with SM3",
        jws=mint.detached(mint.detached_header(mint.SM2), kid=mint.SM2),
        body=mint.BODY,
    )
    signed = _start(mint.SM2_DER)
    yield Case(
        name="believed-sm2-der",
        what="r and s in DER, by a key that the bundle has for DER",
        jws=_jws(signed, in_der(*mint.sm2_numbers(mint.SM2_DER, signed))),
    )
    signed, signature = _for_signed_data()
    for name, what, spelt in (
        ("", "a detached SignedData in order", in_signed_data(signature)),
        (
            "-attached",
            "a SignedData that has what is signed in it once more",
            in_signed_data(signature, signed),
        ),
        (
            "-certificate",
            "a SignedData with a certificate, which vouches for nothing",
            _data(signature, certificates=_integer(7)),
        ),
    ):
        yield Case(
            name=f"believed-sm2-signed-data{name}",
            what=what,
            jws=_jws(signed, spelt),
            origin=SIGNED_BY_GBT,
        )


def _raw() -> Iterator[Case]:
    signed = _start(mint.SM2)
    r, s = mint.sm2_numbers(mint.SM2, signed)
    right = halves(r, s)
    for name, what, signature in (
        ("other-s", "(r, n - s), which ECDSA would believe", halves(r, N - s)),
        ("other-r", "(n - r, s)", halves(N - r, s)),
        ("swapped", "s before r", halves(s, r)),
        ("r-zero", "r is 0", halves(0, s)),
        ("s-zero", "s is 0", halves(r, 0)),
        ("r-order", "r is n", halves(N, s)),
        ("s-order", "s is n", halves(r, N)),
        ("r-largest", "r is 2^256 - 1", halves(2**256 - 1, s)),
        ("sum-is-order", "r + s is n, so that the key plays no part", halves(r, N - r)),
        ("one-one", "r and s are 1", halves(1, 1)),
        ("short", "a byte is missing", right[:-1]),
        ("long", "a byte follows", right + b"\0"),
        ("prefix-00", "a zero byte first, as some products write it", b"\0" + right),
        ("prefix-02", "the byte 02 first, as some products write it", b"\x02" + right),
        ("prefix-04", "the byte 04 first, as if it were a point", b"\x04" + right),
        (
            "hex",
            "in hexadecimal digits, as some products write it",
            right.hex().encode(),
        ),
        ("der-for-raw", "in DER, by a key for r and s alone", in_der(r, s)),
        ("signed-data-for-raw", "in SignedData", in_signed_data(in_der(r, s))),
    ):
        yield _refused(name, what, signed, signature)


def _ids() -> Iterator[Case]:
    """Right signatures of something else than the bundle says."""
    signed = _start(mint.SM2)
    for name, what, signature in (
        ("id-of-another", "under another id", {"signer_id": b"ALICE123@YAHOO.COM"}),
        ("id-empty", "under an empty id, where it is the default", {"signer_id": b""}),
        ("id-none", "of SM3 of the message, without an id", {"of": "without the id"}),
        ("sha256", "with SHA-256 for SM3", {"of": "sha256"}),
    ):
        numbers = mint.sm2_numbers(mint.SM2, signed, **signature)
        yield _refused(name, f"signed {what}", signed, halves(*numbers))
    for kid, name in ((mint.SM2_ID, "own"), (mint.SM2_EMPTY_ID, "empty")):
        signed = _start(kid)
        numbers = mint.sm2_numbers(kid, signed, mint.DEFAULT_SIGNER_ID)
        what = f"signed under the default id, where it is {name}"
        yield _refused(f"id-default-for-{name}", what, signed, halves(*numbers))


def _der() -> Iterator[Case]:
    signed = _start(mint.SM2_DER)
    r, s = mint.sm2_numbers(mint.SM2_DER, signed)
    right, numbers = in_der(r, s), _integer(r) + _integer(s)
    for name, what, signature in (
        ("raw", "r and s alone, by a key for DER", halves(r, s)),
        ("trailing-byte", "a byte follows", right + b"\0"),
        ("cut", "the last byte is missing", right[:-1]),
        ("third-number", "a third number", der.value(0x30, numbers, _integer(1))),
        ("one-number", "r alone", der.value(0x30, _integer(r))),
        ("set", "a SET for the SEQUENCE", der.value(0x31, numbers)),
        ("long-length", "BER: a length of two bytes for one", _long(0x30, numbers)),
        (
            "indefinite",
            "BER: a length that is not definite",
            b"\x30\x80" + numbers + b"\0\0",
        ),
        (
            "zero-too-many",
            "BER: a zero byte before r",
            der.value(0x30, der.value(2, b"\0" + _content(r)), _integer(s)),
        ),
        (
            "negative",
            "r without its sign byte, so that it is negative",
            der.value(0x30, der.value(2, b"\x80" + bytes(31)), _integer(s)),
        ),
        (
            "empty-number",
            "r has no bytes",
            der.value(0x30, der.value(2), _integer(s)),
        ),
        ("empty", "an empty SEQUENCE", der.value(0x30)),
        ("r-zero", "r is 0", in_der(0, s)),
        (
            "s-plus-order",
            "s + n, the same number to whoever reduces it",
            in_der(r, s + N),
        ),
        ("other-s", "(r, n - s)", in_der(r, N - s)),
        (
            "octet-string",
            "once more in an OCTET STRING",
            der.value(der.OCTET_STRING, right),
        ),
    ):
        yield _refused(f"der-{name}", what, signed, signature)


def _signed_data() -> Iterator[Case]:
    signed, signature = _for_signed_data()
    one, digest = _signer(signature), _algorithm(signed_data.SM3)
    sha256 = _algorithm(bytes.fromhex("608648016503040201"))
    pkcs7 = bytes.fromhex("2a864886f70d010702")
    attributes = der.value(der.CONTEXT, der.value(der.SEQUENCE, _integer(1)))
    unsigned = der.value(der.CONTEXT | 1, der.value(der.SEQUENCE, _integer(1)))
    deep = _integer(1)
    for _ in range(20):
        deep = der.value(der.SEQUENCE, deep)
    right = in_signed_data(signature)
    for name, what, spelt in (
        ("der", "the signature alone, by a key for SignedData", signature),
        ("two-signers", "two signers", _data(signature, signers=one + one)),
        ("no-signer", "no signer", _data(signature, signers=b"")),
        ("crls", "with revocation lists", _data(signature, crls=deep[:0])),
        ("ber", "BER: a length that is not definite", _indefinite(right)),
        ("ber-inside", "BER in a certificate", _data(signature, certificates=_ber())),
        ("deep", "a certificate of 20 depths", _data(signature, certificates=deep)),
        ("trailing-byte", "a byte follows", right + b"\0"),
        ("cut", "the last byte is missing", right[:-1]),
        ("other-content", "another content in it", in_signed_data(signature, b"{}")),
        ("empty-content", "an empty content in it", in_signed_data(signature, b"")),
        (
            "authenticated-attributes",
            "attributes that would be signed for the content",
            _data(signature, signers=_signer(signature, before=attributes)),
        ),
        (
            "attributes",
            "attributes that nobody signed",
            _data(signature, signers=_signer(signature, after=unsigned)),
        ),
        ("sha256", "SHA-256 for the digest", _data(signature, digests=sha256)),
        ("two-digests", "two digests", _data(signature, digests=digest + sha256)),
        (
            "signer-sha256",
            "SHA-256 for the signer's digest",
            _data(signature, signers=_signer(signature, digest=sha256)),
        ),
        (
            "ecdsa",
            "ECDSA for the signer's algorithm",
            _data(
                signature,
                signers=_signer(
                    signature, algorithm=_algorithm(bytes.fromhex("2a8648ce3d040302"))
                ),
            ),
        ),
        ("pkcs7", "the content type of PKCS #7", _data(signature, type_=pkcs7)),
        ("version-3", "version 3", _data(signature, version=3)),
        (
            "raw-inside",
            "r and s alone inside",
            _data(signature, signers=_signer(_raw_of(signed))),
        ),
    ):
        yield _refused(f"signed-data-{name}", what, signed, spelt)


def _refused(name: str, what: str, signed: bytes, signature: bytes) -> Case:
    return Case(
        name=f"sm2-{name}",
        what=what,
        jws=_jws(signed, signature),
        refused=("SIGNATURE", "BAD_SIGNATURE"),
    )


def _for_signed_data() -> tuple[bytes, bytes]:
    signed = _start(mint.SM2_SIGNED_DATA)
    return signed, in_der(*mint.sm2_numbers(mint.SM2_SIGNED_DATA, signed))


def _raw_of(signed: bytes) -> bytes:
    return halves(*mint.sm2_numbers(mint.SM2_SIGNED_DATA, signed))


def halves(r: int, s: int) -> bytes:
    return r.to_bytes(32) + s.to_bytes(32)


def _content(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1)


def _integer(number: int) -> bytes:
    return der.value(der.INTEGER, _content(number))


def in_der(r: int, s: int) -> bytes:
    return der.value(der.SEQUENCE, _integer(r), _integer(s))


def _long(tag: int, content: bytes) -> bytes:
    return bytes((tag, 0x82)) + len(content).to_bytes(2) + content


def _indefinite(spelt: bytes) -> bytes:
    head = 2 + (spelt[1] & 0x7F if spelt[1] & 0x80 else 0)
    return b"\x30\x80" + spelt[head:] + b"\0\0"


def _ber() -> bytes:
    return b"\x30\x80" + _integer(1) + b"\0\0"


def _algorithm(oid: bytes) -> bytes:
    return der.value(der.SEQUENCE, der.value(der.OBJECT_IDENTIFIER, oid))


def _signer(
    signature: bytes,
    *,
    digest: bytes = _algorithm(signed_data.SM3),
    algorithm: bytes = _algorithm(signed_data.SM2_SIGN),
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    return der.value(
        der.SEQUENCE,
        _integer(1),
        ISSUER_AND_SERIAL,
        digest + before + algorithm,
        der.value(der.OCTET_STRING, signature),
        after,
    )


def _data(  # noqa: PLR0913 - a part each
    signature: bytes,
    *,
    version: int = 1,
    type_: bytes = signed_data.SIGNED_DATA,
    digests: bytes = _algorithm(signed_data.SM3),
    certificates: bytes | None = None,
    crls: bytes | None = None,
    signers: bytes | None = None,
) -> bytes:
    optional = [
        der.value(der.CONTEXT | place, content)
        for place, content in enumerate((certificates, crls))
        if content is not None
    ]
    body = der.value(
        der.SEQUENCE,
        _integer(version),
        der.value(der.SET, digests),
        der.value(der.SEQUENCE, der.value(der.OBJECT_IDENTIFIER, signed_data.DATA)),
        *optional,
        der.value(der.SET, _signer(signature) if signers is None else signers),
    )
    return der.value(
        der.SEQUENCE,
        der.value(der.OBJECT_IDENTIFIER, type_),
        der.value(der.CONTEXT, body),
    )
