"""A key set gives the keys that may verify, each with its own algorithms."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway.callers.key_set import (
    MOST_VERIFIED,
    KeySetError,
    _OneAlgorithm,
    read_key_set,
)
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.signed_token import read_signed_token
from tests.gateway.callers.minting import (
    ED25519,
    ES256,
    ES384,
    FOREIGN,
    RSA,
    Mint,
    b64,
    jwk,
    key_set,
)

GOOD = jwk("good", ES256)


@pytest.mark.parametrize(
    ("key", "algorithms"),
    [
        pytest.param(jwk("k", ES256), {"ES256"}, id="P-256"),
        pytest.param(jwk("k", ES384), {"ES384"}, id="P-384"),
        pytest.param(jwk("k", ED25519), {"EdDSA", "Ed25519"}, id="Ed25519"),
        pytest.param(jwk("k", RSA), {"RS256", "PS256"}, id="RSA"),
        pytest.param(jwk("k", RSA, alg="PS256"), {"PS256"}, id="RSA for one"),
        pytest.param(jwk("k", ES256, key_ops=["verify"]), {"ES256"}, id="to verify"),
    ],
)
def test_a_key_has_the_algorithms_it_fits(
    key: dict[str, Any], algorithms: set[str]
) -> None:
    assert read_key_set(key_set(key))["k"].algorithms == algorithms


def small_order() -> dict[str, Any]:
    """Return the Ed25519 point of order 1: it signs any message alike."""
    return {"kid": "k", "kty": "OKP", "crv": "Ed25519", "x": b64(b"\1" + bytes(31))}


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(jwk("k", ES256, use="enc"), id="to encrypt with"),
        pytest.param(jwk("k", ES256, key_ops=["sign"]), id="to sign with"),
        pytest.param(jwk("k", ES256, key_ops="verify"), id="key_ops no list"),
        pytest.param(jwk("k", ES256, alg="ES384"), id="for what it does not fit"),
        pytest.param(jwk("k", RSA, alg="HS256"), id="RSA for HMAC"),
        pytest.param(jwk("k", RSA, alg="none"), id="for no algorithm"),
        pytest.param(jwk("k", ES256, alg=["ES256"]), id="for a list"),
        pytest.param({**jwk("k", ES256), "crv": "P-521"}, id="another curve"),
        pytest.param({**jwk("k", ES256), "x": "AAAA"}, id="not on the curve"),
        pytest.param({**jwk("k", ES256), "kty": ["EC"]}, id="kty a list"),
        pytest.param({**jwk("k", ES256), "kid": ""}, id="an empty kid"),
        pytest.param({**jwk("k", ES256), "kid": 7}, id="a number for kid"),
        pytest.param(small_order(), id="a point of small order"),
        pytest.param({"kid": "k", "kty": "RSA", "n": "AQAB", "e": "AQAB"}, id="tiny"),
        pytest.param({"kid": "k", "kty": "EC", "crv": "P-256"}, id="no point"),
    ],
)
def test_a_key_that_cannot_verify_is_left_out(key: dict[str, Any]) -> None:
    assert list(read_key_set(key_set(key, GOOD))) == ["good"]


def test_a_short_rsa_key_is_left_out() -> None:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is the point

    assert list(read_key_set(key_set(jwk("k", short), GOOD))) == ["good"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(b"", "not JSON", id="nothing"),
        pytest.param(b"<html>", "not JSON", id="HTML"),
        pytest.param(b"[" * 100_000, "not JSON", id="nested too deep"),
        pytest.param(b"[]", "no list of at most 100 keys", id="a list"),
        pytest.param(b'{"keys": {}}', "no list of at most 100 keys", id="an object"),
        pytest.param(
            key_set(*[GOOD] * 101), "no list of at most 100 keys", id="too many"
        ),
        pytest.param(b'{"keys": [7]}', "an entry of keys is no object", id="a number"),
        pytest.param(key_set(), "no key in it can be used", id="no key"),
        pytest.param(key_set(GOOD, GOOD), "a kid occurs twice", id="a kid twice"),
        pytest.param(
            key_set({**GOOD, "d": "AAAA"}),
            "a secret or private key is in it: revoke that key",
            id="a private key",
        ),
        pytest.param(
            key_set({"kty": "oct", "kid": "k", "k": "AAAA"}),
            "a secret or private key is in it: revoke that key",
            id="a secret",
        ),
    ],
)
def test_a_set_that_cannot_be_used_is_refused_whole(text: bytes, reason: str) -> None:
    with pytest.raises(KeySetError) as refused:
        read_key_set(text)

    assert str(refused.value) == reason


def test_a_set_is_not_printed_where_it_is_refused() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    secret = b64(private.private_numbers().private_value.to_bytes(32))
    text = json.dumps({"keys": [{**jwk("k", private), "d": secret}]}).encode()

    with pytest.raises(KeySetError) as refused:
        read_key_set(text)

    assert secret not in str(refused.value)


def test_what_was_verified_is_known_and_nothing_that_resembles_it() -> None:
    key = read_key_set(key_set(jwk("es256-1", ES256)))["es256-1"]
    other = read_key_set(key_set(jwk("es256-1", FOREIGN)))["es256-1"]
    text = Mint().token()
    forged = Mint(key=FOREIGN).token()
    allowed = frozenset({"ES256"})

    for _ in range(2):
        key.verify(read_signed_token(text), allowed)
        for refusing, token, algorithms in (
            (key, forged, allowed),
            (key, f"{text.rpartition('.')[0]}.{forged.rpartition('.')[2]}", allowed),
            (other, text, allowed),
            (key, text, frozenset({"PS256"})),
        ):
            with pytest.raises(AuthenticationError):
                refusing.verify(read_signed_token(token), algorithms)


def test_so_many_tokens_are_known_and_no_more() -> None:
    key = read_key_set(key_set(jwk("es256-1", ES256)))["es256-1"]
    for number in range(MOST_VERIFIED + 10):
        token = Mint().token(jti=f"{number}")
        key.verify(read_signed_token(token), key.algorithms)

    assert len(key._verified) == MOST_VERIFIED


def test_a_key_verifies_by_no_algorithm_but_the_one_that_was_chosen() -> None:
    chosen = _OneAlgorithm("EdDSA")

    assert chosen.get_alg("EdDSA").name == "Ed25519"
    for other in ("Ed25519", "none", "HS256", "ES256"):
        with pytest.raises(AuthenticationError) as refused:
            chosen.get_alg(other)
        assert refused.value.reason is Reason.WRONG_ALGORITHM
