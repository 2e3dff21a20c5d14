"""Notes and checkpoints: what was signed is read, and what was changed is refused."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from signing.sm2 import curve
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import Sm2PrivateKey
from signing.transparency.checkpoints import (
    Checkpoint,
    Cosigned,
    NoteSigner,
    read_checkpoint,
    signers,
)
from signing.transparency.notes import (
    SM2_NAME,
    Kind,
    Note,
    NoteError,
    Signature,
    VerifierKey,
    read_note,
    read_verifier_key,
)

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
ORIGIN = "gateway.example/log"
CHECKPOINT = Checkpoint(ORIGIN, 20852163, bytes(range(32)))
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(32))
LOG = NoteSigner(ORIGIN, Kind.ED25519, ED25519)
WITNESSES = [
    NoteSigner("w.example/1", Kind.COSIGNATURE_ED25519, ED25519),
    NoteSigner(
        "w.example/2",
        Kind.COSIGNATURE_ML_DSA_44,
        MLDSA44PrivateKey.from_seed_bytes(bytes(32)),
    ),
]
SM2 = Sm2PrivateKey.derive(20261201)
BESIDE = NoteSigner(ORIGIN, Kind.COSIGNATURE_SM2, SM2)
SIGNERS = [LOG, *WITNESSES, BESIDE]
SIGNED = Note(CHECKPOINT.text, [signer.sign(CHECKPOINT, NOON) for signer in SIGNERS])
RAW = str(SIGNED).encode()
SAID = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn\
gotpRZb6KE6RyyBwJnAM=
"""
KNOWN = ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", SAID)
"""A key and a note of the Go project's documentation of notes."""


def test_a_checkpoint_is_signed_by_log_and_witnesses_with_their_times() -> None:
    checkpoint, note = read_checkpoint(RAW)

    assert (checkpoint, note) == (CHECKPOINT, SIGNED)
    assert signers(checkpoint, note, [signer.key for signer in SIGNERS]) == [
        Cosigned(LOG.key, None),
        *(Cosigned(one.key, NOON) for one in (*WITNESSES, BESIDE)),
    ]


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("part", ["origin", "size", "root", "signature"])
def test_what_was_changed_has_no_signature_that_fits(
    signer: NoteSigner, part: str
) -> None:
    origin, size, root = CHECKPOINT
    changed = {
        "origin": Checkpoint(f"{origin}x", size, root),
        "size": Checkpoint(origin, size + 1, root),
        "root": Checkpoint(origin, size, bytes(32)),
    }.get(part, CHECKPOINT)
    name, its, value = signer.sign(CHECKPOINT, NOON)
    if part == "signature":
        value = value[:-1] + bytes([value[-1] ^ 1])

    with pytest.raises(NoteError, match="does not fit"):
        signers(
            changed, Note(changed.text, [Signature(name, its, value)]), [signer.key]
        )


@pytest.mark.parametrize("witness", [*WITNESSES, BESIDE])
def test_the_time_of_a_cosignature_is_signed(witness: NoteSigner) -> None:
    name, its, value = witness.sign(CHECKPOINT, NOON)
    later = value[:7] + bytes([value[7] ^ 1]) + value[8:]

    for changed in (later, value[:4], b"\xff" + value[1:]):
        note = Note(CHECKPOINT.text, [Signature(name, its, changed)])
        with pytest.raises(NoteError):
            signers(CHECKPOINT, note, [witness.key])


def test_signatures_of_others_are_passed_over() -> None:
    stranger = NoteSigner(ORIGIN, Kind.ED25519, Ed25519PrivateKey.generate())

    assert signers(CHECKPOINT, SIGNED, [stranger.key]) == []


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_verifier_key_is_read_as_it_is_written(signer: NoteSigner) -> None:
    assert read_verifier_key(str(signer.key)) == signer.key


