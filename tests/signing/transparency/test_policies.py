"""A policy believes what enough have signed, and tells who is missing otherwise."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signing.transparency.checkpoints import Checkpoint, NoteSigner
from signing.transparency.notes import Kind, Note, NoteError
from signing.transparency.policies import (
    MEMBERS_LIMIT,
    POLICY_LIMIT,
    Group,
    Policy,
    PolicyFileError,
    QuorumError,
    read_policy,
)
from tests.signing.transparency.cosigning import (
    LOG,
    NOON,
    ORIGIN,
    WITNESSES,
    noted,
    policy_text,
    signer,
)

CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))
W1, W2, W3 = (WITNESSES[name] for name in ("W1", "W2", "W3"))
LEVELS = """group X 2 W1 W2 W3
group Y any W4 W5
group X-and-Y all X Y
quorum X-and-Y"""
"""The two levels of the specification's example."""


def policy(quorum: str) -> Policy:
    return read_policy(policy_text(quorum).encode())


@pytest.mark.parametrize(
    ("quorum", "cosigners", "missing"),
    [
        ("quorum none", "", ""),
        ("quorum W1", "W1", ""),
        ("quorum W1", "W2 W3", "W1"),
        (LEVELS, "W1 W3 W5", ""),
        (LEVELS, "W1 W2 W3 W4 W5", ""),
        (LEVELS, "W1 W4", "W2 W3"),
        (LEVELS, "W1 W2 W3", "W4 W5"),
        (LEVELS, "", "W1 W2 W3 W4 W5"),
        ("group all any W1 W2\nquorum all", "W2", ""),
        ("group 3 1 W1\nquorum 3", "", "W1"),
    ],
)
def test_a_quorum_is_met_or_says_who_is_missing(
    quorum: str, cosigners: str, missing: str
) -> None:
    found = policy(quorum)

    assert found.missing(cosigners.split()) == tuple(missing.split())
    assert found.is_met(cosigners.split()) is not bool(missing)


def test_a_policy_is_read_as_it_is_written() -> None:
    text = (
        "# who is believed\n\n \t\n"
        f"\tlog  {LOG.key}\thttps://gateway.example/log \n"
        f"log {signer(ORIGIN, Kind.COSIGNATURE_ML_DSA_44).key}\n"
        f"witness 财政局 {W1.key} https://w.财政局.example\n"
        f"  # as opaque as any other: \u2003\nwitness W3\u2003a {W3.key}\n"
        "group both 2 W3\u2003a 财政局\nquorum both\n"
    )

    found = read_policy(text.encode())

    assert [(log.key.name, log.url) for log in found.logs] == [
        (ORIGIN, "https://gateway.example/log"),
        (ORIGIN, None),
    ]
    assert [*found.witnesses] == ["财政局", "W3\u2003a"]
    assert found.witnesses["财政局"].key == W1.key
    assert found.witnesses["财政局"].url == "https://w.财政局.example"
    assert found.groups == {"both": Group(2, ("W3\u2003a", "财政局"))}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("", "line 'quorum', not none"),
        ("quorum none\nquorum none", "line 8: a policy .* not two"),
        ("quorum W9", "line 7: no line before this one names 'W9'"),
        ("quorum A\ngroup A all W1", "names 'A'"),
        ("quorum", "not 'quorum' and 0 more"),
        ("quorum W1 W2", "not 'quorum' and 2 more"),
        ("Quorum W1", "not 'Quorum' and 1 more"),
        ("group A all\nquorum A", "not 'group' and 2 more"),
        ("group A all A\nquorum A", "names 'A'"),
        ("group A all W1 none\nquorum A", "names 'none'"),
        ("group A all W1 W1\nquorum A", "'W1' is in a group already"),
        ("group A any W1 W2\ngroup B any W1 W3\nquorum B", "'W1' is in a group"),
        ("group A any W1\ngroup A any W2\nquorum A", "the name 'A' is taken"),
        ("group W1 any W2\nquorum W1", "the name 'W1' is taken"),
        ("group none any W2\nquorum none", "the name 'none' is taken"),
        *(
            (f"group A {number} W1 W2\nquorum A", "1 to 2 have to cosign, not")
            for number in ("0", "3", "01", "-1", "+1", "1.0", "１", "99999", "ALL")
        ),
        (f"witness W1 {signer('new.example', Kind(4)).key}", "'W1' is taken"),
        (f"witness none {signer('new.example', Kind(4)).key}", "'none' is taken"),
        (f"witness A {W1.key}", "w1.example is another witness's already"),
        (
            f"witness A {NoteSigner('other', Kind(4), W1._private_key).key}",
            "key of other is another witness's already",
        ),
        (
            f"witness A {NoteSigner('other', Kind(4), LOG._private_key).key}",
            "key of other is another log's already",
        ),
        (f"log {LOG.key}", "gateway.example/log is another log's already"),
        (f"witness A {signer('new.example', Kind.ED25519).key}", "not for cosig"),
        (f"witness A {W1.key} https://a b", "not 'witness' and 4 more"),
        (f"log {LOG.key} https://a b", "not 'log' and 3 more"),
        ("log", "not 'log' and 0 more"),
        ("log nothing", "line 7: a verifier key is"),
        (f"witness A {str(W1.key)[:-8]}", "line 7: "),
        ("a\rb", "no control characters"),
        ("\x7f", "no control characters"),
        ("quorum none\n\0", "no control characters"),
    ],
)
def test_what_is_no_policy_is_refused_by_its_line(lines: str, why: str) -> None:
    with pytest.raises(PolicyFileError, match=why):
        policy(lines)


