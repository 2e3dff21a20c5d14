"""Signed bytes are sealed under the operator's key, and proved by their digest."""

import hashlib
from dataclasses import replace

import pytest

from bureau.ledger.evidence import UnreadableEvidenceError, Vault
from signing.envelope import Envelope

ONE, OTHER = bytes(32), b"\x01" * 32


@pytest.mark.parametrize(
    "envelope", [Envelope(b"a.b.c"), Envelope(b"a..c", b'{"id": "310..."}')]
)
def test_bytes_come_back_as_they_came(envelope: Envelope) -> None:
    vault = Vault([ONE])
    evidence = vault.seal(envelope)

    opened = vault.open(evidence)

    assert hashlib.sha256(opened).digest() == envelope.digest
    assert evidence.digest == envelope.digest.hex()
    assert envelope.came not in evidence.sealed


def test_the_same_bytes_are_sealed_in_another_way_each_time() -> None:
    vault, envelope = Vault([ONE]), Envelope(b"a.b.c")

    assert vault.seal(envelope).sealed != vault.seal(envelope).sealed


def test_a_former_key_opens_and_the_first_seals() -> None:
    envelope = Envelope(b"a.b.c")
    former = Vault([ONE]).seal(envelope)
    rotated = Vault([OTHER, ONE])

    assert rotated.open(former) == envelope.came
    assert rotated.seal(envelope).key == Vault([OTHER]).seal(envelope).key


def test_what_was_sealed_under_another_key_or_changed_is_refused() -> None:
    vault = Vault([ONE])
    evidence = vault.seal(Envelope(b"a.b.c"))
    changed = bytes([evidence.sealed[0] ^ 1]) + evidence.sealed[1:]
    for wrong in (
        Vault([OTHER]).seal(Envelope(b"a.b.c")),
        replace(evidence, sealed=changed),
        # Other bytes in its place.
        replace(evidence, digest=Envelope(b"d.e.f").digest.hex()),
    ):
        with pytest.raises(UnreadableEvidenceError):
            vault.open(wrong)
