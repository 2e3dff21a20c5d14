"""A mark spares verifying the same bytes under the same key again, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing.envelope import Envelope, Freshness, PayloadType, VerifiedPayload, verify
from signing.errors import Refusal, SigningError
from signing.marks import KeptMark, SignatureMarks
from signing.trust import KeyState, TrustBundle
from tests.signing.agency import ALL_TYPES, ASKED_AT, BUNDLE, ask, record
from tests.vectors import mint

MARKS = SignatureMarks(b"\1" * 64)
KEY = BUNDLE.keys[mint.TRANSPORT]
RECORD = record()
FORGED = Envelope(RECORD.signature[:-8] + b"AAAAAAAA")


def mark_of(envelope: Envelope, marks: SignatureMarks = MARKS) -> KeptMark:
    """Return what is kept where somebody makes marks of ``envelope`` under a key."""
    return KeptMark(MARKS, marks.of(envelope.digest, KEY))


def read(
    envelope: Envelope,
    kept: KeptMark | None,
    bundle: TrustBundle = BUNDLE,
    types: frozenset[PayloadType] = ALL_TYPES,
    freshness: Freshness | None = None,
) -> VerifiedPayload:
    return verify(
        envelope, bundle, types=types, at=ASKED_AT, freshness=freshness, kept=kept
    )


def refusal(
    envelope: Envelope, kept: KeptMark | None, bundle: TrustBundle = BUNDLE
) -> Refusal:
    with pytest.raises(SigningError) as refused:
        read(envelope, kept, bundle)
    return refused.value.refusal


def test_what_is_marked_reads_as_what_is_verified() -> None:
    assert read(RECORD, mark_of(RECORD)) == ask(RECORD)


def test_the_mark_is_taken_for_the_signature() -> None:
    # Nobody marks what did not verify; that it is believed shows what is left out.
    assert read(FORGED, mark_of(FORGED)).digest == FORGED.digest


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(mark_of(RECORD), id="the mark of what stood there before"),
        pytest.param(
            mark_of(FORGED, SignatureMarks(b"\2" * 64)), id="a mark under another key"
        ),
        pytest.param(KeptMark(MARKS, b""), id="an empty one"),
        pytest.param(KeptMark(MARKS, "标记".encode()), id="none at all"),
    ],
)
def test_bytes_that_were_changed_are_never_believed(kept: KeptMark) -> None:
    assert refusal(FORGED, kept) is Refusal.BAD_SIGNATURE
    # What was signed is, whatever is kept beside it.
    assert read(RECORD, kept).digest == RECORD.digest


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        pytest.param(
            b"!" + RECORD.signature,
            Refusal.NON_CANONICAL_BASE64URL,
            id="a character before",
        ),
        pytest.param(RECORD.signature + b".", Refusal.TRAILING_BYTES, id="a part more"),
        pytest.param(
            RECORD.signature + b"\n", Refusal.TRAILING_BYTES, id="white space"
        ),
        pytest.param(b"", Refusal.MALFORMED, id="nothing"),
        pytest.param(
            RECORD.signature.split(b".")[0], Refusal.MALFORMED, id="the header alone"
        ),
        pytest.param(
            RECORD.signature + b"A" * 65_536, Refusal.OVERSIZE, id="too large"
        ),
    ],
)
def test_what_is_no_envelope_is_refused_for_what_it_is(
    changed: bytes, refused: Refusal
) -> None:
    """A mark of other bytes spares no step, whatever stands where they stood."""
    assert refusal(Envelope(changed), mark_of(RECORD)) is refused
    assert refusal(Envelope(changed), None) is refused


def test_a_body_is_never_recognised() -> None:
    detached = Envelope(RECORD.signature, b"{}")

    with pytest.raises(SigningError) as refused:
        read(detached, mark_of(detached))
    assert refused.value.refusal is Refusal.PAYLOAD_NOT_DETACHED


def test_another_key_of_the_same_name_verifies_for_itself() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"\3" * 32).public_key()
    bundle = TrustBundle.of([replace(KEY, public_key=other)])

    assert refusal(RECORD, mark_of(RECORD), bundle) is Refusal.BAD_SIGNATURE


@pytest.mark.parametrize("state", set(KeyState) - {KeyState.ACTIVE})
def test_the_state_of_the_key_is_asked_all_the_same(state: KeyState) -> None:
    bundle = TrustBundle.of([replace(KEY, state=state)])

    assert refusal(RECORD, mark_of(RECORD), bundle) is Refusal.KEY_NOT_IN_FORCE


def test_so_are_its_window_its_name_the_type_and_the_age() -> None:
    kept = mark_of(RECORD)
    over = replace(KEY, not_after=ASKED_AT - timedelta(seconds=1))
    assert refusal(RECORD, kept, TrustBundle.of([over])) is Refusal.KEY_OUTSIDE_WINDOW
    unknown = TrustBundle.of([BUNDLE.keys[mint.FIRE]])
    assert refusal(RECORD, kept, unknown) is Refusal.UNKNOWN_KEY
    with pytest.raises(SigningError) as wrong_type:
        read(RECORD, kept, types=frozenset({PayloadType.ABSENCE}))
    assert wrong_type.value.refusal is Refusal.WRONG_TYPE
    short = Freshness(max_age=timedelta(seconds=1), skew=timedelta(0))
    with pytest.raises(SigningError) as stale:
        read(RECORD, kept, freshness=short)
    assert stale.value.refusal is Refusal.STALE
