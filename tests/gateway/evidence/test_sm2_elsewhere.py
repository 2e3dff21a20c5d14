"""The programs in JavaScript say of a signature by SM2 what OpenSSL says."""

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest

from signing.sm2 import curve, der
from signing.sm2.keys import SignatureForm, Sm2PublicKey
from signing.sm2.sign import Sm2PrivateKey
from signing.sm2.signatures import sm2_check
from tests.gateway.evidence.programs import piped

PROGRAM = Path(__file__).with_name("by_sm2.mjs")
RAW, DER, SIGNED_DATA = SignatureForm
MESSAGES = (b"", b"a", b"x" * 55, b"x" * 56, b"x" * 64, "消防".encode() * 40)
IDS = ("1234567812345678", "", "消防", "x" * 8191)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
Asked = tuple[Sm2PublicKey, bytes, bytes]


def numbers(r: int, s: int) -> bytes:
    return r.to_bytes(32) + s.to_bytes(32)


def in_der(r: bytes, s: bytes, more: bytes = b"") -> bytes:
    inner = der.value(der.INTEGER, r), der.value(der.INTEGER, s)
    return der.value(der.SEQUENCE, *inner) + more


def said(asked: list[Asked]) -> list[Any]:
    lines = "".join(
        json.dumps(
            {
                "key": {
                    "sm2SignerId": key.signer_id,
                    "sm2Signature": key.form,
                    "publicKey": _b64(SPKI + key.coordinates),
                },
                "signature": _b64(signature),
                "message": _b64(message),
            }
        )
        + "\n"
        for key, signature, message in asked
    )
    return [json.loads(line) for line in piped(PROGRAM, lines).splitlines()]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def signer(form: SignatureForm, id_: str, secret: int = 99) -> Sm2PrivateKey:
    private = Sm2PrivateKey.derive(secret)
    return private.used_as(private.public.used_as(id_, form))


def asked() -> list[Asked]:
    """Return signatures, most of them spoilt, in forms that both read."""
    rng = random.Random(3)  # noqa: S311 - an example, no secret
    found: list[Asked] = []
    for place, message in enumerate(MESSAGES):
        for form in (RAW, DER):
            key = signer(form, IDS[place % len(IDS)], 2 + rng.randrange(curve.N - 3))
            right = key.sign(message)
            spoilt = bytearray(right)
            spoilt[rng.randrange(len(right))] ^= 1 << rng.randrange(8)
            other = key.public.used_as("another", form)
            found += [
                (key.public, right, message),
                (key.public, bytes(spoilt), message),
                (key.public, right, message + b"."),
                (key.public, right[:-1], message),
                (key.public, right + b"\0", message),
                (other, right, message),
            ]
    public = signer(RAW, "").public
    for r, s in ((0, 1), (1, 0), (curve.N, 1), (1, curve.N), (1, curve.N - 1), (7, 7)):
        found.append((public, numbers(r, s), b"m"))
    return found


def odd_der() -> list[Asked]:
    """Return spellings of one right signature, of which one is DER's."""
    private = signer(DER, "x")
    right = private.sign(b"m")
    r, s = (
        part.lstrip(b"\0") for part in (right[4 : 4 + right[3]], right[6 + right[3] :])
    )
    spelt = [one if one[0] < 128 else b"\0" + one for one in (r, s)]
    others = [
        in_der(spelt[0], spelt[1]),
        in_der(b"\0" + spelt[0], spelt[1]),
        in_der(spelt[0], b"\0" + spelt[1]),
        in_der(spelt[0], spelt[1], b"\0"),
        in_der(b"", spelt[1]),
        in_der(b"\x80", spelt[1]),
        b"\x30\x81" + in_der(spelt[0], spelt[1])[1:],
        in_der(spelt[0], spelt[1]).replace(b"\x02", b"\x04", 1),
        b"",
        b"\x30\x00",
    ]
    return [(private.public, one, b"m") for one in others]


@pytest.mark.parametrize("made", [asked, odd_der])
def test_both_say_the_same_of_each_signature(made: Any) -> None:
    tried = made()

    found = said(tried)

    expected = [sm2_check(key)(one, message) for key, one, message in tried]
    assert found == expected
    assert True in expected
    assert False in expected


def test_signed_data_is_left_open() -> None:
    private = signer(SIGNED_DATA, "x")

    assert said([(private.public, private.sign(b"m"), b"m")]) == ["null"]


def test_a_point_off_the_curve_is_no_key() -> None:
    good = signer(RAW, "x")
    lines = {
        "key": {
            "sm2SignerId": "x",
            "sm2Signature": "raw",
            "publicKey": _b64(SPKI + good.public.coordinates[:-1] + b"\0"),
        },
        "signature": _b64(good.sign(b"m")),
        "message": _b64(b"m"),
    }

    found = piped(PROGRAM, json.dumps(lines) + "\n")

    assert json.loads(found) == "undefined"
