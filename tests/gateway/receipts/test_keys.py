"""Keys of receipts: the first signs, all are published, and a wrong file is named."""

from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc.jwk import KeySet

from gateway.callers.key_set import read_key_set
from gateway.errors import StartError
from gateway.receipts.keys import MOST, NO_KEYS, read_receipt_keys
from tests.gateway.receipts.signing import private, public

ED, P256 = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65_537, 2_048)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "receipt-key.pem"


@pytest.mark.parametrize("key", [ED, P256], ids=["Ed25519", "P-256"])
def test_a_key_that_openssl_makes_signs_and_is_published(
    file: Path, key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
) -> None:
    file.write_bytes(private(key))

    keys = read_receipt_keys(file)

    (published,) = orjson.loads(keys.key_set())["keys"]
    assert keys.signer is not None
    assert published["use"] == "sig"
    assert published["alg"] == ("EdDSA" if key is ED else "ES256")
    assert "d" not in published
    # Others name it likewise, and can use it.
    imported = KeySet.import_key_set({"keys": [published]}).keys[0]
    assert published["kid"] == imported.thumbprint()
    assert read_key_set(keys.key_set()).keys() == {published["kid"]}


def test_during_a_rotation_both_keys_are_published_and_the_first_signs(
    file: Path,
) -> None:
    new, old = private(ED), public(P256)
    file.write_bytes(b"# the new one\n" + new + old)

    published = read_receipt_keys(file).published

    assert [jwk["alg"] for jwk in published] == ["EdDSA", "ES256"]
    file.write_bytes(private(P256) + private(ED))
    assert [jwk["kid"] for jwk in read_receipt_keys(file).published] == [
        jwk["kid"] for jwk in reversed(published)
    ]


def test_without_keys_the_set_is_empty() -> None:
    assert NO_KEYS.key_set() == b'{"keys":[]}'


ENCRYPTED = ED.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
)
ED448 = ed448.Ed448PrivateKey.generate().private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
P384 = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "No such file.*openssl genpkey", id="no file"),
        pytest.param(b"", "has 0 PEM keys", id="nothing"),
        pytest.param(b"f" * 64, "has 0 PEM keys", id="hexadecimal"),
        pytest.param(private(ED)[:-9], "has 0 PEM keys", id="cut"),
        pytest.param(public(ED), "the first key signs", id="public first"),
        pytest.param(private(ED) * 2, "stands there twice", id="twice"),
        pytest.param(private(ED) + public(ED), "stands there twice", id="both halves"),
        pytest.param(private(RSA), "key 1 is neither", id="RSA"),
        pytest.param(private(ED) + public(RSA), "key 2 is neither", id="RSA below"),
        pytest.param(private(P384), "key 1 is neither", id="P-384"),
        pytest.param(ED448, "key 1 is neither", id="Ed448"),
        pytest.param(ENCRYPTED, "key 1 is no PRIVATE KEY without", id="a password"),
        pytest.param(
            private(ED).replace(b"MC4", b"AAA"), "key 1 is no PRIVATE", id="no DER"
        ),
        pytest.param(
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "key 1 is no PRIVATE",
            id="a certificate",
        ),
        pytest.param(private(ED) * (MOST + 1), f"1 to {MOST}", id="too many"),
    ],
)
def test_what_cannot_be_used_is_named_and_not_repeated(
    file: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(StartError, match=said) as refused:
        read_receipt_keys(file)

    assert str(file) in str(refused.value)
    assert "AAA" not in str(refused.value)
