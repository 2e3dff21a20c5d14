"""What a witness answers, and what it keeps: the statuses of c2sp.org/tlog-witness."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.witness.witness import SIZE, TEXT, Answer, Witness
from signing.transparency.checkpoints import Checkpoint, NoteSigner, signers
from signing.transparency.merkle import consistency, leaf_hash, root
from signing.transparency.notes import Kind, Note, read_signatures
from signing.transparency.witnessing import Submission, Verdict
from store.witness.seen import Seen
from tests.signing.transparency.cosigning import LOG, NOON, ORIGIN, noted, signer
from tests.signing.transparency.trees import Tree, of_size

NAME = "witness.example"
COSIGNERS = [
    signer(NAME, Kind.COSIGNATURE_ED25519),
    signer(NAME, Kind.COSIGNATURE_ML_DSA_44),
]
SECOND = signer(ORIGIN, Kind.COSIGNATURE_ML_DSA_44)
OTHER = signer("other.example/log", Kind.ED25519)
TREE = of_size(40)
FORK = of_size(40)
FORK.leaves[2] = leaf_hash(b"another")


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Seen]:
    opened = Seen(tmp_path / "witness.db")
    yield opened
    opened.close()


@pytest.fixture
def witness(seen: Seen) -> Witness:
    return Witness([LOG.key, SECOND.key, OTHER.key], COSIGNERS, seen, lambda: NOON)


def checkpoint(size: int, tree: Tree = TREE, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, root(size, tree.hash_of))


def submission(
    old: int, new: int, tree: Tree = TREE, by: tuple[NoteSigner, ...] = (LOG,)
) -> bytes:
    shown = checkpoint(new, tree, by[0].key.name if by else ORIGIN)
    proof = consistency(min(old, new), new, tree.hash_of)
    return str(Submission(old, proof, str(noted(shown, by)))).encode()


GROWN = submission(5, 12)
WRONGLY_PROVED = GROWN.replace(b"\n\n", b"\n" + b"A" * 43 + b"=\n\n", 1)


def cosigned(answer: Answer, shown: Checkpoint) -> list[NoteSigner]:
    """Return who cosigned by an answer, with keys that fit, at noon."""
    assert (answer.status, answer.media_type) == (HTTPStatus.OK, TEXT)
    assert answer.body.endswith("\n")
    note = Note(shown.text, read_signatures(answer.body[:-1].split("\n")))
    found = signers(shown, note, [one.key for one in COSIGNERS])
    assert all(one.at == NOON for one in found)
    assert len(note.signatures) == len(found)
    return [one for one in COSIGNERS if one.key in [key for key, _ in found]]


def test_a_log_that_only_grows_is_cosigned_with_every_key(witness: Witness) -> None:
    for old, new in ((0, 0), (0, 5), (5, 5), (5, 12), (12, 40)):
        answer = witness.add_checkpoint(submission(old, new))
        assert cosigned(answer, checkpoint(new)) == COSIGNERS


def test_logs_are_seen_apart(witness: Witness) -> None:
    witness.add_checkpoint(submission(0, 12))

    answer = witness.add_checkpoint(submission(0, 5, by=(OTHER,)))

    assert cosigned(answer, checkpoint(5, origin=OTHER.key.name)) == COSIGNERS


@pytest.mark.parametrize("by", [(SECOND,), (SECOND, LOG), (LOG, COSIGNERS[0])])
def test_any_key_of_the_log_that_is_known_will_do(
    witness: Witness, by: tuple[NoteSigner, ...]
) -> None:
    answer = witness.add_checkpoint(submission(0, 5, by=by))

    assert cosigned(answer, checkpoint(5)) == COSIGNERS


def test_a_submission_from_another_size_is_told_which(witness: Witness) -> None:
    assert witness.add_checkpoint(submission(5, 12)) == (409, "0\n", SIZE)
    witness.add_checkpoint(submission(0, 5))

    for old, new in ((0, 12), (4, 12), (6, 12), (0, 3), (3, 3)):
        told = witness.add_checkpoint(submission(old, new))
        assert told == (HTTPStatus.CONFLICT, "5\n", SIZE)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", HTTPStatus.BAD_REQUEST),
        (b"old 0\n\nno checkpoint\n", HTTPStatus.BAD_REQUEST),
        (submission(6, 5), HTTPStatus.BAD_REQUEST),
        (submission(0, 5) + b"x", HTTPStatus.BAD_REQUEST),
        (submission(0, 5).replace(b"\n5\n", b"\n5\nmore\n"), HTTPStatus.BAD_REQUEST),
        (
            submission(0, 5, by=(signer("x.example", Kind.ED25519),)),
            HTTPStatus.NOT_FOUND,
        ),
        (submission(0, 5, by=(signer(ORIGIN, Kind(4)),)), HTTPStatus.FORBIDDEN),
        (submission(0, 5).replace(b"\n5\n", b"\n6\n"), HTTPStatus.FORBIDDEN),
        (submission(4, 12), HTTPStatus.CONFLICT),
        (submission(0, 0).replace(b"\n0\n", b"\n1\n"), HTTPStatus.FORBIDDEN),
    ],
)
def test_what_is_wrong_has_its_status_and_changes_nothing(
    witness: Witness, seen: Seen, raw: bytes, status: HTTPStatus
) -> None:
    answer = witness.add_checkpoint(raw)

    assert answer.status is status
    assert answer.body.endswith("\n")
    # A reason may say what a signature looks like, and is none.
    assert not any(line.startswith("— ") for line in answer.body.splitlines())
    assert seen.conflicts() == []
    assert cosigned(witness.add_checkpoint(submission(0, 5)), checkpoint(5))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (
            submission(0, 5, by=(signer("x.example", Kind.ED25519),)),
            "this log is not known here\n",
        ),
        (
            submission(0, 5, by=(signer(ORIGIN, Kind(4)),)),
            "no key of this log that is known here signed\n",
        ),
        (submission(6, 5), "the old size is more than the checkpoint's\n"),
        (WRONGLY_PROVED, "this is no proof from size 5\n"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    witness: Witness, raw: bytes, words: str
) -> None:
    witness.add_checkpoint(submission(0, 5))

    answer = witness.add_checkpoint(raw)

    assert (answer.body, answer.media_type) == (words, TEXT)


@pytest.mark.parametrize(
    ("raw", "status", "kind"),
    [
        (submission(5, 12, FORK), 422, Verdict.UNPROVEN),
        (WRONGLY_PROVED, 422, Verdict.UNPROVEN),
        (submission(5, 5, FORK), 409, Verdict.FORK),
        (submission(0, 5, FORK), 409, Verdict.FORK),
    ],
)
def test_what_does_not_go_with_the_past_is_refused_and_kept(
    witness: Witness, seen: Seen, raw: bytes, status: int, kind: Verdict
) -> None:
    before = str(noted(checkpoint(5), [LOG]))
    witness.add_checkpoint(submission(0, 5, by=(LOG, COSIGNERS[0])))

    answer = witness.add_checkpoint(raw)

    assert (answer.status, "—" in answer.body) == (status, False)
    (kept,) = seen.conflicts()
    assert kept.kind is kind
    assert kept.seen == before
    assert kept.shown == raw.decode().partition("\n\n")[2]


def test_a_wrong_proof_of_a_right_log_is_forgotten_once_it_is_proved(
    witness: Witness, seen: Seen
) -> None:
    witness.add_checkpoint(submission(0, 5))
    witness.add_checkpoint(WRONGLY_PROVED)
    assert len(seen.conflicts()) == 1

    assert cosigned(witness.add_checkpoint(submission(5, 12)), checkpoint(12))
    assert seen.conflicts() == []


def test_what_others_signed_is_not_kept_as_the_log_s_word(
    witness: Witness, seen: Seen
) -> None:
    witness.add_checkpoint(submission(0, 5))
    witness.add_checkpoint(submission(5, 5, FORK, by=(LOG, COSIGNERS[0])))

    (kept,) = seen.conflicts()
    assert kept.shown == str(noted(checkpoint(5, FORK), [LOG]))


def test_of_two_histories_at_once_one_is_cosigned(witness: Witness) -> None:
    chance = random.Random(7)  # noqa: S311 - a mix
    sent = [
        (tree, size, submission(0, size, tree))
        for tree in (TREE, FORK)
        for size in range(3, 40)
    ]
    chance.shuffle(sent)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda one: witness.add_checkpoint(one[2]), sent))

    agreed = [
        one for one, answer in zip(sent, answers, strict=True) if answer.status == 200
    ]
    assert len(agreed) == 1


def test_no_earlier_time_stands_on_what_is_longer(seen: Seen) -> None:
    times = iter(NOON + timedelta(seconds=second) for second in range(1000))
    witness = Witness([LOG.key], COSIGNERS[:1], seen, lambda: next(times))

    def grow(_: int) -> tuple[int, bytes]:
        while True:
            with seen.turn(ORIGIN) as turn:
                old = turn.last().size
            answer = witness.add_checkpoint(submission(old, old + 1))
            if answer.status == HTTPStatus.OK:
                (line,) = read_signatures(answer.body[:-1].split("\n"))
                return old + 1, line.value[:8]

    with ThreadPoolExecutor(4) as threads:
        told = sorted(threads.map(grow, range(30)))

    assert [time for _, time in told] == sorted(time for _, time in told)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(b"", GROWN.rindex(b" "), GROWN.rindex(b" ") + 1)
@given(st.binary(max_size=300), st.integers(0, len(GROWN)), st.integers(0, len(GROWN)))
def test_hostile_bytes_have_a_status_and_no_signature(
    witness: Witness, noise: bytes, begin: int, end: int
) -> None:
    witness.add_checkpoint(submission(0, 5))
    raw = GROWN[:begin] + noise + GROWN[end:]
    if raw == GROWN:
        return

    answer = witness.add_checkpoint(raw)

    assert answer.status in (400, 403, 404, 409, 422)
    # A reason may say what a signature looks like, and is none.
    assert not any(line.startswith("— ") for line in answer.body.splitlines())