def test_what_is_cut_off_too_long_or_no_utf_8_is_no_policy() -> None:
    whole = policy_text().encode()
    read_policy(whole)

    for raw, why in (
        (whole[:-1], "cut off"),
        (whole + b"group A " + b"9" * 5000 + b" W3\n", "all', 'any' or 1 to 1 have"),
        (whole + b"#" * POLICY_LIMIT + b"\n", "at most 262144 bytes"),
        (b"#\xff\n" + whole, "is UTF-8"),
    ):
        with pytest.raises(PolicyFileError, match=why):
            read_policy(raw)


@pytest.mark.parametrize("word", ["log", "witness", "group"])
def test_a_policy_has_no_more_than_it_may_have(word: str) -> None:
    def lines(count: int) -> bytes:
        keys = [signer(f"{n}.example", Kind.COSIGNATURE_ED25519) for n in range(count)]
        made: dict[str, Callable[[int], str]] = {
            "log": lambda n: f"log {keys[n].key}\n",
            "witness": lambda n: f"witness N{n} {keys[n].key}\n",
            "group": lambda n: f"group G{n + 1} all {f'G{n}' if n else 'W'}\n",
        }
        alone = f"witness W {W1.key}\n" if word == "group" else ""
        text = alone + "".join(map(made[word], range(count))) + "quorum none\n"
        return text.encode()

    read_policy(lines(MEMBERS_LIMIT))
    with pytest.raises(PolicyFileError, match="a policy has at most 64"):
        read_policy(lines(MEMBERS_LIMIT + 1))


@st.composite
def quorums(draw: st.DrawFn) -> Policy:
    """Draw groups of groups, each name in one group at most."""
    free = draw(st.permutations([*WITNESSES]))
    lines = []
    for number in range(draw(st.integers(0, 4))):
        count = draw(st.integers(1, len(free)))
        members, free = free[:count], free[count:]
        needed = draw(st.integers(1, count))
        lines.append(f"group G{number} {needed} {' '.join(members)}")
        free = [*free, f"G{number}"]
    lines.append(f"quorum {draw(st.sampled_from(free))}")
    return policy("\n".join(lines))


def is_met_by_definition(found: Policy, name: str, cosigners: set[str]) -> bool:
    if name not in found.groups:
        return name in cosigners
    members = found.groups[name].members
    met = [is_met_by_definition(found, member, cosigners) for member in members]
    return met.count(True) >= found.groups[name].threshold


@given(quorums(), st.sets(st.sampled_from([*WITNESSES, "stranger"])))
def test_a_quorum_is_what_the_specification_says(
    found: Policy, cosigners: set[str]
) -> None:
    missing = found.missing(cosigners)

    assert found.is_met(cosigners) == is_met_by_definition(
        found, found.quorum, cosigners
    )
    assert not cosigners & set(missing)
    assert found.is_met(cosigners | set(missing))


