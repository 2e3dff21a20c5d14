"""Hash a log's entries into a tree, and prove what is in it (RFC 6962 section 2.1).

A tree of ``size`` leaves has one root. An inclusion proof shows that a leaf is in it; a
consistency proof that a smaller tree is the beginning of a larger one. Both are made
from the hashes of whole subtrees, whatever keeps those (``Hashes``), and checked as RFC
9162 (2.1.3.2, 2.1.4.2) says, with nothing but what is handed in.

A subtree is named by its level, a power of two of leaves, and its place among those of
its level: ``(3, 5)`` has the leaves 40 to 47.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import TypeAlias

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a log without an entry."""

Subtree: TypeAlias = tuple[int, int]
"""A level and a place: the leaves from ``place << level`` to ``place + 1 << level``."""
Hashes: TypeAlias = Callable[[Subtree], bytes]
"""Returns the hash of a whole subtree."""


class ProofError(ValueError):
    """A proof proves something else, or nothing."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry, a leaf of the tree."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of what stands above two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtrees(begin: int, end: int) -> list[Subtree]:
    """Return the fewest whole subtrees that have the leaves from ``begin`` to ``end``.

    They come from left to right.
    """
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def root(size: int, hashes: Hashes) -> bytes:
    """Return the root of the first ``size`` leaves."""
    if not size:
        return EMPTY_ROOT
    return _hash_of(0, size, hashes)


def inclusion(index: int, size: int, hashes: Hashes) -> list[bytes]:
    """Return the proof that leaf ``index`` is in the tree of ``size`` leaves.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a log of {size}")
    return list(_path(index, 0, size, hashes))


def consistency(old: int, new: int, hashes: Hashes) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves begins that of ``new``.

    Raises:
        ValueError: the old one is the larger.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a log of {new} does not go on from one of {old}")
    if old in (0, new):
        return []
    return list(_subproof(old, 0, new, hashes, is_whole=True))


def require_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree: bytes
) -> None:
    """Fail unless ``leaf`` is leaf ``index`` of the tree with root ``tree``.

    Raises:
        ProofError: it is not, or the proof has another length.
    """
    if root_of_inclusion(leaf, index, size, proof) != tree:
        raise ProofError(f"leaf {index} is not in the log of {size} by this proof")


def root_of_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes]
) -> bytes:
    """Return the root of the tree that has ``leaf`` at ``index`` by this proof.

    Raises:
        ProofError: no tree of this size has a proof of this length there.
    """
    if not 0 <= index < size:
        raise ProofError(f"there is no leaf {index} in a log of {size}")
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        place, last, found = climbed(place, last, found, sibling)
    if last:
        raise ProofError("the proof is shorter than the tree is high")
    return found


def climbed(
    place: int, last: int, found: bytes, sibling: bytes
) -> tuple[int, int, bytes]:
    """Take one step of an inclusion proof, from a node's hash to what stands above.

    ``place`` is the node's among those of its level, ``last`` that of the last one.

    Raises:
        ProofError: nothing stands above.
    """
    if not last:
        raise ProofError("the proof is longer than the tree is high")
    if place & 1 or place == last:
        found = node_hash(sibling, found)
        while not place & 1 and place:
            place, last = place >> 1, last >> 1
    else:
        found = node_hash(found, sibling)
    return place >> 1, last >> 1, found


def require_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Fail unless the tree of ``old`` leaves is the beginning of that of ``new``.

    Raises:
        ProofError: it is not, or the proof has another length.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a log of {new} does not go on from one of {old}")
    if old in (0, new):
        is_right = (old_root == new_root) if old else old_root == EMPTY_ROOT
        if proof or not is_right:
            raise ProofError(f"a log of {new} is another than it was at {old}")
        return
    # Of a whole subtree the proof leaves out what its reader has.
    begin = () if old & (old - 1) else (old_root,)
    if _roots(old, new, [*begin, *proof]) != (old_root, new_root):
        raise ProofError(f"the log of {new} is not by this proof what went on at {old}")


def _roots(old: int, new: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of both trees by the hashes of a consistency proof.

    Raises:
        ProofError: there are too few or too many.
    """
    if not hashes:
        raise ProofError("the proof is empty")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if not last:
            raise ProofError("the proof is longer than the tree is high")
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the proof is shorter than the tree is high")
    return before, after


def _hash_of(begin: int, end: int, hashes: Hashes) -> bytes:
    """Return the root of some leaves, which begin where a subtree of theirs may."""
    *rest, last = (hashes(subtree) for subtree in subtrees(begin, end))
    return reduce(lambda right, left: node_hash(left, right), reversed(rest), last)


def _split(size: int) -> int:
    """Return the largest power of two that is less than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _path(index: int, begin: int, end: int, hashes: Hashes) -> Iterator[bytes]:
    """Yield what stands beside a leaf, from the leaf upwards (PATH)."""
    if end - begin == 1:
        return
    middle = begin + _split(end - begin)
    if index < middle:
        yield from _path(index, begin, middle, hashes)
        yield _hash_of(middle, end, hashes)
    else:
        yield from _path(index, middle, end, hashes)
        yield _hash_of(begin, middle, hashes)


def _subproof(
    old: int, begin: int, end: int, hashes: Hashes, *, is_whole: bool
) -> Iterator[bytes]:
    """Yield what shows that the first ``old`` leaves are those of before (SUBPROOF)."""
    if old == end:
        if not is_whole:
            yield _hash_of(begin, end, hashes)
        return
    middle = begin + _split(end - begin)
    if old <= middle:
        yield from _subproof(old, begin, middle, hashes, is_whole=is_whole)
        yield _hash_of(middle, end, hashes)
    else:
        yield from _subproof(old, middle, end, hashes, is_whole=False)
        yield _hash_of(begin, middle, hashes)
