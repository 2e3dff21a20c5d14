"""COSE receipts prove one leaf of one log, and nothing that is changed about them."""

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import example, given
from hypothesis import strategies as st

from signing.transparency.cose_receipts import (
    RECEIPT_LIMIT,
    CoseReceiptError,
    Inclusion,
    ReceiptProved,
    require_cose_receipt,
    unsigned_receipt,
)
from signing.transparency.merkle import inclusion, root
from signing.transparency.notes import Kind
from tests.signing.transparency.cosigning import LOG, ORIGIN, signer
from tests.signing.transparency.trees import of_size

SIZE, PLACE = 11, 6
TREE = of_size(SIZE)
SUBJECT = "decision D-1"


def receipt(place: int = PLACE, size: int = SIZE) -> bytes:
    proof = Inclusion(size, place, inclusion(place, size, TREE.hash_of))
    private_key = LOG._private_key
    assert isinstance(private_key, Ed25519PrivateKey)
    unsigned = unsigned_receipt(LOG.key, SUBJECT, TREE.leaves[place], proof)
    return unsigned.with_signature(private_key.sign(unsigned.signed))


RAW = receipt()
PARTS = cbor2.loads(RAW).value
LEAF = TREE.leaves[PLACE]


@given(st.data())
def test_every_leaf_is_proved_at_its_place(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZE))
    place, other = data.draw(st.tuples(*[st.integers(0, size - 1)] * 2))
    raw = receipt(place, size)

    proved = require_cose_receipt(raw, TREE.leaves[place], LOG.key)

    assert proved == ReceiptProved(ORIGIN, SUBJECT, size, place)
    if other != place:
        with pytest.raises(CoseReceiptError, match="does not fit this leaf"):
            require_cose_receipt(raw, TREE.leaves[other], LOG.key)


def test_a_receipt_is_as_the_rfc_writes_it() -> None:
    protected, unprotected, payload, signature = PARTS

    assert RAW[:1] == b"\xd2"
    assert cbor2.loads(protected) == {
        1: -8,
        4: LOG.key.id,
        15: {1: ORIGIN, 2: SUBJECT},
        395: 1,
    }
    (proof,) = unprotected[396][-1]
    assert cbor2.loads(proof) == [SIZE, PLACE, inclusion(PLACE, SIZE, TREE.hash_of)]
    assert (payload, len(signature)) == (None, 64)
    Ed25519PublicKey.from_public_bytes(LOG.key.key).verify(
        signature,
        cbor2.dumps(["Signature1", protected, b"", root(SIZE, TREE.hash_of)]),
    )


@given(st.integers(0, len(RAW) - 1), st.integers(0, 7))
@example(RAW.index(cbor2.dumps([SIZE, PLACE])[1:]), 0)
def test_no_flipped_bit_is_accepted_but_of_the_size(position: int, bit: int) -> None:
    changed = bytearray(RAW)
    changed[position] ^= 1 << bit

    try:
        proved = require_cose_receipt(bytes(changed), LEAF, LOG.key)
    except CoseReceiptError:
        return
    # Nobody signs how long the log is: of some sizes a leaf has the same path.
    assert proved.size != SIZE
    assert proved._replace(size=SIZE) == ReceiptProved(ORIGIN, SUBJECT, SIZE, PLACE)


def with_parts(*parts: object, tag: int = 18) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(tag, list(parts)), canonical=True)


def with_proof(proof: object) -> bytes:
    encoded = cbor2.dumps(proof, canonical=True)
    return with_parts(PARTS[0], {396: {-1: [encoded]}}, None, PARTS[3])


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no CBOR"),
        (RAW + b"\0", "no CBOR|another spelling"),
        (RAW[:-1], "no CBOR"),
        (b"\0" * (RECEIPT_LIMIT + 1), "at most 16384 bytes"),
        (b"\x81" * 100 + b"\0", "no CBOR"),
        (b"\xd2\x9f" + RAW[2:] + b"\xff", "no CBOR"),
        (with_parts(*PARTS, tag=17), "a COSE_Sign1 of four parts"),
        (with_parts(*PARTS[:3]), "a COSE_Sign1 of four parts"),
        (cbor2.dumps(PARTS, canonical=True), "a COSE_Sign1 of four parts"),
        (with_parts(*PARTS[:2], b"root", PARTS[3]), "has no payload"),
        (with_parts(*PARTS[:3], "text"), "a signature is bytes"),
        (with_parts({}, *PARTS[1:]), "a protected header is bytes"),
        (with_parts(b"\xa0", *PARTS[1:]), "says EdDSA, its key"),
        (with_parts(b"\x80", *PARTS[1:]), "says EdDSA, its key"),
        (with_parts(PARTS[0], {}, *PARTS[2:]), "one inclusion proof"),
        (
            with_parts(PARTS[0], {396: {-1: []}}, *PARTS[2:]),
            "one inclusion proof",
        ),
        (
            with_parts(PARTS[0], {**PARTS[1], 5: 5}, *PARTS[2:]),
            "one inclusion proof",
        ),
        (with_proof([SIZE, PLACE]), "size, place and path"),
        (with_proof(["11", PLACE, []]), "size, place and path"),
        (with_proof([SIZE, PLACE, ["text"]]), "size, place and path"),
        (with_proof([SIZE, PLACE, [bytes(32)] * 64]), "size, place and path"),
        (with_proof([SIZE, -1, []]), "no leaf -1"),
        (with_proof([SIZE, SIZE, []]), "no leaf 11"),
        (with_proof([SIZE, PLACE, []]), "shorter than the tree"),
        (with_proof([2**80, 2**70, []]), "shorter than the tree"),
    ],
)
def test_what_is_no_receipt_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(CoseReceiptError, match=why):
        require_cose_receipt(raw, LEAF, LOG.key)


def test_a_receipt_is_of_one_log_and_one_key() -> None:
    for other in (signer("other.example", Kind.ED25519), signer(ORIGIN, Kind(1), "x")):
        with pytest.raises(CoseReceiptError, match="says EdDSA, its key, its name"):
            require_cose_receipt(RAW, LEAF, other.key)


@given(st.binary(max_size=200), st.integers(0, len(RAW)), st.integers(0, len(RAW)))
def test_hostile_bytes_are_refused(noise: bytes, begin: int, end: int) -> None:
    raw = RAW[:begin] + noise + RAW[end:]
    if raw != RAW:
        with pytest.raises(CoseReceiptError):
            require_cose_receipt(raw, LEAF, LOG.key)
