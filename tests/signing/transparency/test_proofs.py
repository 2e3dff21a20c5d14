"""A proof is verified as one: leaf, path, checkpoint and cosignatures, or nothing."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.transparency.checkpoints import Checkpoint
from signing.transparency.merkle import ProofError, inclusion, root
from signing.transparency.notes import NoteError
from signing.transparency.policies import Policy, QuorumError, read_policy
from signing.transparency.proofs import (
    Proof,
    ProofFileError,
    Proved,
    read_proof,
    require_proof,
)
from tests.signing.transparency.cosigning import (
    LOG,
    NOON,
    ORIGIN,
    WITNESSES,
    noted,
    policy_text,
)
from tests.signing.transparency.trees import of_size

SIZE, PLACE = 11, 6
TREE = of_size(SIZE)
LEAF = TREE.leaves[PLACE]
CHECKPOINT = Checkpoint(ORIGIN, SIZE, root(SIZE, TREE.hash_of))
W1, W2, W3 = (WITNESSES[name] for name in ("W1", "W2", "W3"))
PROOF = Proof(
    PLACE,
    inclusion(PLACE, SIZE, TREE.hash_of),
    str(noted(CHECKPOINT, [LOG, W1, W3])),
    b"a hint",
)
RAW = str(PROOF).encode()
POLICY = read_policy(policy_text("group Q all W1 W3\nquorum Q").encode())


def policy(quorum: str) -> Policy:
    return read_policy(policy_text(quorum).encode())


def test_a_proof_is_as_the_specification_writes_it() -> None:
    assert str(Proof(0, [], PROOF.note)) == (
        f"c2sp.org/tlog-proof@v1\nindex 0\n\n{PROOF.note}"
    )
    beside = [
        *(TREE.leaves[7], TREE.hash_of((1, 2)), TREE.hash_of((2, 0))),
        TREE.root_of(TREE.leaves[8:]),
    ]
    assert RAW.decode().split("\n")[:9] == [
        "c2sp.org/tlog-proof@v1",
        "extra YSBoaW50",
        "index 6",
        *(base64.b64encode(sibling).decode() for sibling in beside),
        "",
        ORIGIN,
    ]


def test_a_proof_is_read_as_it_was_written() -> None:
    assert read_proof(RAW) == PROOF
    assert read_proof(str(PROOF._replace(extra=b"")).encode()).extra == b""


def test_a_proof_tells_what_it_proved_and_who_saw_it() -> None:
    proved = require_proof(read_proof(RAW), LEAF, POLICY)

    assert proved == Proved(CHECKPOINT, PLACE, proved.accepted)
    assert proved.accepted.witnesses == {"W1": NOON, "W3": NOON}
    assert proved.accepted.logs == (LOG.key,)


@given(st.data())
def test_every_leaf_is_proved_at_its_place_and_at_no_other(data: st.DataObject) -> None:
    place, other = data.draw(st.tuples(*[st.integers(0, SIZE - 1)] * 2))
    proof = PROOF._replace(place=place, path=inclusion(place, SIZE, TREE.hash_of))

    assert require_proof(proof, TREE.leaves[place], POLICY).place == place
    if other != place:
        with pytest.raises(ProofError):
            require_proof(proof, TREE.leaves[other], POLICY)
        with pytest.raises(ProofError):
            require_proof(proof._replace(place=other), TREE.leaves[place], POLICY)


def test_a_right_path_without_witnesses_proves_nothing() -> None:
    with pytest.raises(QuorumError, match="no cosignature of W2") as refused:
        require_proof(PROOF, LEAF, policy("group Q all W1 W2\nquorum Q"))
    assert refused.value.missing == ("W2",)


def test_a_right_path_in_another_log_proves_nothing() -> None:
    unsigned = PROOF._replace(note=str(noted(CHECKPOINT, [W1, W3])))

    with pytest.raises(QuorumError, match="signed by no log of the policy"):
        require_proof(unsigned, LEAF, POLICY)


def test_a_path_to_another_root_proves_nothing() -> None:
    other = CHECKPOINT._replace(root=bytes(32))
    proof = PROOF._replace(note=str(noted(other, [LOG, W1, W3])))

    with pytest.raises(ProofError):
        require_proof(proof, LEAF, POLICY)


@given(st.integers(0, len(RAW) - 1), st.integers(0, 7))
def test_no_flipped_bit_is_accepted_but_in_what_nobody_signed(
    position: int, bit: int
) -> None:
    changed = bytearray(RAW)
    changed[position] ^= 1 << bit

    try:
        proof = read_proof(bytes(changed))
        require_proof(proof, LEAF, POLICY)
    except (ProofFileError, NoteError, QuorumError, ProofError):
        return
    assert proof._replace(extra=PROOF.extra) == PROOF


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "first line"),
        (b"x" * 1_000_001, "at most 1000000 bytes"),
        (RAW.replace(b"@v1", b"@v2"), "first line"),
        (RAW.replace(b"\n", b"\r\n"), "first line"),
        (b"\n" + RAW, "first line"),
        (RAW[:-1], "no checkpoint ends the proof"),
        (RAW.replace(b"\n\n", b"\n"), "no base64"),
        (RAW.replace(b"index 6", b"index 06"), "'index NUMBER'"),
        (RAW.replace(b"index 6", b"index -6"), "'index NUMBER'"),
        (RAW.replace(b"index 6", "index ６".encode()), "'index NUMBER'"),
        (RAW.replace(b"index 6", b"index 6 "), "'index NUMBER'"),
        (RAW.replace(b"index 6", b"index " + b"9" * 5000), "'index NUMBER'"),
        (RAW.replace(b"index 6\n", b""), "'index NUMBER'"),
        (RAW.replace(b"index", b"place"), "'index NUMBER'"),
        (RAW.replace(b"index", b"xindex"), "'index NUMBER'"),
        (RAW.replace(b"extra YSBoaW50", b"extra "), "no such line"),
        (RAW.replace(b"extra YSBoaW50", b"extra YSBoaW50="), "base64"),
        (RAW.replace(b"extra YSBoaW50", b"extra YQ==\nextra YQ=="), "'index"),
        (RAW.replace(b"index 6\n", b"index 6\nYQ==\n"), "hashes of 32 bytes"),
        (RAW.replace(b"index 6\n", b"index 6\nYR==\n"), "another spelling"),
        (RAW.replace(b"index 6\n", b"index 6\nY\n"), "no base64"),
        (RAW.replace(b"index 6\n", b"index 6\n" + b"AA==\n" * 64), "at most 63"),
        (RAW.replace(b"hint", b"\xff") + b"\xff", "is UTF-8"),
    ],
)
def test_what_is_no_proof_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(ProofFileError, match=why):
        read_proof(raw)


@given(st.binary(max_size=400), st.integers(0, len(RAW)), st.integers(0, len(RAW)))
def test_hostile_texts_are_read_exactly_or_refused(
    noise: bytes, begin: int, end: int
) -> None:
    raw = RAW[:begin] + noise + RAW[end:]
    try:
        proof = read_proof(raw)
    except ProofFileError:
        return
    assert str(proof).encode() == raw
