"""joserfc, which shares no line with us, signs what we verify and verifies ours."""

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from signing.envelope import Envelope
from signing.errors import Refusal, SigningError
from signing.sign import SigningKey
from tests.signing.agency import AGENCIES, PAYLOAD, ask, record, response
from tests.vectors import mint

# joserfc would rather have the name "Ed25519" of RFC 9864 than the agreed "EdDSA".
pytestmark = pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")

REGISTRY = jws.JWSRegistry(
    algorithms=["EdDSA", "ES256", "PS256"], strict_check_header=False
)
KINDS: dict[str, type[Key]] = {"EdDSA": OKPKey, "ES256": ECKey, "PS256": RSAKey}

by_each_agency = pytest.mark.parametrize(
    "agency", AGENCIES, ids=lambda agency: str(agency.algorithm)
)


def private_key(agency: SigningKey) -> Key:
    pem = agency.private_key.private_bytes(
        Encoding.PEM,
        PrivateFormat.PKCS8,
        NoEncryption(),
    )
    return KINDS[agency.algorithm].import_key(pem)


def public_key(agency: SigningKey) -> Key:
    return KINDS[agency.algorithm].import_key(agency.public_pem())


@by_each_agency
def test_we_verify_a_record_that_joserfc_signed(agency: SigningKey) -> None:
    token = jws.serialize_compact(
        mint.header(agency.kid), PAYLOAD, private_key(agency), registry=REGISTRY
    )

    assert ask(Envelope(token.encode())).payload == PAYLOAD


@by_each_agency
def test_joserfc_verifies_a_record_that_we_signed(agency: SigningKey) -> None:
    token = record(key=agency).signature

    verified = jws.deserialize_compact(token, public_key(agency), registry=REGISTRY)

    assert verified.payload == PAYLOAD


@by_each_agency
def test_we_verify_a_body_that_joserfc_signed(agency: SigningKey) -> None:
    token = jws.serialize_compact(
        mint.detached_header(agency.kid),
        PAYLOAD,
        private_key(agency),
        registry=REGISTRY,
    )

    assert ask(Envelope(token.encode(), PAYLOAD)).payload == PAYLOAD


@by_each_agency
def test_joserfc_verifies_a_body_that_we_signed(agency: SigningKey) -> None:
    envelope = response(key=agency)

    verified = jws.deserialize_compact(
        envelope.signature,
        public_key(agency),
        registry=REGISTRY,
        payload=envelope.body,
    )

    assert verified.payload == PAYLOAD


@by_each_agency
@pytest.mark.parametrize("body", [None, PAYLOAD + b" "], ids=["compact", "detached"])
def test_both_refuse_what_was_altered(agency: SigningKey, body: bytes | None) -> None:
    good = (record(key=agency) if body is None else response(key=agency)).signature
    altered = good if body else good.replace(b".eyJuYW1l", b".eyJuYW1m")

    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(
            altered, public_key(agency), registry=REGISTRY, payload=body
        )
    with pytest.raises(SigningError) as caught:
        ask(Envelope(altered, body))

    assert caught.value.refusal is Refusal.BAD_SIGNATURE