def test_a_note_that_others_signed_is_read() -> None:
    line, raw = KNOWN
    key, note = read_verifier_key(line), read_note(raw.encode())

    Ed25519PublicKey.from_public_bytes(key.key).verify(
        note.of(key)[0].value, note.text.encode()
    )
    assert (str(key), str(note)) == KNOWN


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a",
        "a+b+",
        f"{LOG.key}=",
        str(LOG.key).replace(ORIGIN, "other"),
        f" {LOG.key}",
        f"{LOG.key.name}+{LOG.key.id.hex()}+CQ==",
        f"{LOG.key.name}+{LOG.key.id.hex()}+AQ==",
    ],
)
def test_what_is_no_verifier_key_is_refused(line: str) -> None:
    with pytest.raises(NoteError):
        read_verifier_key(line)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(RAW[:-1], id="no end of line"),
        pytest.param(RAW.replace(b"\n\n", b"\n"), id="no empty line"),
        pytest.param(RAW.replace(b"\n2", b"\n02"), id="a zero before the size"),
        pytest.param(RAW.replace(b"\n2", b"\n-2"), id="a size below zero"),
        pytest.param(RAW.replace(b"\n2", b"\n\xd9\xa2"), id="other digits"),
        pytest.param(RAW.replace(b"\n\n", b"\nmore\n\n"), id="a line more"),
        pytest.param(RAW.replace(b"\n", b"\r\n"), id="other ends of line"),
        pytest.param(RAW.replace(b"example", b"ex\xffmple"), id="no UTF-8"),
        pytest.param(RAW.replace(b"=\n", b"\n", 1), id="no padding"),
        pytest.param(RAW.replace(b"\xe2\x80\x94", b"-"), id="another dash"),
        pytest.param(RAW + b"x" * 1_000_000, id="more than is read"),
        pytest.param(
            f"{CHECKPOINT.text}\n".encode() + f"{SIGNED.signatures[0]}\n".encode() * 65,
            id="more signatures than are read",
        ),
    ],
)
def test_what_is_no_checkpoint_is_refused(raw: bytes) -> None:
    with pytest.raises(NoteError):
        read_checkpoint(raw)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb"])
def test_a_name_that_a_note_cannot_have_signs_nothing(name: str) -> None:
    with pytest.raises(NoteError):
        NoteSigner(name, Kind.ED25519, ED25519)


def test_a_name_that_is_too_long_is_not_cosigned() -> None:
    key = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    witness = NoteSigner("w" * 256, Kind.COSIGNATURE_ML_DSA_44, key)

    with pytest.raises(NoteError):
        witness.sign(CHECKPOINT, NOON)


def test_a_cosignature_by_sm2_under_another_id_says_that_it_may_be_the_id() -> None:
    other = SM2.used_as(SM2.public.used_as("", SignatureForm.RAW))
    line = NoteSigner(ORIGIN, Kind.COSIGNATURE_SM2, other).sign(CHECKPOINT, NOON)

    with pytest.raises(NoteError, match="it may be the signer id"):
        signers(CHECKPOINT, Note(CHECKPOINT.text, [line]), [BESIDE.key])


def test_another_spelling_of_a_cosignature_by_sm2_is_none() -> None:
    name, its, value = BESIDE.sign(CHECKPOINT, NOON)
    time, r, s = value[:8], value[8:40], value[40:]
    other_s = (curve.N - int.from_bytes(s)).to_bytes(curve.BYTES)
    for forged in (r + other_s, s + r, bytes(64), r + s + b"\0", r + s[:-1]):
        note = Note(CHECKPOINT.text, [Signature(name, its, time + forged)])
        with pytest.raises(NoteError, match="does not fit"):
            signers(CHECKPOINT, note, [BESIDE.key])


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (SM2_NAME + bytes(64), "no point of the curve"),
        (SM2_NAME + SM2.public.coordinates[:-1] + b"\0", "no point of the curve"),
        (SM2_NAME.upper() + SM2.public.coordinates, "of another algorithm"),
        (SM2.public.coordinates, "has 103 bytes, not 64"),
        (SM2_NAME + b"".join(n.to_bytes(32) for n in curve.G), "everybody's"),
    ],
)
def test_a_verifier_key_that_is_no_key_of_sm2_is_refused(key: bytes, why: str) -> None:
    with pytest.raises(NoteError, match=why):
        VerifierKey(ORIGIN, Kind.COSIGNATURE_SM2, key)
