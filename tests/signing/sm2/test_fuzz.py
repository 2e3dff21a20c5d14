"""Whatever comes for a signature of SM2 is refused in words, never by accident."""

from hypothesis import given
from hypothesis import strategies as st

from signing import base64url
from signing.envelope import Envelope
from signing.errors import Refusal, SigningError
from signing.sm2.der import DerError
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import in_signed_data
from signing.sm2.signatures import read_signature
from tests.signing.agency import ask
from tests.signing.test_batches import PROOF, SIGNED
from tests.vectors import mint
from tests.vectors.sm2 import in_der

MESSAGE = b"message"
DER = in_der(*mint.sm2_numbers(mint.SM2, MESSAGE))
SIGNED_DATA = in_signed_data(DER, MESSAGE)
FORMS = st.sampled_from(SignatureForm)


@st.composite
def altered(draw: st.DrawFn, right: bytes) -> bytes:
    """Return ``right`` with some bytes put in place of others."""
    begin = draw(st.integers(0, len(right)))
    end = draw(st.integers(begin, min(len(right), begin + 4)))
    return right[:begin] + draw(st.binary(max_size=4)) + right[end:]


@given(FORMS, st.binary(max_size=200))
def test_no_bytes_are_read_but_in_words(form: SignatureForm, came: bytes) -> None:
    try:
        r, s = read_signature(form, came, MESSAGE)
    except DerError:
        return
    assert 1 <= min(r, s) <= max(r, s) < mint.SM2_ORDER


@given(altered(DER))
def test_der_has_one_spelling(came: bytes) -> None:
    try:
        numbers = read_signature(SignatureForm.DER, came, MESSAGE)
    except DerError:
        return
    assert in_der(*numbers) == came


@given(altered(SIGNED_DATA))
def test_an_altered_signed_data_is_read_alike_or_not_at_all(came: bytes) -> None:
    """What nobody signed in it is the signer's serial number and its issuer."""
    try:
        numbers = read_signature(SignatureForm.SIGNED_DATA, came, MESSAGE)
    except DerError:
        return
    assert in_der(*numbers) in came
    assert MESSAGE in came


@given(st.one_of(st.binary(max_size=400), altered(PROOF)))
def test_no_proof_is_believed_but_the_batch_s_own(proof: bytes) -> None:
    envelope = Envelope(SIGNED + b"." + base64url.encode(proof))
    try:
        ask(envelope)
    except SigningError as error:
        assert error.refusal is Refusal.BAD_SIGNATURE  # noqa: PT017 - or believed
        return
    assert proof == PROOF
