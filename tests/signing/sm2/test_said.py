"""What is said of a signature that does not hold, so that somebody can put it right."""

import json

import pytest

from signing.algorithms import Algorithm, signature_check
from signing.sm2 import library
from signing.sm2.der import DerError, Reader, value
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import Sm2PrivateKey, in_signed_data, read_private_pem
from signing.sm2.signatures import why_not
from signing.trust import read_trust_bundle
from tests.signing.test_vectors import detail_of
from tests.vectors import mint

SAID = {
    "id-of-another": "sm2_signer_id = '1234567812345678'",
    "id-empty": "signer id that is set differently",
    "id-default-for-empty": "sm2_signer_id = ''",
    "other-s": "signer id that is set differently",
    "r-zero": "r is not from 1 to n - 1",
    "s-order": "s is not from 1 to n - 1",
    "sum-is-order": "r + s is n",
    "short": "63 bytes, 64 expected",
    "prefix-00": "65 bytes, 64 expected",
    "der-for-raw": "the trust bundle says sm2_signature = 'raw'",
    "der-raw": "the trust bundle says sm2_signature = 'der'",
    "der-set": "tag 0x31 found, 0x30 expected",
    "der-trailing-byte": "1 bytes too many",
    "der-long-length": "BER, a length longer than it must be",
    "der-indefinite": "BER, a length that is not definite",
    "der-zero-too-many": "a zero too many",
    "der-negative": "a negative or empty integer",
    "der-third-number": "bytes too many",
    "der-s-plus-order": "s is not from 1 to n - 1",
    "signed-data-two-signers": "more than one signer, 1 expected",
    "signed-data-no-signer": "tag nothing found",
    "signed-data-crls": "revocation lists (CRLs), none allowed",
    "signed-data-ber": "BER, a length that is not definite",
    "signed-data-ber-inside": "BER, a length that is not definite",
    "signed-data-deep": "nested too deeply",
    "signed-data-other-content": "its content is not what is signed here",
    "signed-data-authenticated-attributes": "sign the content itself",
    "signed-data-attributes": "attributes after the signature, none allowed",
    "signed-data-sha256": "another digest algorithm than SM2 with SM3",
    "signed-data-ecdsa": "another signature algorithm than SM2 with SM3",
    "signed-data-pkcs7": "its content type is none of GB/T 35275",
    "signed-data-version-3": "version 3, 1 expected",
    "signed-data-trailing-byte": "cut",
}


@pytest.mark.parametrize("name", SAID)
def test_a_refusal_says_what_is_the_matter(name: str) -> None:
    assert SAID[name] in detail_of(f"sm2-{name}.json")


def test_every_form_of_every_signature_is_believed_by_its_own_key_alone() -> None:
    key = Sm2PrivateKey.generate()
    forms = [key.used_as(key.public.used_as("甲", form)) for form in SignatureForm]

    believed = {
        (signing.public.form, checking.public.form)
        for signing in forms
        for checking in forms
        if signature_check(Algorithm.SM2, checking.public)(signing.sign(b"m"), b"m")
    }

    assert believed == {(form, form) for form in SignatureForm}


def test_a_signature_of_other_bytes_in_an_attached_signed_data_is_of_those() -> None:
    key = Sm2PrivateKey.generate()
    public = key.public.used_as("", SignatureForm.SIGNED_DATA)
    signature = key.used_as(public).sign_digest(public.digest(b"other"))

    assert not signature_check(Algorithm.SM2, public)(
        in_signed_data(signature, b"other"), b"message"
    )


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 65535, 65536])
def test_der_of_any_length_is_read_as_it_was_written(size: int) -> None:
    reader = Reader(value(0x04, bytes(size)), "it")

    assert reader.take(0x04) == bytes(size)
    reader.end()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x04", id="no length"),
        pytest.param(b"\x04\x81", id="half a length"),
        pytest.param(b"\x04\x81\x7f" + bytes(127), id="a length too long"),
        pytest.param(b"\x04\x82\x00\x80" + bytes(128), id="a length with a zero"),
        pytest.param(b"\x04\x84\x00\x00\x00\x01a", id="a length of four bytes"),
        pytest.param(b"\x04\x02a", id="a value cut"),
        pytest.param(b"\x1f\x81\x00\x00", id="a tag of several bytes"),
    ],
)
def test_what_is_no_der_is_refused(content: bytes) -> None:
    with pytest.raises(DerError):
        Reader(content, "it").take(content[0] if content else 0x04)


def test_a_private_key_is_read_as_it_was_written() -> None:
    key = Sm2PrivateKey.generate()

    assert read_private_pem(key.pem()) == key
    assert read_private_pem(mint.public_pem(mint.SM2).encode()) is None


BUNDLE = (mint.FOLDER / "trust.toml").read_text()


def test_a_bundle_with_sm2_says_what_to_install_where_openssl_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library, "NAMES", ("libnowhere.so.3",))
    library.opened.cache_clear()
    try:
        with pytest.raises(library.NoSm2Error) as caught:
            library.opened()
        with pytest.raises(Exception, match=r"key 'test-sm2-1': SM2 needs .*libssl3"):
            read_trust_bundle(BUNDLE)
    finally:
        library.opened.cache_clear()

    assert "none of libnowhere.so.3 was found" in str(caught.value)


def test_another_library_than_one_with_sm2_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Any library that is no OpenSSL stands for one that was built without."""
    monkeypatch.setattr(library, "NAMES", ("libc.so.6",))
    library.opened.cache_clear()
    try:
        with pytest.raises(library.NoSm2Error, match="has no d2i_PUBKEY"):
            library.opened()
    finally:
        library.opened.cache_clear()


def test_why_not_repeats_no_more_than_the_beginning_of_an_id() -> None:
    key = Sm2PrivateKey.generate().public.used_as("x" * 1000, SignatureForm.RAW)
    said = why_not(key, b"\1" * 64, b"")

    assert json.dumps(said).isascii()
    assert len(said) < 200
