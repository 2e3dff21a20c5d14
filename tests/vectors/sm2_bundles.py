"""Trust bundles with keys of SM2 that nobody may trust."""

from collections.abc import Iterator
from typing import Any

from tests.vectors import mint
from tests.vectors.bundles import BadBundle, quoted, table

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0
EXAMPLE = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
"""GB/T 32918.5 annex A, whose private key is printed beside it."""


def _spelt(point: bytes, spki: bytes = mint.SM2_SPKI) -> str:
    return _sm2(public_key=quoted(mint.pem_of_spki(spki + point)))


def _sm2(**changes: Any) -> str:
    defaults = {
        "algorithm": '"SM2"',
        "public_key": quoted(mint.public_pem(mint.SM2)),
    }
    return table(**(defaults | changes))


def _point(x: int, y: int) -> bytes:
    return b"\x04" + x.to_bytes(32) + y.to_bytes(32)


def bad() -> Iterator[BadBundle]:
    """Return the bundles that are refused as a whole."""
    own = mint.sm2_point(mint.SM2)
    compressed = bytes((2 + (own[-1] & 1),)) + own[1:33]
    short = bytes.fromhex("3039301306072a8648ce3d020106082a811ccf5501822d032200")
    none = bytes.fromhex("3018301306072a8648ce3d020106082a811ccf5501822d030200")
    texts = {
        "off-curve": (
            "a point that is not on the curve",
            "no point of the curve",
            _spelt(own[:-1] + bytes((own[-1] ^ 1,))),
        ),
        "x-not-reduced": (
            "a point whose x is more than p, and fits once p is taken off",
            "no point of the curve",
            _spelt(_point(*_small_x())),
        ),
        "zero": ("the point (0, 0)", "no point of the curve", _spelt(_point(0, 0))),
        "infinity": (
            "the point at infinity, under which all signatures are alike",
            "an uncompressed point of 65 bytes is expected",
            _spelt(b"\0", none),
        ),
        "compressed": (
            "a compressed point, another spelling of the same key",
            "an uncompressed point of 65 bytes is expected",
            _spelt(compressed, short),
        ),
        "hybrid": (
            "a hybrid point, a third spelling of the same key",
            "04 (uncompressed) expected",
            _spelt(bytes((6 + (own[-1] & 1),)) + own[1:]),
        ),
        "generator": (
            "the generator, of which everybody knows that the private key is 1",
            "its private key is 1 or n - 1",
            _spelt(_point(GX, GY)),
        ),
        "generator-negative": (
            "the generator's negative: the private key n - 1, which cannot sign",
            "its private key is 1 or n - 1",
            _spelt(_point(GX, P - GY)),
        ),
        "key-of-the-standard": (
            "the key of the standard's example, whose private key is printed",
            "printed in GB/T 32918.5",
            _spelt(EXAMPLE),
        ),
        "key-for-es256": (
            "a key of SM2 for ES256",
            "none for ES256",
            _sm2(algorithm='"ES256"'),
        ),
        "of-p256": (
            "a P-256 key for SM2",
            "none for SM2",
            _sm2(public_key=quoted(mint.public_pem(mint.SAFETY))),
        ),
        "trailing-bytes": (
            "a key with a byte after it",
            "an uncompressed point of 65 bytes is expected",
            _spelt(own + b"\0"),
        ),
        "unknown-form": (
            "a form of signatures that there is not",
            "sm2_signature is 'asn1', one of raw, der, signed-data allowed",
            _sm2(sm2_signature='"asn1"'),
        ),
        "signer-id-too-long": (
            "a signer's id of more bytes than SM2 can count",
            "8192 bytes, at most 8191 allowed",
            _sm2(sm2_signer_id=f'"{"1" * 8192}"'),
        ),
        "signer-id-a-number": (
            "a signer's id without quotes",
            "sm2_signer_id is a int, not a str",
            _sm2(sm2_signer_id="1234567812345678"),
        ),
        "signer-id-of-eddsa": (
            "a signer's id for a key that has none",
            "sm2_signer_id is for keys of SM2 alone",
            table(sm2_signer_id='"1234567812345678"'),
        ),
    }
    for name, (what, said, text) in texts.items():
        yield BadBundle(name=f"bundle-sm2-{name}", what=what, said=said, text=text)


def _small_x() -> tuple[int, int]:
    """Return a point with p added to its x, which still has 32 bytes."""
    b = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    for x in range(1, 1000):
        square = (x**3 - 3 * x + b) % P
        y = pow(square, (P + 1) // 4, P)
        if y * y % P == square:
            return x + P, y
    raise ValueError("no small x is on the curve")