WORDS = st.sampled_from(
    [
        *("log", "witness", "group", "quorum", "none", "all", "any", "1", "2", "#"),
        *("W1", "W2", "W9", "A", "B", "é", "\u2003", "\t", "", "\0", "99999"),
        *(str(LOG.key), str(W1.key), str(W3.key), f"{W1.key}x", "a+b+c", "https://a"),
    ]
)
HOSTILE = st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=12).map(
    lambda lines: "\n".join(lines).encode() + b"\n"
)


@given(HOSTILE | st.binary(max_size=300))
@example(b"group a 1 \xed\xa0\x80\nquorum a\n")
def test_hostile_text_is_a_policy_or_refused(raw: bytes) -> None:
    try:
        found = read_policy(raw)
    except PolicyFileError:
        return
    assert found.quorum == "none" or found.missing(()) != ()
    assert found.is_met(found.witnesses)


def calls_of(raw: bytes) -> int:
    """Return how many calls it takes to read a policy, or to refuse it."""
    count = 0

    def count_one(_frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(count_one)
    try:
        read_policy(raw)
    except PolicyFileError:
        pass
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    ("begin", "one", "end"),
    [
        ("", "#\n", ""),
        ("", " \t", "\nquorum none\n"),
        ("", " \t\n", "quorum none\n"),
        ("group A 1 ", "W ", "\n"),
        (f"witness W {W1.key}\ngroup A 1 W ", "W ", "\n"),
        ("log ", "+", "\n"),
        ("log a+00000000+", "AAAA", "\n"),
        ("", "log\n", ""),
        ("group A ", "9", " B\n"),
    ],
)
def test_reading_takes_no_more_steps_than_there_is_text(
    begin: str, one: str, end: str
) -> None:
    once, twice = (
        calls_of((begin + one * (100 * times) + end).encode()) for times in (1, 2)
    )

    assert twice <= 2 * once + 50


def test_groups_below_groups_are_asked_once_each() -> None:
    chain = [f"group G{n + 1} all {f'G{n}' if n else 'W1'}" for n in range(64)]
    found = policy("\n".join([*chain, "quorum G64"]))

    assert found.missing(()) == ("W1",)
    assert found.is_met(["W1"])


def test_a_checkpoint_is_accepted_that_a_log_and_a_quorum_signed() -> None:
    note = noted(CHECKPOINT, [LOG, W1, W3])

    accepted = policy("group Q all W1 W3\nquorum Q").accept(CHECKPOINT, note)

    assert accepted.logs == (LOG.key,)
    assert accepted.witnesses == {"W1": NOON, "W3": NOON}


@pytest.mark.parametrize(
    ("signed_by", "why", "missing"),
    [
        ([W1, W2], "signed by no log of the policy", ()),
        ([LOG, W1], "the quorum Q is not met; .* cosignature of W2", ("W2",)),
        ([LOG], "cosignature of W1, W2", ("W1", "W2")),
        ([LOG, W1, W1, W3], "cosignature of W2", ("W2",)),
    ],
)
def test_a_checkpoint_that_too_few_signed_is_refused(
    signed_by: list[NoteSigner], why: str, missing: tuple[str, ...]
) -> None:
    found = policy("group Q all W1 W2\nquorum Q")

    with pytest.raises(QuorumError, match=why) as refused:
        found.accept(CHECKPOINT, noted(CHECKPOINT, signed_by))
    assert refused.value.missing == missing


def test_a_log_of_another_name_does_not_sign_for_this_one() -> None:
    other = Checkpoint("other.example/log", *CHECKPOINT[1:])

    with pytest.raises(QuorumError, match=r"other\.example/log is signed by no log"):
        policy("quorum none").accept(other, noted(other, [LOG]))


def test_a_signature_that_does_not_fit_refuses_the_whole_checkpoint() -> None:
    text, (*right, last) = noted(CHECKPOINT, [LOG, W1, W2])
    note = Note(text, [*right, last._replace(value=bytes(len(last.value)))])

    with pytest.raises(NoteError, match=r"w2\.example does not fit"):
        policy("quorum W1").accept(CHECKPOINT, note)
