"""A prepared signer signs what ``sign`` signs, and what is signed is believed."""

from datetime import timedelta

import pytest

from signing.envelope import Envelope, PayloadType, verify
from signing.errors import Refusal, SigningError
from signing.sign import SigningKey, sign
from signing.signer import KeySigner
from tests.signing.agency import AGENCIES, BUNDLE, SIGNED_AT, TRANSPORT

RECEIPT = PayloadType.RECEIPT


@pytest.mark.parametrize("key", AGENCIES, ids=lambda key: str(key.algorithm))
def test_what_it_signs_is_believed(key: SigningKey) -> None:
    signed = KeySigner(key, RECEIPT).sign(b'{"a":1}', SIGNED_AT)

    proof = verify(
        Envelope(signed), BUNDLE, types={RECEIPT}, at=SIGNED_AT, freshness=None
    )

    assert (proof.payload, proof.signed_at) == (b'{"a":1}', SIGNED_AT)


def test_libsodium_signs_as_openssl_does() -> None:
    signed = KeySigner(TRANSPORT, RECEIPT).sign(b"{}", SIGNED_AT)

    by_openssl = sign(b"{}", TRANSPORT, type=RECEIPT, signed_at=SIGNED_AT)

    assert signed == by_openssl.signature


def test_each_second_has_a_head_of_its_own() -> None:
    signer = KeySigner(TRANSPORT, RECEIPT)
    later = SIGNED_AT + timedelta(seconds=1)

    heads = {signer.sign(b"{}", at).split(b".")[0] for at in (SIGNED_AT, later)}

    assert len(heads) == 2
    assert signer.sign(b"{}", SIGNED_AT) == signer.sign(b"{}", SIGNED_AT)


def test_a_receipt_does_not_pass_as_a_record() -> None:
    signed = Envelope(KeySigner(TRANSPORT, RECEIPT).sign(b"{}", SIGNED_AT))

    with pytest.raises(SigningError) as refused:
        verify(signed, BUNDLE, types={PayloadType.RECORD}, at=SIGNED_AT, freshness=None)

    assert refused.value.refusal is Refusal.WRONG_TYPE
