"""The tree of RFC 6962: roots, and proofs that prove what they say and nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.transparency.merkle import (
    EMPTY_ROOT,
    ProofError,
    consistency,
    inclusion,
    leaf_hash,
    require_consistency,
    require_inclusion,
    root,
    subtrees,
)
from tests.signing.transparency.trees import Tree, of_size

KNOWN = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""Roots that Certificate Transparency's own tests have, by size."""
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
sizes = st.integers(min_value=1, max_value=600)


@pytest.mark.parametrize(("size", "known"), KNOWN.items())
def test_the_roots_are_those_of_certificate_transparency(size: int, known: str) -> None:
    assert root(size, Tree(ENTRIES).hash_of).hex() == known


def test_a_log_without_entries_has_a_root() -> None:
    assert hashlib.sha256().digest() == EMPTY_ROOT


@given(sizes, st.data())
def test_subtrees_are_whole_and_have_every_leaf_once(
    size: int, data: st.DataObject
) -> None:
    begin = data.draw(st.integers(min_value=0, max_value=size))

    leaves = [
        leaf
        for level, place in subtrees(begin, size)
        for leaf in range(place << level, (place + 1) << level)
    ]

    assert leaves == list(range(begin, size))


@given(sizes, st.data())
def test_a_leaf_is_proved_where_it_is_and_nowhere_else(
    size: int, data: st.DataObject
) -> None:
    tree = of_size(size)
    index, other = data.draw(st.tuples(*[st.integers(0, size - 1)] * 2))
    whole = root(size, tree.hash_of)
    assert whole == tree.root_of(tree.leaves)

    proof = inclusion(index, size, tree.hash_of)

    require_inclusion(tree.leaves[index], index, size, proof, whole)
    if other != index:
        with pytest.raises(ProofError):
            require_inclusion(tree.leaves[index], other, size, proof, whole)
        with pytest.raises(ProofError):
            require_inclusion(tree.leaves[other], index, size, proof, whole)


@given(sizes, st.data())
def test_what_is_changed_left_out_or_added_proves_nothing(
    size: int, data: st.DataObject
) -> None:
    tree = of_size(size)
    index = data.draw(st.integers(0, size - 1))
    whole, proof = root(size, tree.hash_of), inclusion(index, size, tree.hash_of)
    place = data.draw(st.integers(0, len(proof)))
    wrong = [[*proof[:place], b"\0" * 32, *proof[place:]]]
    if place < len(proof):
        wrong += [
            [*proof[:place], *proof[place + 1 :]],
            [*proof[:place], bytes(32), *proof[place + 1 :]],
        ]

    for changed in wrong:
        with pytest.raises(ProofError):
            require_inclusion(tree.leaves[index], index, size, changed, whole)
    with pytest.raises(ProofError):
        require_inclusion(tree.leaves[index], index, size, proof, bytes(32))


@given(sizes, st.data())
def test_a_log_that_only_grew_is_proved_to_have_and_no_other(
    new: int, data: st.DataObject
) -> None:
    tree = of_size(new)
    old = data.draw(st.integers(0, new))
    roots = [root(size, tree.hash_of) for size in (old, new)]

    proof = consistency(old, new, tree.hash_of)

    require_consistency(old, new, proof, roots[0], roots[1])
    with pytest.raises(ProofError):
        require_consistency(old, new, proof, bytes(32), roots[1])
    # Whatever a log begins with, it is what a log without an entry went on to.
    for wrong in [bytes(32)] if old else []:
        with pytest.raises(ProofError):
            require_consistency(old, new, proof, roots[0], wrong)
    for changed in ([*proof, bytes(32)], *([proof[:-1]] if proof else [])):
        with pytest.raises(ProofError):
            require_consistency(old, new, changed, roots[0], roots[1])


@given(sizes, st.data())
def test_a_fork_is_never_proved_to_be_one_log(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    changed = data.draw(st.integers(0, old - 1))
    tree, fork = of_size(new), of_size(new)
    fork.leaves[changed] = leaf_hash(b"another")
    old_root, new_root = root(old, tree.hash_of), root(new, fork.hash_of)

    for hashes in (tree.hash_of, fork.hash_of):
        proof = consistency(old, new, hashes)
        with pytest.raises(ProofError):
            require_consistency(old, new, proof, old_root, new_root)


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1)])
def test_a_log_never_grows_shorter(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not go on"):
        consistency(old, new, of_size(3).hash_of)
    with pytest.raises(ProofError):
        require_consistency(old, new, [], EMPTY_ROOT, EMPTY_ROOT)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_leaf_beyond_the_last(index: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion(index, 3, of_size(3).hash_of)
    with pytest.raises(ProofError):
        require_inclusion(bytes(32), index, 3, [], bytes(32))
