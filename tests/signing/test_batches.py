"""Records under one signature: each is believed by itself, and nothing else is."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from signing import base64url, batches
from signing.algorithms import Algorithm, PublicKey
from signing.envelope import Envelope, PayloadType, verify
from signing.errors import Check, Refusal, SigningError
from signing.report import CheckOutcome, examine
from signing.sign import SigningKey, raw_signature, sign
from signing.sign_batch import sign_batch
from signing.sm2.sign import Sm2PrivateKey
from signing.transparency.merkle import leaf_hash
from signing.trust import KeyState, TrustBundle
from tests.signing.agency import (
    AGENCIES,
    ALL_TYPES,
    ASKED_AT,
    BUNDLE,
    FRESHNESS,
    SAFETY,
    SIGNED_AT,
    TRANSPORT,
    ask,
)
from tests.vectors import mint

SM2 = SigningKey(
    mint.SM2, Algorithm.SM2, Sm2PrivateKey.derive(mint.sm2_secret(mint.SM2))
)


def payloads(count: int) -> list[bytes]:
    return [b'{"number":%d}' % number for number in range(count)]


def batch(count: int, key: SigningKey = TRANSPORT) -> list[Envelope]:
    return sign_batch(
        payloads(count), key, type=PayloadType.RECORD, signed_at=SIGNED_AT
    )


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    batches._roots.clear()
    yield
    batches._roots.clear()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 255, 256, 257])
def test_every_record_of_a_batch_is_believed(count: int) -> None:
    found = [ask(envelope) for envelope in batch(count)]

    assert [verified.payload for verified in found] == payloads(count)
    assert len(batches._roots) == 1


@pytest.mark.parametrize("key", [*AGENCIES, SM2], ids=lambda key: key.algorithm)
def test_a_batch_is_signed_by_any_algorithm(key: SigningKey) -> None:
    assert [ask(envelope).key.kid for envelope in batch(3, key)] == [key.kid] * 3


@pytest.mark.parametrize("count", [0, 65_537])
def test_a_batch_has_records_and_not_too_many(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 65536 allowed"):
        sign_batch(
            [b"{}"] * count, TRANSPORT, type=PayloadType.RECORD, signed_at=SIGNED_AT
        )


def refused(envelope: Envelope, bundle: TrustBundle = BUNDLE) -> str:
    """Return what is said of the signature, by both ways through the checks."""
    said = set()
    for _ in range(2):  # with and without a root that is known
        with pytest.raises(SigningError) as caught:
            ask(envelope, bundle)
        assert (caught.value.check, caught.value.refusal) == (
            Check.SIGNATURE,
            Refusal.BAD_SIGNATURE,
        )
        said.add(caught.value.detail)
        for other in batch(5):
            ask(other)
    rows = examine(envelope, bundle, types=ALL_TYPES, at=ASKED_AT, freshness=FRESHNESS)
    said |= {row.detail for row in rows if row.outcome is CheckOutcome.FAILED}
    (detail,) = said
    return detail


def taken_apart(envelope: Envelope) -> tuple[bytes, bytes]:
    signed, _, proof = envelope.signature.rpartition(b".")
    return signed, base64url.decode(proof, "proof")


def put_together(signed: bytes, proof: bytes) -> Envelope:
    return Envelope(signed + b"." + base64url.encode(proof))


SIGNED, PROOF = taken_apart(batch(5)[1])
HASHES = 3
ROOT = 5 + 32 * HASHES


def with_root(token: bytes) -> Envelope:
    return put_together(SIGNED, PROOF[:ROOT] + token)


def root(
    content: object = None, key: SigningKey = TRANSPORT, **header: object
) -> bytes:
    """Return a root's JWS with a header and a content of one's own."""
    token = PROOF[ROOT:]
    head, payload, _ = (base64url.decode(part, "") for part in token.split(b"."))
    if content is not None:
        payload = json.dumps(content).encode()
    members = {**json.loads(head), "kid": key.kid, "alg": key.algorithm} | header
    parts = json.dumps(members).encode(), payload
    signed = b".".join(base64url.encode(part) for part in parts)
    return signed + b"." + base64url.encode(raw_signature(signed, key))


TRUE = json.loads(base64url.decode(PROOF[ROOT:].split(b".")[1], ""))


def test_a_root_that_is_spelt_otherwise_serves_as_well() -> None:
    assert ask(with_root(root(TRUE))).payload == payloads(5)[1]


CHANGED = {
    "another index": ((2).to_bytes(4) + PROOF[4:], "not number 2 of the batch"),
    "an index past the end": ((5).to_bytes(4) + PROOF[4:], "number 5 of 5 records"),
    "a hash changed": (PROOF[:5] + bytes(32) + PROOF[37:], "not number 1"),
    "a hash too few": (
        PROOF[:4] + b"\x02" + PROOF[5 : ROOT - 32] + PROOF[ROOT:],
        "shorter than the tree is high",
    ),
    "a hash too many": (
        PROOF[:4] + b"\x04" + PROOF[5:ROOT] + bytes(32) + PROOF[ROOT:],
        "longer than the tree is high",
    ),
    "hashes swapped": (
        PROOF[:5] + PROOF[37:69] + PROOF[5:37] + PROOF[69:],
        "not number 1",
    ),
    "no root": (PROOF[:ROOT], "no proof and root"),
    "nothing": (b"", "no proof and root"),
    "an index alone": (PROOF[:5], "no proof and root"),
    "a root that is no JWS": (PROOF[:ROOT] + b"abc", "its root: 1 parts, 3 expected"),
    "a root that is too long": (PROOF[:ROOT] + b"a" * 1025, "no proof and root"),
    "a root cut": (PROOF[:-4], "its root: "),
    "a byte after the root": (PROOF + b"\n", "white space follows the signature"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_proof_that_was_changed_is_refused(name: str) -> None:
    proof, said = CHANGED[name]

    assert said in refused(put_together(SIGNED, proof))


ROOTS = {
    "another hash": (
        root(TRUE | {"root": base64url.encode(bytes(32)).decode()}),
        "not number 1",
    ),
    "another size": (root(TRUE | {"size": 6}), "another size or another iat"),
    "another second": (root(TRUE, iat=mint.SIGNED_AT - 1), "another iat"),
    "a member more": (root(TRUE | {"more": 1}), "no root and size"),
    "a short hash": (root(TRUE | {"root": "AAAA"}), "no root and size"),
    "a hash that is no base64url": (root(TRUE | {"root": "A=="}), "no root and size"),
    "a size that is true": (root(TRUE | {"size": True}), "no root and size"),
    "a list": (root([TRUE]), "no root and size"),
    "signed by another key": (root(TRUE, SAFETY), "another key than the record"),
    "signed by another key as this one": (
        root(TRUE, kid=mint.SAFETY),
        "another key than the record",
    ),
    "of another algorithm": (root(TRUE, alg="ES256"), "alg is 'ES256'"),
    "that is a record": (root(TRUE, typ="certificate-record+jws"), "typ is"),
    "with a key in its header": (root(TRUE, jwk={}), "the header has jwk"),
    "in a batch itself": (root(TRUE, batch=5, crit=["batch"]), "in a batch itself"),
    "without a moment": (root(TRUE, iat=None), "iat is missing"),
    "with an unknown extension": (root(TRUE, crit=["x"]), "not understood"),
}


@pytest.mark.parametrize("name", ROOTS)
def test_a_root_that_is_not_the_batch_s_is_refused(name: str) -> None:
    token, said = ROOTS[name]

    assert said in refused(with_root(token))
    assert token not in {kept for _, kept in batches._roots} or "root" not in said


def test_a_root_whose_signature_is_changed_is_refused() -> None:
    head, payload, signature = PROOF[ROOT:].split(b".")
    wrong = signature[:-4] + (b"AAAA" if signature[-4:] != b"AAAA" else b"BBBB")

    said = refused(with_root(b".".join((head, payload, wrong))))

    assert "no EdDSA signature" in said


def test_a_root_known_of_one_key_vouches_for_nothing_of_another() -> None:
    """Of the same kid, after the operator has put another key under it."""
    envelope = batch(3)[0]
    ask(envelope)
    other = replace(BUNDLE.keys[mint.TRANSPORT], public_key=_stranger())

    with pytest.raises(SigningError, match="BAD_SIGNATURE: of a batch: its root"):
        ask(envelope, TrustBundle.of([other]))


def _stranger() -> PublicKey:
    key: PublicKey = mint.private_key(mint.STRANGER).public_key()
    return key


def test_a_record_of_a_batch_under_a_signature_of_its_own_is_refused() -> None:
    envelope = sign(
        payloads(5)[1], TRANSPORT, type=PayloadType.RECORD, signed_at=SIGNED_AT
    )
    signed, signature = taken_apart(envelope)

    assert "no proof and root" in refused(put_together(SIGNED, b""))
    assert "no EdDSA signature" in refused(put_together(signed, PROOF))
    assert refused(put_together(SIGNED, signature)).startswith("of a batch")


def test_a_root_is_no_record() -> None:
    with pytest.raises(SigningError) as caught:
        ask_for_records(Envelope(PROOF[ROOT:]))

    assert caught.value.refusal is Refusal.WRONG_TYPE


def ask_for_records(envelope: Envelope) -> None:
    verify(
        envelope,
        BUNDLE,
        types={PayloadType.RECORD},
        at=ASKED_AT,
        freshness=FRESHNESS,
    )


def test_a_node_of_the_tree_is_no_record() -> None:
    """What stands above two leaves is hashed otherwise (RFC 9162, 2.1.1)."""
    inner = PROOF[5:37] + leaf_hash(SIGNED)

    with pytest.raises(SigningError):
        ask(put_together(inner, (0).to_bytes(4) + b"\x02" + PROOF[37:]))


@pytest.mark.parametrize("size", [None, "5", 5.0, True, [5]])
def test_a_batch_says_of_how_many(size: object) -> None:
    members = mint.header(batch=size, crit=["batch"])

    with pytest.raises(SigningError) as caught:
        ask(Envelope(f"{mint.header_part(members)}.e30.AAAA".encode()))

    assert caught.value.check in {Check.CRITICAL, Check.HEADER}


def test_a_whole_body_is_in_no_batch() -> None:
    members = mint.detached_header(batch=1, crit=["b64", "batch"])

    with pytest.raises(SigningError) as caught:
        ask(Envelope(mint.detached(members).encode(), mint.BODY))

    assert caught.value.refusal is Refusal.UNKNOWN_CRIT


def test_a_batch_grows_stale_and_out_of_force_as_a_record_does() -> None:
    (envelope,) = batch(1)
    ask(envelope)

    with pytest.raises(SigningError) as stale:
        ask(envelope, at=ASKED_AT + timedelta(hours=2))
    suspended = replace(BUNDLE.keys[mint.TRANSPORT], state=KeyState.SUSPENDED)
    with pytest.raises(SigningError) as out:
        ask(envelope, TrustBundle.of([suspended]))

    assert stale.value.refusal is Refusal.STALE
    assert out.value.refusal is Refusal.KEY_NOT_IN_FORCE


def test_no_more_than_some_roots_are_kept() -> None:
    for second in range(batches.MAX_KEPT + 1):
        (envelope,) = sign_batch(
            [b"{}"],
            TRANSPORT,
            type=PayloadType.RECORD,
            signed_at=SIGNED_AT - timedelta(seconds=second),
        )
        ask(envelope)

    assert len(batches._roots) == 1


def test_no_more_than_some_steps_are_kept_of_a_root() -> None:
    for envelope in batch(1000):
        ask(envelope)
        ((_, root),) = batches._roots.items()
        assert len(root.steps) <= batches.MAX_STEPS


def test_records_are_believed_in_any_order_with_what_is_known_and_without() -> None:
    envelopes = batch(300)

    for number in [*range(299, -1, -1), *range(0, 300, 7)]:
        assert ask(envelopes[number]).payload == payloads(300)[number]


@pytest.mark.parametrize("at", range(HASHES))
def test_no_hash_of_a_proof_may_be_another_where_the_next_record_is_known(
    at: int,
) -> None:
    """Kept evidence is verified again by who knows nothing of the records beside it."""
    for envelope in batch(5):
        ask(envelope)
    begin = 5 + 32 * at
    changed = PROOF[:begin] + bytes(32) + PROOF[begin + 32 :]

    assert "not number 1" in refused(put_together(SIGNED, changed))


@pytest.mark.parametrize("count", range(1, 34))
def test_no_bit_of_a_proof_can_be_changed(count: int) -> None:
    envelopes = batch(count)
    for envelope in envelopes:
        ask(envelope)
    for envelope in envelopes:
        signed, proof = taken_apart(envelope)
        for at in range(5 + 32 * proof[4]):
            changed = bytearray(proof)
            changed[at] ^= 1
            with pytest.raises(SigningError):
                ask(put_together(signed, bytes(changed)))


def test_a_root_that_was_refused_is_not_kept() -> None:
    refusing = with_root(root(TRUE, SAFETY))

    with pytest.raises(SigningError):
        ask(refusing)

    assert batches._roots == {}
