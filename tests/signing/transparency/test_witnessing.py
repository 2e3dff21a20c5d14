"""A witness cosigns a log that only grew, and tells everything else from it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.transparency.checkpoints import Checkpoint
from signing.transparency.merkle import consistency, leaf_hash, root
from signing.transparency.witnessing import (
    SUBMISSION_LIMIT,
    Submission,
    SubmissionError,
    Verdict,
    first_seen,
    judge,
    read_submission,
)
from tests.signing.transparency.cosigning import LOG, ORIGIN, noted
from tests.signing.transparency.trees import Tree, of_size

SIZE = 200
TREE = of_size(SIZE)
sizes = st.integers(0, SIZE)


def checkpoint(size: int, tree: Tree = TREE) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root(size, tree.hash_of))


def submission(old: int, new: int, tree: Tree = TREE) -> Submission:
    note = str(noted(checkpoint(new, tree), [LOG]))
    return Submission(old, consistency(old, new, tree.hash_of), note)


SENT = submission(5, 12)
RAW = str(SENT).encode()


@given(sizes, sizes)
def test_a_log_that_only_grew_is_consistent(one: int, other: int) -> None:
    old, new = sorted((one, other))
    seen = checkpoint(old) if old else first_seen(ORIGIN)

    found = judge(seen, submission(old, new), checkpoint(new))

    assert found is Verdict.CONSISTENT


@given(st.data())
def test_a_fork_is_never_consistent(data: st.DataObject) -> None:
    old = data.draw(st.integers(1, SIZE))
    changed = data.draw(st.integers(0, old - 1))
    new = data.draw(st.integers(old, SIZE))
    fork = of_size(SIZE)
    fork.leaves[changed] = leaf_hash(b"another")

    for tree in (TREE, fork):
        sent = submission(old, new, fork)._replace(
            proof=consistency(old, new, tree.hash_of)
        )
        found = judge(checkpoint(old), sent, checkpoint(new, fork))
        assert found is (Verdict.FORK if old == new else Verdict.UNPROVEN)


@pytest.mark.parametrize(
    ("seen", "old", "new", "told"),
    [
        (5, 5, 12, Verdict.CONSISTENT),
        (12, 12, 12, Verdict.CONSISTENT),
        (0, 0, 12, Verdict.CONSISTENT),
        (0, 0, 0, Verdict.CONSISTENT),
        (5, 13, 12, Verdict.BACKWARDS),
        (13, 13, 12, Verdict.BACKWARDS),
        (5, 4, 12, Verdict.STALE),
        (5, 0, 12, Verdict.STALE),
        (0, 5, 12, Verdict.STALE),
        (13, 5, 12, Verdict.STALE),
        (12, 5, 12, Verdict.STALE),
    ],
)
def test_only_what_begins_where_the_witness_is_is_consistent(
    seen: int, old: int, new: int, told: Verdict
) -> None:
    sent = submission(min(old, new), new)._replace(old=old)

    assert judge(checkpoint(seen), sent, checkpoint(new)) is told


@pytest.mark.parametrize(
    ("old", "proof"), [(5, []), (12, [bytes(32)]), (0, [bytes(32)]), (5, [bytes(32)])]
)
def test_another_proof_proves_nothing(old: int, proof: list[bytes]) -> None:
    sent = submission(old, 12)._replace(proof=proof)

    assert judge(checkpoint(old), sent, checkpoint(12)) is Verdict.UNPROVEN


@pytest.mark.parametrize("old", [0, 5])
def test_another_root_of_the_size_that_was_seen_is_a_fork_however_it_is_sent(
    old: int,
) -> None:
    other = Checkpoint(ORIGIN, 12, bytes(32))

    assert judge(checkpoint(12), Submission(old, [], ""), other) is Verdict.FORK


def test_a_log_without_entries_has_one_root() -> None:
    other = Checkpoint(ORIGIN, 0, bytes(32))

    assert judge(first_seen(ORIGIN), Submission(0, [], ""), other) is Verdict.FORK


def test_a_submission_is_as_the_specification_writes_it() -> None:
    lines = [base64.b64encode(sibling).decode() for sibling in SENT.proof]

    assert RAW.decode() == "\n".join(["old 5", *lines, "", SENT.note])
    assert read_submission(RAW) == SENT
    assert read_submission(b"old 0\n\n").note == ""


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "a submission is 'old SIZE'"),
        (b"x" * (SUBMISSION_LIMIT + 1), "at most 32768 bytes, not 32769"),
        (b"\xff", "is UTF-8"),
        (b"old 5\n", "a submission is 'old SIZE'"),
        (RAW.replace(b"old 5", b"old 05"), "a submission is 'old SIZE'"),
        (RAW.replace(b"old 5", b"old -5"), "a submission is 'old SIZE'"),
        (RAW.replace(b"old 5", b"old  5"), "a submission is 'old SIZE'"),
        (RAW.replace(b"old 5", "old ５".encode()), "a submission is 'old SIZE'"),
        (RAW.replace(b"old 5", b"old " + b"9" * 5000), "a submission is 'old SIZE'"),
        (RAW.replace(b"old 5\n", b""), "a submission is 'old SIZE'"),
        (RAW.replace(b"\n", b"\r\n"), "a submission is 'old SIZE'"),
        (RAW.replace(b"old 5\n", b"old 5\nYQ==\n"), "a hash has 32 bytes, not 1"),
        (RAW.replace(b"old 5\n", b"old 5\n \n"), "no base64: ' '"),
        (
            RAW.replace(b"old 5\n", b"old 5\n" + b"A" * 42 + b"B=\n"),
            "in another spelling",
        ),
        (
            b"old 5\n" + (b"A" * 43 + b"=\n") * 64 + b"\nnote",
            "a proof has at most 63 hashes",
        ),
    ],
)
def test_what_is_no_submission_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(SubmissionError, match=why):
        read_submission(raw)


@given(st.binary(max_size=400), st.integers(0, len(RAW)), st.integers(0, len(RAW)))
def test_hostile_texts_are_read_exactly_or_refused(
    noise: bytes, begin: int, end: int
) -> None:
    raw = RAW[:begin] + noise + RAW[end:]
    try:
        sent = read_submission(raw)
    except SubmissionError:
        return
    assert str(sent).encode() == raw
