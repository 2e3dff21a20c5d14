"""A credential is bound to a public key on its curve, and to nothing else."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import ECKey, OKPKey

from bureau.credentials.holder_key import (
    MAX_CHARACTERS,
    HolderKeyError,
    read_holder_key,
)
from signing import base64url
from tests.gateway.receipts.signing import private

OKP = OKPKey.import_key(private(Ed25519PrivateKey.generate()))
P256 = ECKey.import_key(private(ec.generate_private_key(ec.SECP256R1())))
P384 = ECKey.import_key(private(ec.generate_private_key(ec.SECP384R1())))
PUBLIC = dict(P256.as_dict(private=False))


@pytest.mark.parametrize("key", [OKP, P256])
def test_a_public_key_is_taken_by_its_own_members(key: OKPKey | ECKey) -> None:
    jwk = {**key.as_dict(private=False), "kid": "phone", "use": "sig"}

    found = read_holder_key(json.dumps(jwk))

    assert found.thumbprint == key.thumbprint()
    assert set(found.jwk) == set(key.as_dict(private=False)) - {"kid"}
    method, form, text = found.did.split(":")
    assert (method, form) == ("did", "jwk")
    assert json.loads(base64url.decode(text.encode(), "key")) == found.jwk


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(OKP.as_dict(private=True)), id="a private part"),
        pytest.param(json.dumps(P384.as_dict(private=False)), id="another curve"),
        pytest.param(json.dumps({"kty": "oct", "k": "c2VjcmV0"}), id="a secret"),
        pytest.param(json.dumps({**PUBLIC, "y": PUBLIC["x"]}), id="off its curve"),
        pytest.param(json.dumps({**PUBLIC, "y": "AA"}), id="too short"),
        pytest.param(json.dumps({**PUBLIC, "x5u": "https://a.example"}), id="a link"),
        pytest.param(json.dumps({**PUBLIC, "x": 1}), id="a number"),
        pytest.param("[]", id="no object"),
        pytest.param("{", id="no JSON"),
        pytest.param(f'{{"kty":"OKP","kty":{json.dumps(PUBLIC)}}}', id="twice"),
        pytest.param(" " * MAX_CHARACTERS + json.dumps(PUBLIC), id="too long"),
    ],
)
def test_what_is_no_such_key_is_refused(text: str) -> None:
    with pytest.raises(HolderKeyError):
        read_holder_key(text)
